use flytekit::task;

/// A task's name is also the name of the type that represents it.
#[task]
fn add(a: i64) -> i64 {
    a
}

mod add {}

#[task]
fn sub(a: i64) -> i64 {
    a
}

struct sub {
    field: i64,
}

struct mul;

#[task]
fn of_another() -> i64 {
    <mul as flytekit::Task>::NAME.len() as i64
}

fn main() {}
