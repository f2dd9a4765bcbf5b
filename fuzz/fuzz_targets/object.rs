//! Reads bytes as literals of objects: structs, enums, unions and their parts. There must be no panic, and a
//! value must be the same when it is written and read again.

#![no_main]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use flytekit::prelude::*;
use flytekit::types::{Content, Hashed, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq, FlyteData)]
#[serde(rename_all = "camelCase")]
struct Everything {
    small: u8,
    large: i64,
    #[serde(default)]
    truth: bool,
    #[serde(alias = "name")]
    text: String,
    perhaps: Option<i32>,
    list: Vec<Option<String>>,
    pair: (i8, String),
    by_name: BTreeMap<String, Vec<u16>>,
    by_number: BTreeMap<i32, bool>,
    color: Color,
    choice: Choice,
    shapes: Vec<Shape>,
    inner: Option<Inner>,
    any: Map<String, Value>,
    moment: Option<jiff::Timestamp>,
    day: Option<jiff::civil::Date>,
}

#[derive(Clone, Debug, PartialEq, FlyteData)]
#[serde(deny_unknown_fields)]
struct Inner {
    id: u32,
    #[serde(default)]
    notes: HashMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, FlyteData)]
enum Color {
    #[serde(rename = "red")]
    Red,
    Green,
}

#[derive(Clone, Debug, PartialEq, FlyteData)]
enum Choice {
    Count(i64),
    Words(Vec<String>),
    Name(String),
    Inner(Inner),
    Flag(bool),
}

#[derive(Clone, Debug, PartialEq, FlyteData)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Circle { radius: u32 },
    Square { side: u32, color: Option<Color> },
    Nothing,
}

#[derive(Clone, Debug, PartialEq, FlyteData)]
struct Place {
    name: String,
    #[serde(default)]
    height: Option<u16>,
    color: Color,
}

fn check<T: FlyteType + PartialEq + Debug>(bytes: &[u8]) {
    let literal = LiteralRef::new(bytes);
    // An offloaded literal would be fetched.
    if !matches!(literal.content(), Ok(Content::Offloaded(_)))
        && let Ok(value) = T::decode(literal)
        // Some values can be read but not written, such as an integer above Flyte's range.
        && let Ok(written) = LiteralWriter::to_bytes(|out| value.encode(out))
    {
        let read = T::decode(LiteralRef::new(&written)).expect("what was written");
        assert_eq!(read, value);
    }
    if let Ok(value) = T::unpack(&mut MsgpackReader::new(bytes))
        && let Ok(written) = MsgpackWriter::to_bytes(|out| value.pack(out))
    {
        let read = T::unpack(&mut MsgpackReader::new(&written)).expect("what was written");
        assert_eq!(read, value);
    }
}

fuzz_target!(|bytes: &[u8]| {
    check::<Everything>(bytes);
    check::<Vec<Inner>>(bytes);
    check::<Place>(bytes);
    check::<Color>(bytes);
    check::<Choice>(bytes);
    check::<Option<Choice>>(bytes);
    check::<Vec<Shape>>(bytes);
    check::<BTreeMap<i64, Choice>>(bytes);
    check::<Map<String, Value>>(bytes);
    let _ = Hashed::<Vec<Hashed<i64>>>::decode(LiteralRef::new(bytes));
});
