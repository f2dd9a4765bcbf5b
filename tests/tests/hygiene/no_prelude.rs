//! Nothing is in scope that is not written here.

#![no_implicit_prelude]

/// Adds two numbers.
#[::flytekit::task(
    retries = 3,
    timeout = 90,
    cache(version = "1", serialize = false),
    requests(cpu = 1, mem = "1Gi"),
    limits(cpu = 2),
    shared_memory = "1Gi",
    env("A" = "1"),
    secrets(secret(group = "db", key = "password")),
    pod_template(spec = { "priority": -1.5, "list": [1, true, "a"] }),
)]
pub(crate) fn add(a: i64, #[default(1)] b: i64) -> ::flytekit::Result<i64> {
    i64::checked_add(a, b).ok_or_else(|| ::flytekit::Error::user("too large"))
}

/// Waits for nothing.
#[::flytekit::task]
pub(crate) async fn later(
    a: i64,
    words: ::std::vec::Vec<::std::string::String>,
    number: ::std::option::Option<f64>,
) -> (
    i64,
    ::std::vec::Vec<::std::string::String>,
    ::std::option::Option<f64>,
) {
    ::std::future::ready((a, words, number)).await
}

/// Succeeds.
#[::flytekit::task(spark(conf("spark.executor.memory" = "1g")))]
pub(crate) fn on_spark(_spark: &::flytekit::spark::SparkSession) {}

/// On a Dask cluster.
#[::flytekit::task(dask(workers(count = 2)))]
pub(crate) fn on_dask(_dask: &::flytekit::dask::DaskClient) {}

/// Twice a number.
#[::flytekit::worker_fn]
pub(crate) fn twice(number: i64) -> ::flytekit::Result<i64> {
    i64::checked_mul(number, 2).ok_or_else(|| ::flytekit::Error::user("too large"))
}

/// A number.
#[::std::prelude::v1::derive(::flytekit::Outputs)]
pub(crate) struct Found {
    /// The number.
    pub(crate) number: i64,
}

/// A number and a text.
#[::std::prelude::v1::derive(::flytekit::Columns)]
pub(crate) struct Row {
    pub(crate) number: i64,
    #[column("the text")]
    pub(crate) text: ::std::option::Option<::std::string::String>,
}

/// Passes a table on.
#[::flytekit::task(spark())]
pub(crate) fn pass(
    _spark: &::flytekit::spark::SparkSession,
    rows: ::flytekit::spark::Dataset<Row>,
) -> ::flytekit::spark::Dataset<Row> {
    rows
}

/// Finds something.
#[::flytekit::task]
pub(crate) fn find(a: i64) -> Found {
    Found { number: a }
}

#[::std::prelude::v1::test]
fn the_tasks_run() {
    ::std::assert_eq!(
        crate::output::<i64>("hygiene.no_prelude.add", &[("a", 1)]),
        2
    );
    ::std::assert_eq!(
        crate::output::<i64>("hygiene.no_prelude.find", &[("a", 3)]),
        3
    );
    ::std::assert_eq!(
        ::std::result::Result::ok(twice(3)),
        ::std::option::Option::Some(6)
    );
}
