// The cases here are built without the feature `yaml`.
use flytekit::task;

#[task(pod_template(spec = yaml("hostNetwork: true")))]
fn feature() {}

#[task(pod_template(spec = yaml(SPEC)))]
fn constant() {}

fn main() {}
