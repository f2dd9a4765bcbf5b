//! Functions that cannot be launch plans.

use flytekit::prelude::*;

#[task]
fn double(a: i64) -> i64 {
    2 * a
}

#[workflow]
fn inner(a: i64) -> Result<i64> {
    let twice = double(a);
    Ok(twice)
}

#[launch_plan(workflow = inner)]
fn with_body(a: i64) -> Result<i64> {
    inner(a)
}

#[launch_plan]
fn of_nothing(a: i64) -> Result<i64>;

#[launch_plan(workflow = double)]
fn of_task(a: i64) -> Result<i64>;

#[launch_plan(workflow = inner)]
fn no_result(a: i64) -> i64;

#[launch_plan(workflow = inner)]
async fn asynchronous(a: i64) -> Result<i64>;

fn main() {}
