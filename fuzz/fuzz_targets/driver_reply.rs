//! Reads bytes as the answer of a JVM to its driver: never a panic, texts come back as they were
//! sent, and no name of an object breaks out of its line.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| flytekit::spark::fuzz_driver(bytes));
