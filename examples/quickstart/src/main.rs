//! A plain task, a Spark task, and a task with named outputs.
//!
//! ```sh
//! cargo run -p quickstart -- list
//! cargo run -p quickstart -- run quickstart.add --a 1 --b 2
//! cargo run -p quickstart -- run quickstart.my_spark_task --a 1 --b 2
//! ```

use std::process::ExitCode;

use flytekit::prelude::*;

/// Adds two numbers.
#[task(retries = 3, requests(cpu = "500m", mem = "64Mi"))]
fn add(
    /// One of them.
    a: i64,
    /// The other one.
    #[default(1)]
    b: i64,
) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a float is what the task promises"
    )]
    {
        (a + b) as f64
    }
}

/// Adds two numbers on a Spark cluster.
///
/// They become a table of two rows, whose sum the executors compute.
#[task(
    spark(conf("spark.executor.instances" = "2", "spark.executor.memory" = "1g")),
    cache(version = "1.0"),
    timeout = "30m"
)]
fn my_spark_task(spark: &SparkSession, a: i64, b: i64) -> Result<f64> {
    let rows = spark
        .sql(&format!(
            "select cast(sum(n) as double) as total from values ({a}), ({b}) as t(n)"
        ))?
        .collect()?;
    let total = rows.first().and_then(|row| row.get(0)?.as_f64());
    total.ok_or_else(|| Error::user("the sum is not a number"))
}

/// What is known about a list of numbers.
#[derive(Outputs)]
struct Summary {
    /// How many there are.
    count: u64,
    /// Their mean, if there are any.
    mean: Option<f64>,
}

/// Counts numbers, and takes their mean.
#[task]
fn summarize(values: Vec<f64>) -> Summary {
    #[expect(clippy::cast_precision_loss, reason = "no list has 2^53 elements")]
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    Summary {
        count: values.len() as u64,
        mean: (!values.is_empty()).then_some(mean),
    }
}

fn main() -> ExitCode {
    flytekit::main()
}

#[cfg(test)]
mod tests {
    use super::{add, summarize};

    #[test]
    fn tasks_are_ordinary_functions() {
        assert!((add(1, 2) - 3.0).abs() < f64::EPSILON);
        let summary = summarize(vec![1.0, 2.0]);
        assert_eq!((summary.count, summary.mean), (2, Some(1.5)));
    }
}
