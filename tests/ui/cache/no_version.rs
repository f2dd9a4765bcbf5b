use flytekit::task;

#[task(cache)]
fn bare() {}

#[task(cache(serialize))]
fn without() {}

#[task(cache(version = ""))]
fn empty() {}

fn main() {}
