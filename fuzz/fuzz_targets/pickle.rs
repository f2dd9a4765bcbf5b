//! Reads bytes as a pickle of Python. There must be no panic, and no more bytes in the result than in the
//! pickle.

#![no_main]

use flytekit::types;
use flytekit::types::ValueError;
use libfuzzer_sys::fuzz_target;

// Not through the crate, where this module is private.
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/types/pickle.rs"]
mod pickle;

fuzz_target!(|bytes: &[u8]| {
    let file = types::Bytes::copy_from_slice(bytes);
    match pickle::read(&file) {
        Ok(data) => {
            assert!(data.len() <= file.len());
            let written = [&pickle::beginning(data.len()), &*data, pickle::END].concat();
            let read = pickle::read(&written.into()).ok();
            assert_eq!(read, Some(data));
        }
        Err(refused) => assert!(!refused.at("s3://b/x").to_string().is_empty()),
    }
});
