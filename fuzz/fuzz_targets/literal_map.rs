//! Reads bytes as an `inputs.pb`: never a panic, and the entries that prost finds.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target uses a part of it")]
#[path = "../../tests/tests/plain/literals/tree.rs"]
mod tree;

fuzz_target!(|bytes: &[u8]| tree::agree_on_map(bytes));
