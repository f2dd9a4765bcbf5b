//! An earlier version of `registered`: two of its tasks, one of them different, and a removed task.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Adds two numbers.
#[task(name = "registered.add", retries = 2, requests(cpu = "500m"), env("LOG" = "info"))]
fn add(
    /// One of them.
    a: String,
    /// The third one.
    c: i64,
) -> i64 {
    a.parse::<i64>().unwrap_or_default() + c
}

/// Says hello.
#[task(name = "registered.greet", cache(version = "1.0"))]
fn greet(name: String, times: Option<i64>) -> Vec<String> {
    let times = usize::try_from(times.unwrap_or(1)).unwrap_or_default();
    vec![format!("Hello, {name}!"); times]
}

#[task(name = "registered.gone")]
fn gone() {}

fn main() -> ExitCode {
    flytekit::main()
}
