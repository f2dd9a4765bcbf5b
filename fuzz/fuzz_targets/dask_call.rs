//! Calls of worker functions as a Dask worker sends them: frames with valid headers, whose bodies are real
//! MessagePack or anything else. There must be no panic, an answer for each call, and a result if the
//! arguments are values of the function's types.

#![no_main]

use std::collections::BTreeMap;

use flytekit::dask::answer_all;
use flytekit::prelude::*;
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

// Not through the crate, where these modules are private.
#[path = "../../runtime/src/engine/dask/attached.rs"]
mod attached;
#[path = "../../runtime/src/engine/dask/frame.rs"]
mod frame;
#[allow(dead_code, reason = "the target uses a part of it")]
#[path = "../../runtime/src/engine/dask/record.rs"]
mod record;
#[path = "../../runtime/src/engine/dask/spares.rs"]
mod spares;

use bytes::Bytes;
use record::{RecordBuf, Values};
use spares::Spares;

#[derive(Debug, Serialize, Deserialize)]
struct Point {
    x: f64,
    label: Option<String>,
    below: BTreeMap<String, Point>,
    #[serde(default)]
    bytes: Vec<u8>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Circle { centre: Point, radius: f32 },
    Polygon(Vec<Point>),
}

#[worker_fn]
fn add(a: i64, b: i64) -> i64 {
    a.wrapping_add(b)
}

#[worker_fn]
fn same(text: String) -> String {
    text
}

#[worker_fn]
fn inside(shape: Shape) -> Option<Point> {
    match shape {
        Shape::Nothing => None,
        Shape::Circle { centre, .. } => Some(centre),
        Shape::Polygon(mut points) => points.pop(),
    }
}

#[worker_fn]
fn nothing() {}

/// A call: its function, the lengths of its arguments, and whether they are a batch.
struct Call<'a> {
    function: &'static str,
    arguments: Vec<&'a [u8]>,
    batch: bool,
    count: u64,
}

const FUNCTIONS: [&str; 5] = [
    "dask_call.add",
    "dask_call.same",
    "dask_call.inside",
    "dask_call.nothing",
    "missing",
];

/// The input has these parts for each call: a byte of choices, a byte with the number of items, and
/// arguments, each after two bytes with its length.
fn calls(mut bytes: &[u8]) -> Vec<Call<'_>> {
    let mut calls = Vec::new();
    while let [choices, count, rest @ ..] = bytes {
        bytes = rest;
        let mut arguments = Vec::new();
        for _ in 0..choices >> 4 & 3 {
            let Some((len, rest)) = bytes.split_first_chunk() else {
                break;
            };
            let len = usize::from(u16::from_le_bytes(*len)).min(rest.len());
            let (argument, rest) = rest.split_at(len);
            arguments.push(argument);
            bytes = rest;
        }
        calls.push(Call {
            function: FUNCTIONS[usize::from(choices & 7) % FUNCTIONS.len()],
            arguments,
            batch: choices & 8 != 0,
            count: u64::from(*count),
        });
    }
    calls
}

/// An argument of a call: a record of these values.
fn argument(values: &[u8]) -> Vec<u8> {
    let mut argument = RecordBuf::local().to_bytes().to_vec();
    argument[8..16].copy_from_slice(&(values.len() as u64).to_le_bytes());
    argument.extend(values);
    argument
}

/// Whether the only argument is a value of the function's type; None if this function cannot tell.
fn is_fine(call: &Call<'_>) -> Option<bool> {
    let [values] = call.arguments[..] else {
        return None;
    };
    let fits = match call.function {
        "dask_call.same" => fits::<String>,
        "dask_call.inside" => fits::<Shape>,
        _ => return None,
    };
    Some(fits(values, call))
}

fn fits<T: serde::de::DeserializeOwned>(values: &[u8], call: &Call<'_>) -> bool {
    let argument = Bytes::from(argument(values));
    let mut values = Values::of_argument(&argument).expect("a record");
    let count = if call.batch { call.count } else { 1 };
    (0..count).all(|_| values.next::<T>().is_ok())
}

fuzz_target!(|bytes: &[u8]| {
    let calls = calls(bytes);
    let mut orders = Vec::new();
    for call in &calls {
        let arguments: Vec<_> = call.arguments.iter().map(|it| argument(it)).collect();
        let lens: Vec<usize> = arguments.iter().map(Vec::len).collect();
        let header = json!({"op": "call", "function": call.function, "count": call.count,
            "batch": call.batch, "arguments": lens});
        let parts: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
        frame::write(&mut orders, &header, &parts).expect("room in memory");
    }
    let mut answers = Vec::new();
    answer_all(&mut &*orders, &mut answers).expect("frames are frames");
    let (mut answers, spares) = (&*answers, Spares::default());
    for call in &calls {
        let (header, body) = frame::read::<Value>(&mut answers, &spares)
            .expect("a frame")
            .expect("an answer");
        let is_ok = header["op"] == "ok";
        if is_ok {
            Values::of_argument(&body).expect("a record");
        } else {
            assert!(
                header["summary"]
                    .as_str()
                    .is_some_and(|it| it.starts_with(call.function))
            );
        }
        if let Some(is_fine) = is_fine(call) {
            assert_eq!(is_ok, is_fine, "{header}");
        }
    }
    assert!(
        frame::read::<Value>(&mut answers, &spares)
            .expect("the end")
            .is_none()
    );
});
