//! Reads bytes as MessagePack of several types. There must be no panic, and serde's MessagePack must read a
//! value that was read and written again as the same value.

#![no_main]

use std::collections::BTreeMap;
use std::fmt::Debug;

use flytekit::types::{FlyteData, MsgpackReader, MsgpackWriter};
use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;

fn check<T: FlyteData + DeserializeOwned + Debug>(bytes: &[u8]) {
    let mut reader = MsgpackReader::new(bytes);
    let Ok(value) = T::unpack(&mut reader) else {
        return;
    };
    let read = &bytes[..bytes.len() - reader.remaining()];
    let mut skipped = MsgpackReader::new(read);
    skipped.skip().expect("what was read");
    skipped.finish().expect("it is one value");
    // Some integers can be read but not written, because they exceed Flyte's range.
    if let Ok(written) = MsgpackWriter::to_bytes(|out| value.pack(out)) {
        let theirs: T = rmp_serde::from_slice(&written).expect("what was written");
        assert_eq!(format!("{theirs:?}"), format!("{value:?}"));
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut whole = MsgpackReader::new(bytes);
    while whole.skip().is_ok() {}
    check::<i64>(bytes);
    check::<u64>(bytes);
    check::<f64>(bytes);
    check::<f32>(bytes);
    check::<String>(bytes);
    check::<Vec<Option<bool>>>(bytes);
    check::<(u8, Vec<i16>, f64)>(bytes);
    check::<BTreeMap<String, Vec<String>>>(bytes);
    check::<BTreeMap<i32, BTreeMap<u8, Option<f64>>>>(bytes);
    check::<serde_json::Map<String, serde_json::Value>>(bytes);
});
