use flytekit::task;

struct SparkSession;

#[task(spark)]
fn mutably(spark: &mut SparkSession) {}

#[task(spark)]
fn for_ever(spark: &'static SparkSession) {}

#[task(spark)]
fn owned(spark: SparkSession) {}

fn main() {}
