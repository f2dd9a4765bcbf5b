//! Reads text as points in time and durations. There must be no panic, and a value must be the same when it
//! is written and read again.

#![no_main]

use std::fmt::Debug;

use flytekit::types::{FlyteData, MsgpackReader, MsgpackWriter};
use libfuzzer_sys::fuzz_target;

fn check<T: FlyteData + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(value) = T::unpack(&mut MsgpackReader::new(bytes)) else {
        return;
    };
    let written = MsgpackWriter::to_bytes(|out| value.pack(out)).expect("what was read");
    let read = T::unpack(&mut MsgpackReader::new(&written)).expect("what was written");
    assert_eq!(read, value);
}

fuzz_target!(|text: &str| {
    let packed = MsgpackWriter::to_bytes(|out| Ok(out.str(text))).expect("short text");
    check::<jiff::Timestamp>(&packed);
    check::<jiff::civil::DateTime>(&packed);
    check::<jiff::civil::Date>(&packed);
    check::<chrono::DateTime<chrono::Utc>>(&packed);
    check::<chrono::NaiveDate>(&packed);
    check::<std::time::SystemTime>(&packed);
    // A duration is written as a float, which cannot represent all nanoseconds.
    let _ = jiff::SignedDuration::unpack(&mut MsgpackReader::new(&packed));
    let _ = std::time::Duration::unpack(&mut MsgpackReader::new(&packed));
});
