// The cases here are built without the feature `spark`.
use flytekit::task;

#[task(spark)]
fn session(_spark: &flytekit::spark::SparkSession) -> i64 {
    1
}

#[task(spark(conf("spark.executor.memory" = "4g")))]
fn no_session() {}

fn main() {}
