use flytekit::task;

#[task(accelerator(partition = "2g.10gb"))]
fn no_device() {}

#[task(accelerator)]
fn bare() {}

#[task(accelerator = "a gpu")]
fn label() {}

#[task(accelerator(device = A100, partition = ""))]
fn partition() {}

#[task(accelerator = a100)]
fn unknown_device() {}

#[task(accelerator(device = A100, partition = unpartitoned))]
fn unknown_partition() {}

fn main() {}
