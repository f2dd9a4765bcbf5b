use flytekit::task;

const CONFIG: u32 = 3;

#[task(config = CONFIG)]
fn plain() {}

#[task(spark, config = CONFIG)]
fn spark() {}

fn main() {}
