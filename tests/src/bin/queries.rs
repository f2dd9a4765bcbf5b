//! A binary of tasks that use Spark.

use std::process::ExitCode;

use flytekit::prelude::*;
use flytekit::spark::new_spark_session;
use flytekit_tests as _;

/// Runs a query to its end.
#[task(spark)]
fn query(spark: &SparkSession, sql: String) -> Result<i64> {
    let rows = spark.sql(&sql)?.collect()?;
    Ok(i64::try_from(rows.len())?)
}

/// The same, with an error type that hides Spark's.
#[task(spark)]
fn query_in_context(
    spark: &SparkSession,
    sql: String,
) -> Result<i64, Box<dyn std::error::Error + Send + Sync>> {
    query(spark, sql).map_err(|error| format!("while the report was made: {error}").into())
}

/// A session of a plain task.
#[task]
fn plain(sql: String) -> Result<i64> {
    query(&new_spark_session("plain", &[])?, sql)
}

/// Two sessions, of which the second ends first.
#[task(spark)]
fn two_sessions(spark: &SparkSession) -> Result<Vec<i64>> {
    let second = new_spark_session("second", &[("spark.sql.shuffle.partitions", "7")])?;
    spark.sql("SELECT 1")?.create_or_replace_temp_view("mine")?;
    let there = second.catalog().table_exists("mine")?;
    let partitions = second.conf().get("spark.sql.shuffle.partitions")?;
    second.stop()?;
    let still = spark.sql("SELECT * FROM mine")?.collect()?.len();
    let numbers = [
        Some(i64::from(there)),
        partitions.and_then(|it| it.parse().ok()),
    ];
    Ok(numbers
        .into_iter()
        .flatten()
        .chain(i64::try_from(still))
        .collect())
}

fn main() -> ExitCode {
    flytekit::main()
}
