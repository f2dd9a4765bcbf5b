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

fn main() {
    assert_eq!(text("a"), 1);
}
