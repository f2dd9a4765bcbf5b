// A mistake in the body is rustc's to report, once, whatever the attribute says.
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
