//! A binary of tasks that use Spark.

use std::process::ExitCode;

use flytekit::prelude::*;
use flytekit::spark::client::DataType;
use flytekit::spark::client::udf::{
    CommonInlineUserDefinedFunctionExpression, PythonUDFPayload, eval_type,
};
use flytekit::spark::{SparkError, new_spark_session};
use flytekit_tests as _;

/// Runs a query to its end.
#[task(spark)]
fn query(spark: &SparkSession, sql: String) -> Result<i64> {
    let rows = spark.sql(&sql)?.collect()?;
    Ok(i64::try_from(rows.len())?)
}

/// The same, with another error type around Spark's.
#[task(spark)]
fn query_in_report(spark: &SparkSession, sql: String) -> Result<i64, ReportError> {
    let report = |error| ReportError(Box::new(error));
    let rows = spark.sql(&sql).map_err(report)?;
    let rows = rows.collect().map_err(report)?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

#[derive(Debug)]
struct ReportError(Box<SparkError>);

impl std::fmt::Display for ReportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("while the report was made")
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Calls a function that only Python could run.
#[task(spark)]
fn python_function(spark: &SparkSession) -> Result<i64> {
    let payload = PythonUDFPayload::new(
        DataType::Long,
        eval_type::SQL_BATCHED_UDF,
        Vec::new(),
        "3.11".to_owned(),
    );
    let function = CommonInlineUserDefinedFunctionExpression::new(
        "in_python".to_owned(),
        true,
        Vec::new(),
        payload,
    );
    spark.register_function(function)?;
    query(spark, "SELECT in_python() FROM range(2)".to_owned())
}

/// Opens a session in a plain task.
#[task]
fn plain(sql: String) -> Result<i64> {
    query(&new_spark_session("plain", &[])?, sql)
}

/// Opens two sessions, and closes the second one first.
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
