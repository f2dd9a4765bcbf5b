use flytekit::task;

struct SparkSession;

#[task(spark)]
fn mutably(_spark: &mut SparkSession) {}

#[task(spark)]
fn for_ever(_spark: &'static SparkSession) {}

fn main() {}
