use flytekit::worker_fn;

mod module {}

#[worker_fn]
fn module(n: u64) -> u64 {
    n
}

#[worker_fn]
fn count(n: u64) -> u64 {
    n
}

struct Private(u64);

fn main() {
    let count = count(1);
    let Private(number) = Private(count);
    let _ = number;
}
