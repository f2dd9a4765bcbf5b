//! A later version of `registered`.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Adds two numbers, and tells where this ran.
#[task(
    name = "registered.add",
    retries = 3,
    requests(cpu = "500m", mem = "64Mi")
)]
fn add(
    /// One of them.
    a: i64,
    /// The other one.
    b: i64,
) -> i64 {
    let own = std::env::current_exe().unwrap_or_default();
    let archive = std::env::var("FLYTEKIT_DISTRIBUTION").unwrap_or_default();
    println!("changed: {} of {archive}", own.display());
    a + b + 1_000_000
}

fn main() -> ExitCode {
    flytekit::main()
}
