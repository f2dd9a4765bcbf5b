use flytekit::task;

#[task]
fn sum(count: i64, numbers: ...) -> i64 {
    count
}

fn main() {}
