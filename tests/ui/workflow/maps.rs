use flytekit::prelude::*;

#[task]
fn square(n: i64) -> i64 {
    n * n
}

#[task]
fn scale(n: i64, factor: i64) -> Result<i64> {
    Ok(n * factor)
}

#[workflow]
fn of_nothing(list: Vec<i64>) -> Result<Vec<i64>> {
    map(square)
}

#[workflow]
fn of_a_number(list: Vec<i64>) -> Result<Vec<i64>> {
    map(3, list)
}

#[workflow]
fn of_several_calls(list: Vec<i64>) -> Result<Vec<i64>> {
    map(|n| square(n) + 1, list)
}

#[workflow]
fn of_statements(list: Vec<i64>) -> Result<Vec<i64>> {
    map(
        |n| {
            let twice = scale(n, 2);
            square(twice)
        },
        list,
    )
}

#[workflow]
fn with_a_question(list: Vec<i64>) -> Result<Vec<i64>> {
    map(|n| scale(n, 2)?, list)
}

#[workflow]
fn of_a_part(list: Vec<i64>) -> Result<Vec<i64>> {
    map(|n| square(n.0), list)
}

#[workflow]
fn of_something_made(list: Vec<i64>) -> Result<Vec<i64>> {
    map(|n| scale(n, const { 1 + n }), list)
}

#[workflow]
fn of_a_pattern(list: Vec<i64>) -> Result<Vec<i64>> {
    map(|(n, _)| square(n), list)
}

#[workflow]
fn not_given_on(list: Vec<i64>, factor: i64) -> Result<Vec<i64>> {
    map(|n, other| scale(n, factor), list, list)
}

#[workflow]
fn of_too_few(list: Vec<i64>) -> Result<Vec<i64>> {
    map(|n, factor| scale(n, factor), list)
}

#[workflow]
fn not_of_a_call(list: Vec<i64>) -> Result<i64> {
    #[node(concurrency = 2)]
    let one = square(1);
    #[node(min_success_ratio = 0.5)]
    let two = square(one);
    Ok(two)
}

#[workflow]
fn both(list: Vec<i64>) -> Result<()> {
    #[node(min_success_ratio = 0.5, min_successes = 1)]
    let some = map(square, list)?;
    Ok(())
}

#[workflow]
fn more_than_all(list: Vec<i64>) -> Result<()> {
    #[node(min_success_ratio = 1.5, concurrency = -1)]
    let some = map(square, list)?;
    Ok(())
}

fn main() {}
