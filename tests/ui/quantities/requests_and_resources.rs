use flytekit::task;

#[task(resources(mem = "1Gi"), limits(mem = "2Gi"))]
fn limits() {}

#[task(requests(cpu = "1"), resources(mem = ("1Gi", "2Gi")))]
fn requests() {}

fn main() {}
