use std::collections::{BTreeMap, HashMap};

use flytekit::prelude::*;

#[task]
fn input(number: Option<Option<i64>>) -> bool {
    number.is_some()
}

#[task]
fn of_nothing(nothing: Option<()>) -> bool {
    nothing.is_some()
}

#[task]
fn in_a_list(numbers: Vec<Option<Option<i64>>>) -> u64 {
    numbers.len() as u64
}

#[task]
fn in_maps(_numbers: HashMap<String, BTreeMap<i64, Option<Option<i64>>>>) {}

#[task]
fn in_a_hash(_number: Hashed<Option<Option<i64>>>) {}

#[task]
fn output() -> Option<Option<i64>> {
    None
}

#[task]
fn result() -> Result<Vec<Option<()>>> {
    Ok(vec![])
}

#[task]
fn one_of_several() -> (i64, Option<Option<i64>>) {
    (1, None)
}

#[derive(Outputs)]
struct Named {
    count: i64,
    last: Option<Option<i64>>,
}

fn main() {}
