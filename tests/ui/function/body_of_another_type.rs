// rustc reports a mistake in the body, and reports it once.
use flytekit::task;

#[task(retries = "3")]
fn refused() -> i64 {
    "text"
}

#[task]
fn accepted() -> i64 {
    "text"
}

fn main() {}
