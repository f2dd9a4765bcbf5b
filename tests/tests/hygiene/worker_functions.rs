//! Functions for Dask's workers, as they are written: each is still a function, and the table has
//! it with what it takes and gives.

use std::collections::BTreeMap;

use flytekit::dask::{WorkerFn, worker_fns};
use flytekit::prelude::*;
use serde::{Deserialize, Serialize};

/// A pair that goes to workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pair {
    left: i64,
    right: Option<String>,
}

#[worker_fn]
fn nothing() {}

#[worker_fn]
fn no_parameters() -> String {
    "text".to_owned()
}

#[worker_fn]
fn sum(mut numbers: Vec<i64>, [first, .., last]: [i64; 3], (a, _): (i64, i64)) -> i64 {
    numbers.push(first + last + a);
    numbers.iter().sum()
}

#[worker_fn]
fn swap(Pair { left, right }: Pair) -> (Option<String>, i64) {
    (right, left)
}

#[worker_fn]
fn fibonacci(n: u32) -> u64 {
    if n < 2 {
        return n.into();
    }
    let before: Vec<u64> = [n - 1, n - 2].into_iter().map(fibonacci).collect();
    before[0] + fibonacci(n - 2)
}

#[worker_fn]
#[allow(
    clippy::many_single_char_names,
    clippy::too_many_arguments,
    reason = "as many as there can be"
)]
fn eight(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    a + b + c + d + e + f + g + h
}

#[worker_fn(name = "another.name")]
fn named(text: String) -> Result<i64> {
    Ok(text.parse()?)
}

const NAME: &str = "name.of.a.constant";

#[worker_fn(name = NAME)]
fn named_by_a_constant(numbers: BTreeMap<String, f64>) -> std::result::Result<f64, ParseError> {
    numbers.get("x").copied().ok_or(ParseError)
}

#[derive(Debug)]
struct ParseError;

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no x")
    }
}

impl std::error::Error for ParseError {}

macro_rules! worker_functions {
    ($($name:ident: $ty:ty = $value:expr;)+) => {$(
        #[worker_fn]
        fn $name(number: $ty) -> $ty {
            number + $value
        }
    )+};
}

worker_functions! {
    plus_one: i64 = 1;
    plus_half: f64 = 0.5;
}

fn descriptor<F: WorkerFn>(_: F) -> &'static str {
    F::DESCRIPTOR.name
}

fn invoked<F: WorkerFn>(_: F, params: F::Params) -> Result<F::Output> {
    F::invoke(params)
}

#[test]
fn they_are_functions() {
    nothing();
    assert_eq!(no_parameters(), "text");
    assert_eq!(sum(vec![1], [1, 2, 3], (4, 5)), 9);
    assert_eq!(fibonacci(10), 55);
    assert_eq!(eight(1, 1, 1, 1, 1, 1, 1, 1), 8);
    assert_eq!([1_u32, 2, 6].map(*fibonacci), [1, 1, 8]);
    let pointer: fn(i64) -> i64 = *plus_one;
    let (copy, again) = (plus_one, plus_one);
    assert_eq!(pointer(1) + copy(1) + again(1), 6);
    assert!((plus_half(1.0) - 1.5).abs() < f64::EPSILON);
    assert_eq!(format!("{fibonacci:?}"), "fibonacci");
    assert!(named("1".to_owned()).is_ok());
}

#[test]
fn they_are_called_with_a_tuple() {
    invoked(nothing, ()).expect("nothing");
    assert_eq!(invoked(fibonacci, (10,)).expect("a number"), 55);
    let pair = Pair {
        left: 1,
        right: None,
    };
    assert_eq!(invoked(swap, (pair,)).expect("a pair"), (None, 1));
    assert_eq!(invoked(named, ("7".to_owned(),)).expect("a number"), 7);
    let error = invoked(named, ("x".to_owned(),)).expect_err("no number");
    assert_eq!(error.to_string(), "invalid digit found in string");
    let error = invoked(named_by_a_constant, (BTreeMap::new(),)).expect_err("no x");
    assert_eq!(error.to_string(), "no x");
}

#[test]
fn each_is_in_the_table() {
    let table = worker_fns().expect("no two have one name");
    let names = [
        (descriptor(nothing), "hygiene.worker_functions.nothing"),
        (descriptor(plus_one), "hygiene.worker_functions.plus_one"),
        (descriptor(named), "another.name"),
        (descriptor(named_by_a_constant), "name.of.a.constant"),
    ];
    for (name, expected) in names {
        assert_eq!(name, expected);
        let found = table.get(name).expect(name).descriptor;
        assert!(found.location.file.ends_with("worker_functions.rs"));
    }
    let sorted = table.names();
    assert!(sorted.is_sorted());
    assert!(table.get("hygiene.lints.unused").is_some());
    assert!(table.get("hygiene.conditional.missing_after").is_none());
}
