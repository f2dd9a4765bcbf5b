use flytekit::worker_fn;

#[worker_fn]
struct Count;

#[worker_fn]
fn unreadable(a: u64, b: ) {}

fn main() {}
