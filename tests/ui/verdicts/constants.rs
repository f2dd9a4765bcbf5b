//! Constants for inputs; the cases are those of `fixtures/compiler`.

#![allow(unused_variables)]

use std::collections::HashMap;

use flytekit::prelude::*;
use flytekit::serde_json::{Map, Value};

#[derive(FlyteData)]
enum Color {
    Red,
}

#[derive(FlyteData)]
enum Lists {
    Numbers(Vec<i64>),
    Words(Vec<String>),
}

#[derive(FlyteData)]
struct Sale {
    amount: i64,
}

#[task]
fn real(value: f64) {}

#[task]
fn whole(value: i64) {}

#[task]
fn color(value: Color) {}

#[task]
fn list(value: Vec<i64>) {}

#[task]
fn lists(value: Lists) {}

#[task]
fn any(value: Map<String, Value>) {}

#[task]
fn sale(value: Sale) {}

// case: const int 3 to float
#[workflow]
fn int_to_float() -> Result<()> {
    real(3);
    Ok(())
}

// case: const none to int
#[workflow]
fn none_to_int() -> Result<()> {
    whole(None);
    Ok(())
}

// case: const enum bad
#[workflow]
fn no_value_of_the_enum() -> Result<()> {
    color(Color::Z);
    Ok(())
}

// case: const coll mixed
#[workflow]
fn mixed_list() -> Result<()> {
    list(vec![1, "x"]);
    Ok(())
}

// case: const empty coll into Union[List[int],List[str]]
#[workflow]
fn list_for_a_union() -> Result<()> {
    lists(vec![]);
    Ok(())
}

// case: const map into STRUCT
#[workflow]
fn map_for_an_object() -> Result<()> {
    any(HashMap::from([("a", 1)]));
    Ok(())
}

// case: const collection into STRUCT
#[workflow]
fn list_for_a_struct() -> Result<()> {
    sale(vec![]);
    Ok(())
}

fn main() {}
