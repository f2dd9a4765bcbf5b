//! The task that `bench spark` submits to a cluster.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Sums the numbers below a limit.
#[task(spark(conf("spark.cores.max" = "2", "spark.executor.memory" = "512m")))]
fn total(spark: &SparkSession, limit: i64) -> Result<i64> {
    let rows = spark
        .sql(&format!("select sum(id) as total from range({limit})"))?
        .collect()?;
    let total = rows.first().and_then(|row| row.get(0)?.as_i64());
    total.ok_or_else(|| Error::user("the sum is not a number"))
}

fn main() -> ExitCode {
    flytekit::main()
}
