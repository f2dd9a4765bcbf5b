use flytekit::task;

struct Ray;

#[task(engine = Ray)]
fn not_an_engine() {}

#[task(engine = Dusk)]
fn unknown() {}

fn main() {}
