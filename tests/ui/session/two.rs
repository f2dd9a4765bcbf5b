use flytekit::task;

struct SparkSession;

#[task(spark)]
fn two(first: &SparkSession, second: &SparkSession) {}

fn main() {}
