use flytekit::prelude::*;

#[task]
fn square(n: i64) -> i64 {
    n * n
}

#[task]
fn scale(n: i64, factor: f64) -> Result<f64> {
    Ok(n as f64 * factor)
}

#[task]
fn pair(n: i64) -> (i64, i64) {
    (n, n)
}

#[task]
fn maybe(n: i64) -> Option<i64> {
    Some(n)
}

#[workflow]
fn of_no_list(n: i64) -> Result<Vec<i64>> {
    map(square, n)
}

#[workflow]
fn of_others(list: Vec<String>) -> Result<Vec<i64>> {
    map(square, list)
}

#[workflow]
fn with_another(list: Vec<i64>, factor: String) -> Result<Vec<f64>> {
    map(|n| scale(n, factor), list)
}

#[workflow]
fn gives_options(list: Vec<i64>) -> Result<Vec<i64>> {
    #[node(min_successes = 1)]
    map(square, list)
}

#[workflow]
fn gives_two(list: Vec<i64>) -> Result<()> {
    map(pair, list)?;
    Ok(())
}

#[workflow]
fn untried(list: Vec<i64>) -> Result<Vec<i64>> {
    let squares = map(square, list);
    map(square, squares)
}

fn main() {}
