//! Parts of values; the cases are those of `fixtures/compiler`.

#![allow(unused_variables)]

use std::collections::HashMap;

use flytekit::prelude::*;
use flytekit::serde_json::{Map, Value};

#[derive(FlyteData)]
struct Sale {
    amount: i64,
    price: f64,
}

#[task]
fn whole_of(value: i64) {}

#[task]
fn any_of(value: Map<String, Value>) {}

// case: attr unknown field
#[workflow]
fn unknown_field(sale: Sale) -> Result<()> {
    whole_of(sale.zz);
    Ok(())
}

// case: attr float->int
#[workflow]
fn of_another_type(sale: Sale) -> Result<()> {
    whole_of(sale.price);
    Ok(())
}

// case: attr on STRUCT w/o dataclass_type
#[workflow]
fn of_an_object(any: Map<String, Value>) -> Result<()> {
    whole_of(any["x"]);
    Ok(())
}

// case: attr on Optional dataclass
#[workflow]
fn of_an_option(sale: Option<Sale>) -> Result<()> {
    whole_of(sale.amount);
    Ok(())
}

// case: attr on int
#[workflow]
fn of_a_number(n: i64) -> Result<()> {
    whole_of(n.x);
    Ok(())
}

// case: attr int index on map
#[workflow]
fn index_of_a_map(counts: HashMap<String, i64>) -> Result<()> {
    whole_of(counts[3]);
    Ok(())
}

// case: cond on msgpack STRUCT attr
#[workflow]
fn condition_on_a_field(sale: Sale) -> Result<()> {
    if sale.amount == 1 {
        whole_of(1);
    } else {
        whole_of(2);
    }
    Ok(())
}

// case: cond on list elem attr
#[workflow]
fn condition_on_an_element(list: Vec<i64>) -> Result<()> {
    if list[0] == 1 {
        whole_of(1);
    } else {
        whole_of(2);
    }
    Ok(())
}

fn main() {}
