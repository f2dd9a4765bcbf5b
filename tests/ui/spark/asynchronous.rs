use flytekit::task;

struct SparkSession;

#[task(spark)]
async fn count(_spark: &SparkSession) -> i64 {
    1
}

fn main() {}
