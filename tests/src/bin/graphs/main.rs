//! Workflows, for tests of what runs them.

mod dynamics;
mod flows;
mod twins;
mod verdicts;

use std::process::ExitCode;

use flytekit::prelude::*;

/// Twice a number, which must not be too large.
#[task(name = "graphs.double")]
fn double(a: i64) -> Result<i64> {
    match a {
        100.. => Err(Error::user("too large")),
        _ => Ok(2 * a),
    }
}

/// Four times a number.
#[workflow(name = "graphs.fourfold")]
fn fourfold(
    /** a number */
    n: i64,
) -> Result<i64> {
    let twice = double(n)?;
    let sure = approve(twice, "sure")?;
    double(sure)
}

fn main() -> ExitCode {
    flytekit::main()
}
