use flytekit::dask::WorkerFn;
use flytekit::worker_fn;

#[worker_fn]
fn registered(n: u64) -> u64 {
    n
}

fn unregistered(n: u64) -> u64 {
    n
}

fn on_workers<F: WorkerFn>(_function: F) {}

fn main() {
    let captured = 3;
    on_workers(registered);
    on_workers(unregistered);
    on_workers(|n: u64| n + captured);
    on_workers(*registered);
}
