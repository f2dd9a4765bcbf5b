//! The launch plans of a workflow do not repeat its mistakes.

use flytekit::prelude::*;

#[task]
fn load(a: i64) -> Result<i64> {
    Ok(a)
}

#[workflow]
fn report(n: i64, cut: i64) -> Result<i64> {
    load(n + cut)
}

#[launch_plan(workflow = report, fixed(cut = 3), schedule(rate = "2h"))]
fn nightly(#[default(3)] n: i64) -> Result<i64>;

fn main() {}
