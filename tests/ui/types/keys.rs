use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use flytekit::prelude::*;

struct Own;

#[derive(FlyteData, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Color {
    Red,
    Green,
}

#[task]
fn float(map: HashMap<f64, i64>) -> u64 {
    map.len() as u64
}

#[task]
fn ordered(_map: BTreeMap<bool, String>) {}

#[task]
fn pair(_map: HashMap<(i64, i64), String>) {}

#[task]
fn borrowed(_map: HashMap<&'static str, i64>) {}

#[task]
fn borrowed_or_not(_map: HashMap<Cow<'static, str>, i64>) {}

#[task]
fn character(_map: HashMap<char, i64>) {}

#[task]
fn own(_map: HashMap<Own, i64>) {}

#[task]
fn color(_map: Vec<HashMap<Color, i64>>) {}

#[task]
fn output() -> HashMap<f64, i64> {
    HashMap::new()
}

#[derive(Outputs)]
struct Named {
    counts: BTreeMap<f64, i64>,
}

#[derive(FlyteData)]
struct Field {
    counts: HashMap<Option<String>, i64>,
}

#[derive(FlyteData)]
enum Variant {
    Text(String),
    Counts(HashMap<Own, i64>),
}

#[derive(flytekit::Columns)]
struct Row {
    counts: HashMap<f64, i64>,
}

fn main() {}
