//! The program that the tests register. `tests/python/registered.py` declares the same tasks for
//! flytekit.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Adds two numbers.
#[task(retries = 3, requests(cpu = "500m", mem = "64Mi"))]
fn add(
    /// One of them.
    a: i64,
    /// The other one.
    b: i64,
) -> i64 {
    a + b
}

/// Says hello.
#[task(cache(version = "1.0"))]
fn greet(name: String, times: Option<i64>) -> Vec<String> {
    let times = usize::try_from(times.unwrap_or(1)).unwrap_or_default();
    vec![format!("Hello, {name}!"); times]
}

/// Fails, for the user's reasons.
#[task]
fn fail(message: String) -> Result<i64> {
    Err(Error::user(message))
}

fn main() -> ExitCode {
    flytekit::main()
}
