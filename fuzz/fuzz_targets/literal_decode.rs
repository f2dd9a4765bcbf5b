//! Reads bytes as a literal of every type. There must be no panic, and the same value as in prost's tree.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target uses a part of it")]
#[path = "../../tests/tests/plain/literals/tree.rs"]
mod tree;

fuzz_target!(|bytes: &[u8]| tree::agree_on_all_types(bytes));
