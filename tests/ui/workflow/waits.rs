//! One answer counts for all waits of a name.

use flytekit::prelude::*;

const SURE: &str = "sure";

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[workflow]
fn written(n: i64) -> Result<i64> {
    let a = approve(n, "sure")?;
    let b = wait_for_input::<i64>("limit")?;
    let c = wait_for_input::<i64>("limit")?;
    load(a)?;
    load(b)?;
    load(c)
}

#[workflow]
fn named(n: i64) -> Result<i64> {
    let a = approve(n, "sure")?;
    let b = load(a)?;
    approve(b, SURE)
}

#[workflow]
fn behind(n: i64) -> Result<i64> {
    let sure = "sure";
    let a = if n > 3 { approve(n, sure)? } else { load(n)? };
    approve(a, "sure")
}

// One of these runs.
#[workflow]
fn either(n: i64) -> Result<i64> {
    let a = load(n)?;
    let b = if n > 3 { approve(n, "sure")? } else { approve(n, SURE)? };
    load(a)?;
    load(b)
}

fn main() {}
