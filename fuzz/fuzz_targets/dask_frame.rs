//! Reads bytes as messages between the processes of a Dask run. There must be no panic, and a frame that is
//! written again must have the same body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

// Not through the crate, where these modules are private.
#[path = "../../runtime/src/engine/dask/frame.rs"]
mod frame;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/engine/dask/message.rs"]
mod message;
#[path = "../../runtime/src/engine/dask/spares.rs"]
mod spares;

use spares::Spares;

fuzz_target!(|bytes: &[u8]| {
    let spares = Spares::default();
    let _ = frame::read::<message::Event>(&mut &*bytes, &spares);
    let _ = frame::read::<message::Order>(&mut &*bytes, &spares);
    let mut rest = bytes;
    while let Ok(Some((header, body))) = frame::read::<Value>(&mut rest, &spares) {
        let mut again = Vec::new();
        frame::write(&mut again, &header, &[&body]).expect("room in memory");
        // Headers are not compared, because serde_json may not read back a long number that it has printed.
        let read = frame::read::<Value>(&mut &*again, &spares).expect("a frame");
        assert_eq!(read.map(|(_, body)| body), Some(body));
    }
});
