//! Reads bytes as an `inputs.pb`. There must be no panic, and the same entries as prost finds.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target uses a part of it")]
#[path = "../../tests/tests/plain/literals/tree.rs"]
mod tree;

fuzz_target!(|bytes: &[u8]| tree::agree_on_map(bytes));
