use flytekit::task;

struct SparkSession;

#[task(spark)]
fn two(_first: &SparkSession, _second: &SparkSession) {}

fn main() {}
