use flytekit::task;

#[task(pod_template(primary_container = "My_Container"))]
fn name() {}

fn main() {}
