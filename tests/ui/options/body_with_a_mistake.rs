// A mistake in the body is rustc's to report, once, whatever the attribute says.
use flytekit::task;

#[task(retries = "3")]
fn calls_what_is_not_there() -> i64 {
    misspelt()
}

#[task]
fn returns_something_else() -> i64 {
    "text"
}

fn main() {}
