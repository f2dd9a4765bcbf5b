use flytekit::task;

struct SparkSession;

#[task(spark)]
fn session(#[default(3)] _spark: &SparkSession) -> i64 {
    1
}

fn main() {}
