//! Reads bytes as dataclasses, enums and unions: never a panic, and what is read is written and read
//! again as the same.

#![no_main]

use flytekit::prelude::*;
use flytekit::types::{Content, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter};
use libfuzzer_sys::fuzz_target;

#[derive(FlyteData)]
struct Place {
    name: String,
    #[serde(default)]
    height: Option<f64>,
    color: Color,
}

#[derive(FlyteData)]
enum Color {
    Red,
    Green,
}

#[derive(FlyteData)]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64, color: Color },
    Place(Place),
    Count(i64),
    Words(Vec<String>),
    Nothing,
}

#[derive(FlyteData)]
#[serde(tag = "kind")]
enum Event {
    Began { shape: Shape },
    Ended { shape: Shape },
}

fn check<T: FlyteType>(bytes: &[u8]) {
    let literal = LiteralRef::new(bytes);
    // What lies elsewhere would be fetched.
    if !matches!(literal.content(), Ok(Content::Offloaded(_)))
        && let Ok(value) = T::decode(literal)
    {
        let written = |value: T| LiteralWriter::to_bytes(|out| value.encode(out)).unwrap();
        let once = written(value);
        assert_eq!(written(T::decode(LiteralRef::new(&once)).unwrap()), once);
    }
    if let Ok(value) = T::unpack(&mut MsgpackReader::new(bytes)) {
        let written = |value: T| MsgpackWriter::to_bytes(|out| value.pack(out)).unwrap();
        let once = written(value);
        assert_eq!(
            written(T::unpack(&mut MsgpackReader::new(&once)).unwrap()),
            once
        );
    }
}

fuzz_target!(|bytes: &[u8]| {
    check::<Place>(bytes);
    check::<Color>(bytes);
    check::<Shape>(bytes);
    check::<Event>(bytes);
    check::<Vec<Option<Event>>>(bytes);
});
