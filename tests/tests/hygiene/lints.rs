//! Generated code gives no warning, however many are asked for.

#![deny(warnings, unused, nonstandard_style, rust_2018_idioms, let_underscore)]
#![deny(
    absolute_paths_not_starting_with_crate,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::cargo)]
#![allow(
    clippy::unnecessary_wraps,
    reason = "of the task itself, which is small"
)]
#![forbid(unsafe_code)]

use flytekit::prelude::*;
use flytekit::spark::Dataset;

/// What is found.
#[derive(Debug, Outputs)]
pub(crate) struct Found {
    /// The number.
    number: i64,
}

/// What a table has, of which no value is ever made.
#[derive(Columns)]
pub(crate) struct Row {
    /// The number.
    number: i64,
    #[column("the text")]
    text: Option<String>,
}

/// A dataclass, of which nobody here reads anything.
#[derive(Debug, FlyteData)]
pub(crate) struct Place {
    /// The name.
    name: String,
    /// What it was called before.
    #[deprecated = "use name"]
    old_name: Option<String>,
    #[serde(default)]
    height: f64,
    color: Color,
}

/// A float of Python's.
#[derive(Clone, Copy, Debug, FlyteData)]
pub(crate) struct Height(f64);

/// No fields.
#[derive(Clone, Copy, Debug, FlyteData)]
pub(crate) struct Empty {}

/// An enum.
#[derive(Clone, Copy, Debug, FlyteData)]
pub(crate) enum Color {
    /// Red.
    Red,
    /// Green.
    #[deprecated = "use red"]
    Green,
}

/// A union.
#[derive(Clone, Debug, FlyteData)]
pub(crate) enum Shape {
    /// Round.
    Circle {
        /// Half of it.
        radius: f64,
    },
    /// A number.
    Height(Height),
    /// None.
    Nothing,
}

/// One with a tag.
#[derive(Clone, Debug, FlyteData)]
#[serde(tag = "kind", deny_unknown_fields)]
#[non_exhaustive]
pub(crate) enum Event {
    /// The first.
    Began {
        /// Where.
        shape: Shape,
    },
    /// The last.
    Ended,
}

/// Passes data on.
#[task]
pub(crate) fn data(place: Place, empty: Empty, event: Event) -> (Place, Empty, Event) {
    (place, empty, event)
}

/// Passes a table on.
#[task(spark())]
pub(crate) fn pass(_spark: &SparkSession, rows: Dataset<Row>) -> Dataset<Row> {
    rows
}

/// An application.
#[task(generic_spark(
    application_type = Python,
    application = "/opt/app.py",
    args("--rows", rows, name)
))]
pub fn application(rows: i64, name: String);

/// Everything at once.
#[task(
    retries = 3,
    timeout = "1h",
    cache(version = "1", serialize, ignore_inputs("b")),
    interruptible,
    requests(cpu = "1"),
    limits(cpu = "2"),
    shared_memory,
    accelerator = A100,
    env("A" = "1"),
    secrets(secret(group = "db", key = "password")),
    pod_template(spec = { "priority": 1 })
)]
#[must_use]
pub(crate) fn add(mut a: i64, #[default(1)] b: i64) -> Found {
    a += b;
    Found { number: a }
}

/// On Spark.
#[task(spark(conf("spark.executor.memory" = "1g")))]
pub(crate) fn on_spark(spark: &SparkSession) -> Result<i64> {
    Ok(spark.range(1)?.count()?)
}

/// On Dask.
#[task(dask(workers(count = 2, requests(cpu = "1"), limits(cpu = "2"))))]
pub(crate) fn on_dask(_dask: &DaskClient, n: i64) -> i64 {
    n
}

/// Passes a text on, and is not used.
#[worker_fn]
pub(crate) fn unused(mut text: String, _unused: u8) -> Result<String> {
    text.push('!');
    Ok(text)
}

/// Counts words, and nobody here asks.
#[worker_fn]
#[must_use]
pub fn count(words: Vec<String>, least: usize) -> usize {
    words.iter().filter(|word| word.len() >= least).count()
}

/// Must not be called any more.
#[deprecated = "use count"]
#[worker_fn]
pub(crate) fn old_count() {}

#[worker_fn]
fn private() {}

/// Waits for nothing.
#[task]
async fn later(_unused: i64) {
    std::future::ready(()).await;
}

/// On an engine of one's own.
#[task(engine = crate::places::Threads, config = crate::places::ThreadsConfig::new(1))]
async fn on_threads(pool: &crate::places::Pool) -> u64 {
    std::future::ready(pool.threads).await
}

/// Must not be called any more.
#[deprecated = "use add"]
#[task(deprecated = "use add")]
pub(crate) fn old() {}

#[test]
fn the_tasks_run() {
    assert_eq!(add(1, 2).number, 3);
    assert_eq!(crate::output::<i64>("hygiene.lints.add", &[("a", 1)]), 2);
    assert_eq!(crate::output::<u64>("hygiene.lints.on_threads", &[]), 1);
}
