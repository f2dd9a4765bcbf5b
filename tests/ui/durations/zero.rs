use flytekit::task;

#[task(timeout = 0)]
fn seconds() {}

#[task(timeout = "0s")]
fn text() {}

fn main() {}
