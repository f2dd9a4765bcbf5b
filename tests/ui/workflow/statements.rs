//! Statements that cannot be part of a graph.

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<Vec<i64>> {
    Ok(vec![a])
}

#[workflow]
fn all(n: i64) -> Result<i64> {
    let list = load(n + 1)?;
    for a in list {
        load(a)?;
    }
    println!("loaded");
    let first = list.first();
    let copy = load(&n)?;
    let closure = || n;
    match n {
        _ => {}
    }
    let Some(x) = load(n)? else { return Ok(1) };
    let unset;
    n = 3;
    const LIMIT: i64 = 3;
    n;
    load(n[n])?;
    n(3)?;
    all(n)?;
    load::<i64>(n)?;
    i64::max(n, 3);
    load('c')?;
    return Ok(n);
}

#[workflow]
fn empty(n: i64) -> Result<i64> {
    Ok(n)
}

#[workflow]
fn empty_but_for_a_name(n: i64) -> Result<Vec<i64>> {
    let list = vec![n];
    Ok(list)
}

#[workflow]
fn another(n: i64) -> Result<i64> {
    all(n)
}

fn main() {}
