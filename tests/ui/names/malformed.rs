use flytekit::task;

#[task(name = "")]
fn empty() {}

#[task(name = "sum range")]
fn blank() {}

#[task(deprecated = "")]
fn deprecated() {}

#[task(pod_template_name = " ")]
fn pod_template_name() {}

fn main() {}
