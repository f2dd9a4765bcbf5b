//! A binary that cannot be used: two of its tasks have one name.

use std::process::ExitCode;

use flytekit::prelude::*;

#[task(name = "etl.load")]
fn load() {}

#[task(name = "etl.load")]
fn load_again() {}

fn main() -> ExitCode {
    flytekit::main()
}
