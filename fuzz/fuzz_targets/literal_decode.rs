//! Reads bytes as a literal of every type: never a panic, and the value that prost's tree holds.

#![no_main]

use std::collections::{BTreeMap, HashMap};

use flytekit::{types, wire};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "each target uses a part of it")]
#[path = "../../runtime/src/types/tree.rs"]
mod tree;

use tree::agree;

fuzz_target!(|bytes: &[u8]| {
    let tree = tree::read(bytes);
    let tree = tree.as_ref();
    agree::<i8>(bytes, tree);
    agree::<i64>(bytes, tree);
    agree::<u64>(bytes, tree);
    agree::<f32>(bytes, tree);
    agree::<f64>(bytes, tree);
    agree::<bool>(bytes, tree);
    agree::<String>(bytes, tree);
    agree::<()>(bytes, tree);
    agree::<Vec<i64>>(bytes, tree);
    agree::<Vec<String>>(bytes, tree);
    agree::<Vec<Vec<f64>>>(bytes, tree);
    agree::<Vec<Option<bool>>>(bytes, tree);
    agree::<BTreeMap<String, i32>>(bytes, tree);
    agree::<HashMap<String, Vec<String>>>(bytes, tree);
    agree::<Option<i64>>(bytes, tree);
    agree::<Option<Vec<u16>>>(bytes, tree);
    agree::<Option<BTreeMap<String, Option<f32>>>>(bytes, tree);
});
