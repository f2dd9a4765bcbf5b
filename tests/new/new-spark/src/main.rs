//! A task on Spark.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Sums up the numbers below a bound, on a Spark cluster.
#[task(
    spark(conf(
        "spark.executor.instances" = "2",
        "spark.executor.memory" = "1g"
    )),
    retries = 2,
    cache(version = "1.0")
)]
fn sum_range(
    spark: &SparkSession,
    /// The bound, which is not part of the sum.
    #[default(1000)]
    bound: u32,
) -> Result<f64> {
    let rows = spark.sql(&query(bound))?.collect()?;
    let sum = rows.first().and_then(|row| row.get(0)?.as_f64());
    sum.ok_or_else(|| Error::user("Spark has answered without a sum"))
}

fn query(bound: u32) -> String {
    format!("select cast(coalesce(sum(id), 0) as double) from range({bound})")
}

fn main() -> ExitCode {
    flytekit::main()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_in_the_query() {
        assert!(query(10).ends_with("from range(10)"));
    }
}
