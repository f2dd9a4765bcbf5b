use flytekit::prelude::*;

#[worker_fn]
#[task]
fn worker_first(n: u64) -> u64 {
    n
}

#[task]
#[worker_fn]
fn task_first(n: u64) -> u64 {
    n
}

#[worker_fn]
#[flytekit::task(retries = 3)]
fn by_path(n: u64) -> u64 {
    n
}

fn main() {}
