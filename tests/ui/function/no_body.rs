use flytekit::task;

#[task]
fn later(a: i64) -> i64;

fn main() {}
