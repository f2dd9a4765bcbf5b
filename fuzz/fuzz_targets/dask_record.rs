//! Reads bytes as the results of calls on Dask's workers, and as their values. There must be no panic, and no
//! value may be deeper or longer than its bytes allow.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};

// Not through the crate, where these modules are private.
#[path = "../../runtime/src/engine/dask/attached.rs"]
mod attached;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/engine/dask/record.rs"]
mod record;

use bytes::Bytes;
use record::{Record, RecordBuf, Values, decode, encode};

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
    let input = Bytes::copy_from_slice(bytes);
    if let Some(record) = Record::read(&input) {
        let mut again = RecordBuf::default();
        again.begin(record.worker);
        again.finish(record.seconds);
        let (mut values, mut count) = (record.values(), 0);
        while let Ok(value) = values.next::<Either>() {
            again.push(&value).expect("room in memory");
            count += 1;
        }
        let again = again.to_bytes();
        let mut values = Values::of_argument(&again).expect("a record");
        for _ in 0..count {
            values.next::<Either>().expect("what was written");
        }
    }
    let _ = decode::<Either>(bytes);
    if let Ok(nested) = decode::<Nested>(bytes) {
        let mut again = Vec::new();
        encode(&mut again, &nested).expect("room in memory");
        decode::<Nested>(&again).expect("what was written");
    }
});
