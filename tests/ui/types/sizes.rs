use std::collections::HashMap;
use std::fmt::Display;

use flytekit::prelude::*;

#[task]
fn slice(numbers: [i64]) -> i64 {
    numbers.len() as i64
}

#[task]
fn text(text: str) -> String {
    text.to_owned()
}

#[task]
fn object(shown: dyn Display) -> String {
    shown.to_string()
}

#[task]
fn inside(_texts: Vec<str>, _maps: HashMap<String, [i64]>) {}

#[task]
fn output() -> [i64] {
    [1, 2]
}

#[task]
fn result() -> Result<str> {
    Ok("text")
}

#[derive(Outputs)]
struct Named {
    count: i64,
    numbers: [i64],
}

#[derive(FlyteData)]
struct Field {
    count: i64,
    text: str,
}

#[derive(flytekit::Columns)]
struct Row {
    count: i64,
    text: str,
}

fn main() {}
