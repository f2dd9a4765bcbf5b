use flytekit::task;

#[task(requests(gpu = "500m"), limits(gpu = 1.5))]
fn half() {}

fn main() {}
