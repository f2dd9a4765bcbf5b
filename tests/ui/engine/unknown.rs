use flytekit::task;

#[task(engine = Dusk)]
fn no_such_type() {}

#[task(engine = clusters::Ray)]
fn no_such_module() {}

fn main() {}
