use flytekit::task;

struct Ray;

#[task(engine = Ray)]
fn without_configuration() {}

#[task(engine = Ray, config = 3)]
fn with_configuration() {}

fn main() {}
