use flytekit::worker_fn;

#[worker_fn]
fn another_type(n: u64) -> u64 {
    n.to_string()
}

#[worker_fn]
fn unknown_name(n: u64) -> u64 {
    n + missing
}

fn main() {
    let _: u64 = another_type("text");
    unknown_name();
}
