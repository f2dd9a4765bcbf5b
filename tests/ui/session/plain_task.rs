use flytekit::task;

#[task]
fn text(text: &str) -> u64 {
    text.len() as u64
}

#[task]
fn slice(values: &[i64]) -> i64 {
    values.iter().sum()
}

#[task]
fn number(number: &i64) -> i64 {
    *number
}

#[task]
fn with_a_lifetime<'a>(text: &'a str) -> i64 {
    text.len() as i64
}

#[task]
fn of_spark(_spark: &flytekit::spark::SparkSession) {}

fn main() {
    assert_eq!(text("a"), 1);
}
