//! Reads bytes as what the processes of a Dask run say to each other: never a panic, and the body of
//! a frame that is written as it was read comes back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

// Not through the crate, where they are private.
#[path = "../../runtime/src/engine/dask/frame.rs"]
mod frame;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/engine/dask/message.rs"]
mod message;

fuzz_target!(|bytes: &[u8]| {
    let _ = frame::read::<message::Event>(&mut &*bytes);
    let _ = frame::read::<message::Order>(&mut &*bytes);
    let mut rest = bytes;
    while let Ok(Some((header, body))) = frame::read::<Value>(&mut rest) {
        let mut again = Vec::new();
        frame::write(&mut again, &header, &[&body]).expect("room in memory");
        // Headers are not compared: serde_json reads a long number, prints it and reads another one.
        let read = frame::read::<Value>(&mut &*again).expect("a frame");
        assert_eq!(read.map(|(_, body)| body), Some(body));
    }
});
