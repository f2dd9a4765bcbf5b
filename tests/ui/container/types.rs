use std::time::Duration;

use flytekit::types::FlyteFile;
use flytekit::{Result, task};

#[task(container(image = "a", command("wc", file)))]
fn file_in_a_command(file: FlyteFile);

#[task(container(image = "a", command("sleep", "{{.inputs.length}}")))]
fn length_in_a_command(length: Duration);

#[task(container(image = "a", command("true")))]
fn list() -> Result<Vec<i64>>;

#[task(container(image = "a", command("true")))]
fn option_of_several() -> Result<(i64, Option<i64>)>;

fn main() {}
