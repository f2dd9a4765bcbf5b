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
    pod_template(spec = { "priority": -1.5, "hostAliases": [{ "ip": "10.0.0.1", "hostnames": ["a"] }] }),
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

/// A dataclass.
#[::std::prelude::v1::derive(::flytekit::FlyteData)]
#[serde(default)]
pub(crate) struct Place {
    pub(crate) name: ::std::string::String,
    pub(crate) height: f64,
}

impl ::std::default::Default for Place {
    fn default() -> Self {
        Place {
            name: ::std::string::String::new(),
            height: 1.0,
        }
    }
}

/// A float of Python's.
#[::std::prelude::v1::derive(::flytekit::FlyteData)]
pub(crate) struct Height(f64);

/// An enum of Python's.
#[::std::prelude::v1::derive(::flytekit::FlyteData)]
pub(crate) enum Color {
    Red,
    Green,
}

/// A union of Python's.
#[::std::prelude::v1::derive(::flytekit::FlyteData)]
pub(crate) enum Shape {
    Circle { radius: f64, color: Color },
    Height(Height),
    Nothing,
}

/// Dataclasses with a tag.
#[::std::prelude::v1::derive(::flytekit::FlyteData)]
#[serde(tag = "kind")]
pub(crate) enum Event {
    Began { place: Place },
    Ended,
}

#[::std::prelude::v1::test]
fn data_is_read_again() {
    let began = crate::again(&Event::Began {
        place: <Place as ::std::default::Default>::default(),
    });
    ::std::assert!(::std::matches!(began, Event::Began { place } if place.height > 0.5));
    ::std::assert!(::std::matches!(crate::again(&Event::Ended), Event::Ended));
    let circle = crate::again(&Shape::Circle {
        radius: 1.0,
        color: Color::Green,
    });
    ::std::assert!(::std::matches!(
        circle,
        Shape::Circle {
            color: Color::Green,
            ..
        }
    ));
    let height = crate::again(&Shape::Height(Height(2.0)));
    ::std::assert!(::std::matches!(height, Shape::Height(Height(2.0))));
    ::std::assert!(::std::matches!(
        crate::again(&Shape::Nothing),
        Shape::Nothing
    ));
    ::std::assert!(::std::matches!(crate::again(&Color::Red), Color::Red));
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
