use flytekit::{Result, task};

#[task(container(image = "a", command("true"), input_dir = "inputs"))]
fn relative(rows: i64);

#[task(container(image = "a", command("true"), output_dir = "/data/../out"))]
fn above() -> Result<i64>;

#[task(container(image = "a", command("true"), input_dir = "/data", output_dir = "/data"))]
fn one(rows: i64) -> Result<i64>;

#[task(container(image = "a", command("true"), output_dir = "/var/flyte/inputs"))]
fn one_by_default(rows: i64) -> Result<i64>;

#[task(container(image = "a", command("true"), input_dir = "/data"))]
fn for_nothing() -> Result<i64>;

fn main() {}
