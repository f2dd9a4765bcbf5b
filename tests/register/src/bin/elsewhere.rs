//! A launch plan of a workflow that another program has registered.

use std::process::ExitCode;

use flytekit::prelude::*;

/// A workflow of the program `deep`.
#[workflow(reference(name = "deep.middle", version = "v1"))]
fn middle(n: i64, strict: bool) -> Result<i64>;

/// Does not refuse anything.
#[launch_plan(workflow = middle, fixed(strict = false))]
fn lenient(#[default(2)] n: i64) -> Result<i64>;

/// Calls the plan.
#[workflow]
fn twice(n: i64) -> Result<i64> {
    let once = lenient(n)?;
    let twice = lenient(once)?;
    Ok(twice)
}

fn main() -> ExitCode {
    flytekit::main()
}
