use flytekit::task;

#[task(requests(cpu = "two", mem = "2Gb", gpu = "", ephemeral_storage = "-1Gi"))]
fn requests() {}

#[task(limits(cpu = "1 ", mem = "2GiB", ephemeral_storage = "1e3Gi"))]
fn limits() {}

#[task(resources(cpu = ("1", "2cores"), mem = "1kb"))]
fn both() {}

#[task(shared_memory = "1gb")]
fn shared_memory() {}

#[task(requests(cpu = -1))]
fn negative() {}

fn main() {}
