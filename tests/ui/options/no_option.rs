use flytekit::task;

#[task("etl.sum")]
fn a_name_alone() {}

#[task(3, retries = 1)]
fn a_number_alone() {}

#[task(requests("1Gi"))]
fn inside_of_an_option() {}

fn main() {}
