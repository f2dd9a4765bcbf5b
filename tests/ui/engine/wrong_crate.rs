use flytekit::task;

mod facade {}

#[task(crate = facade)]
fn add(a: i64) -> i64 {
    a
}

#[task(crate = nowhere)]
fn double(a: i64) -> i64 {
    a
}

fn main() {}
