use flytekit::{Outputs, task};

#[derive(Outputs)]
struct Pair(i64, i64);

#[derive(Outputs)]
struct Generic<T> {
    value: T,
}

/// A function that returns the outputs does not repeat their mistakes.
#[task]
fn pair() -> Pair {
    Pair(1, 2)
}

#[task]
fn generic() -> flytekit::Result<Generic<i64>> {
    Ok(Generic { value: 1 })
}

fn main() {}
