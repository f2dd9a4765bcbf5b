use flytekit::task;

#[task(accelerator = A1000)]
fn in_capitals() {}

fn main() {}
