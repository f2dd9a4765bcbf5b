use flytekit::{Outputs, task};

#[derive(Outputs)]
struct Pair(i64, i64);

#[derive(Outputs)]
struct Generic<T> {
    value: T,
}

/// What is wrong with the outputs is not said again where they are returned.
#[task]
fn pair() -> Pair {
    Pair(1, 2)
}

#[task]
fn generic() -> flytekit::Result<Generic<i64>> {
    Ok(Generic { value: 1 })
}

fn main() {}
