//! Workflows that are parts of each other: a graph without an end.

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[workflow]
fn there(n: i64) -> Result<i64> {
    let n = load(n)?;
    back(n)
}

#[workflow]
fn back(n: i64) -> Result<i64> {
    there(n)
}

fn main() {}
