use flytekit::{Result, task};

const ROWS: &str = "--rows={{.inputs.row}}";
const FOLDER: &str = "data";
const INPUTS: &str = "/data";

#[task(container(image = "a", command("wc", ROWS)))]
fn misspelt(rows: i64);

#[task(container(image = "a", command("true"), output_dir = FOLDER))]
fn relative() -> Result<i64>;

#[task(container(image = "a", command("true"), input_dir = INPUTS, output_dir = "/data"))]
fn one(rows: i64) -> Result<i64>;

#[task(container(image = "a"))]
fn nothing_started() -> Result<i64>;

fn main() {}
