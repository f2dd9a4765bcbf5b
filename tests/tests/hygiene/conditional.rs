//! Tasks that are there under a condition, and so is all that is generated for them.

use flytekit::prelude::*;

#[cfg(any())]
#[task(retries = MISSING)]
fn never_before(a: Missing) -> Missing {
    a
}

#[task(retries = MISSING)]
#[cfg(any())]
fn never_after(a: Missing) -> Missing {
    a
}

#[cfg(any(unix, windows))]
#[task]
fn always_before(a: i64) -> i64 {
    a
}

#[task]
#[cfg(any(unix, windows))]
fn always_after(a: i64) -> i64 {
    a
}

/// Two of one name, of which one is there.
#[cfg(unix)]
#[task]
pub(crate) fn of_the_platform(a: i64) -> i64 {
    a
}

#[cfg(not(unix))]
#[task]
pub(crate) fn of_the_platform(a: i64) -> i64 {
    a + 1
}

#[cfg(any())]
#[flytekit::worker_fn]
fn missing_before(a: Missing) -> Missing {
    a
}

#[flytekit::worker_fn]
#[cfg(any())]
fn missing_after(a: Missing) -> Missing {
    a
}

#[flytekit::worker_fn]
#[cfg(unix)]
fn by_workers_of_the_platform(a: i64) -> i64 {
    a
}

#[flytekit::worker_fn]
#[cfg(not(unix))]
fn by_workers_of_the_platform(a: i64) -> i64 {
    a + 1
}

#[cfg_attr(all(), task(retries = 1))]
#[cfg_attr(any(), task(retries = MISSING))]
fn annotated(a: i64) -> i64 {
    a
}

/// An output that is there under a condition.
#[derive(Outputs)]
struct Found {
    number: i64,
    #[cfg(any())]
    missing: Missing,
}

#[task]
fn find(a: i64) -> Found {
    Found { number: a }
}

/// Fields and variants that are there under a condition.
#[derive(FlyteData)]
struct Place {
    name: String,
    #[cfg(any())]
    missing: Missing,
    #[cfg(unix)]
    #[cfg_attr(all(), serde(rename = "platform"))]
    unix: Kind,
    #[cfg(not(unix))]
    platform: Kind,
    #[cfg_attr(any(), serde(flatten))]
    other: Other,
}

#[derive(FlyteData)]
enum Kind {
    #[cfg(any())]
    Missing,
    Here,
}

#[derive(FlyteData)]
enum Other {
    #[cfg(any())]
    Missing(Missing),
    Here(i64),
    There(String),
}

#[test]
fn data_is_what_there_is() {
    let place = crate::again(&Place {
        name: "here".to_owned(),
        unix: Kind::Here,
        other: Other::Here(1),
    });
    assert!(matches!(place.unix, Kind::Here));
    assert!(matches!(crate::again(&place.other), Other::Here(1)));
    assert!(matches!(
        crate::again(&Other::There(place.name)),
        Other::There(_)
    ));
}

#[test]
fn the_tasks_run() {
    for task in ["always_before", "always_after", "annotated", "find"] {
        assert_eq!(
            crate::output::<i64>(&format!("hygiene.conditional.{task}"), &[("a", 5)]),
            5
        );
    }
    let direct = [
        always_before(1),
        always_after(1),
        of_the_platform(1),
        annotated(1),
        find(1).number,
    ];
    assert_eq!(direct, [1; 5]);
    assert_eq!(by_workers_of_the_platform(1), 1);
}
