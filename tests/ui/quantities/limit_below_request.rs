use flytekit::task;

#[task(requests(cpu = 2, mem = "2Gi", gpu = 1), limits(cpu = "1500m", mem = "2G", gpu = 1))]
fn separate() {}

#[task(resources(cpu = ("2", "1"), mem = ("1Gi", "1000Mi"), ephemeral_storage = "1Gi"))]
fn pairs() {}

fn main() {}
