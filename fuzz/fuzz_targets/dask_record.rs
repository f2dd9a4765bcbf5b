//! Reads bytes as the results of calls on Dask's workers, and as their values. There must be no panic, and no
//! value may be deeper or longer than its bytes allow.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};

// Not through the crate, where this module is private.
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/engine/dask/record.rs"]
mod record;

use record::{Record, Values, decode, decode_argument, encode};

#[derive(Debug, Serialize, Deserialize)]
struct Nested {
    #[serde(default)]
    name: Option<String>,
    numbers: Vec<i64>,
    bytes: Vec<u8>,
    below: BTreeMap<String, Nested>,
    #[serde(flatten)]
    more: BTreeMap<String, bool>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(f32),
    Text(String),
    Many(Vec<Either>),
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(record) = Record::read(bytes) {
        let mut again = Vec::new();
        Record::begin(&mut again, record.worker);
        again.extend(record.values);
        Record::finish(&mut again, record.seconds);
        assert_eq!(again, bytes);
        let mut values = Values::new(record.values);
        while values.next::<Either>().is_ok() {}
    }
    let _ = decode_argument::<(u8, String)>(bytes);
    let _ = decode::<Either>(bytes);
    if let Ok(nested) = decode::<Nested>(bytes) {
        let mut again = Vec::new();
        encode(&mut again, &nested).expect("room in memory");
        decode::<Nested>(&again).expect("what was written");
    }
});
