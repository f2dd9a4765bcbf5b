use flytekit::worker_fn;

#[worker_fn]
fn count(n: u64) -> u64 {
    n
}

fn main() {
    let count = count(1);
}
