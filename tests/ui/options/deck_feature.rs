// The cases here are built without the feature `deck`.
use flytekit::task;

#[task(enable_deck)]
fn shows(a: i64) -> i64 {
    a
}

fn main() {}
