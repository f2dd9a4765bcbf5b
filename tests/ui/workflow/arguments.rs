//! The arguments of a call are checked like those of any function.

use flytekit::prelude::*;

#[task]
fn double(a: i64) -> i64 {
    2 * a
}

#[task]
fn name(text: String) -> Result<String> {
    Ok(text)
}

#[workflow]
fn wrong_types(n: i64) -> Result<i64> {
    let text = name(n)?;
    double("x");
    Ok(double(text))
}

#[workflow]
fn wrong_counts(n: i64) -> Result<()> {
    double(n, n);
    name()?;
    Ok(())
}

#[workflow]
fn wrong_results(n: i64) -> Result<String> {
    let a = double(n)?;
    Ok(a)
}

#[workflow]
fn wrong_parts(n: Vec<i64>) -> Result<()> {
    double(n.first);
    double(n["key"]);
    Ok(())
}

fn main() {}
