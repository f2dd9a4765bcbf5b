//! Unknown names; the cases are those of `fixtures/compiler`.
//!
//! rustc only reports them if it finds no other mistakes.

#![allow(unused_variables)]

use flytekit::prelude::*;

#[task]
fn one() -> i64 {
    1
}

#[task]
fn double(a: i64) -> i64 {
    2 * a
}

#[task]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

// case: unknown node in promise
#[workflow]
fn unknown_node() -> Result<()> {
    double(nx);
    Ok(())
}

// case: unknown wf input
#[workflow]
fn unknown_workflow_input(n: i64) -> Result<()> {
    double(q);
    Ok(())
}

// case: self cycle
#[workflow]
fn self_cycle() -> Result<()> {
    let a = double(a);
    Ok(())
}

// case: 2-cycle
#[workflow]
fn cycle() -> Result<()> {
    let a = double(b);
    let b = double(a);
    Ok(())
}

// case: cycle beside ok node
#[workflow]
fn cycle_beside_another() -> Result<()> {
    one();
    let c = double(d);
    let d = double(c);
    Ok(())
}

// case: cycle reachable from start
#[workflow]
fn cycle_that_is_reached(q: i64) -> Result<()> {
    let e = add(q, f);
    let f = add(q, e);
    Ok(())
}

// case: then bound to a LATER node
#[workflow]
fn of_a_later_node(q: i64) -> Result<()> {
    if q == 1 {
        double(later);
    } else {
        one();
    }
    let later = one();
    Ok(())
}

// case: sub missing
#[workflow]
fn no_such_workflow(q: i64) -> Result<i64> {
    missing(q)
}

// case: sub invalid inside (unused output)
#[workflow]
fn invalid(x: i64) -> Result<i64> {
    let m = double(x);
    Ok(zz)
}

#[workflow]
fn of_an_invalid_one(q: i64) -> Result<()> {
    invalid(q)?;
    Ok(())
}

// case: lp missing
#[launch_plan(workflow = nowhere)]
fn of_nothing(x: i64) -> Result<()>;

#[workflow]
fn no_such_plan(q: i64) -> Result<()> {
    nobody(q)
}

fn main() {}
