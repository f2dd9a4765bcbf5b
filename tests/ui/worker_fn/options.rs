use flytekit::worker_fn;

#[worker_fn(nmae = "app.count", retries = 3)]
fn unknown(n: u64) -> u64 {
    n
}

#[worker_fn(name = "count hits")]
fn blank(n: u64) -> u64 {
    n
}

#[worker_fn(name = "")]
fn empty(n: u64) -> u64 {
    n
}

#[worker_fn(name = 3, name = "app.count")]
fn twice(n: u64) -> u64 {
    n
}

const BLANK: &str = "count hits";

#[worker_fn(name = BLANK)]
fn constant(n: u64) -> u64 {
    n
}

fn is_worker_fn<F: flytekit::dask::WorkerFn>(_function: F) {}

fn main() {
    is_worker_fn(unknown);
    assert_eq!(unknown(1) + blank(1) + empty(1) + twice(1) + constant(1), 5);
}
