use flytekit::task;

#[task(cache(version = "1", ignore_inputs("upr", "lower", "lower")))]
fn range(lower: i64, upper: i64) -> i64 {
    upper - lower
}

#[task(cache(version = "1", ignore_inputs("a")))]
fn no_inputs() {}

#[task(cache(version = "1", ignore_inputs(1)))]
fn no_text(a: i64) -> i64 {
    a
}

fn main() {}
