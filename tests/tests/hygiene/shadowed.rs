//! Every name of the prelude, and of what it comes from, is something else here.

#![allow(dead_code, non_camel_case_types, unused_macros)]

use flytekit::task;

mod core {}
mod std {}
mod alloc {}
mod inventory {}

struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Vec;
struct Box;
struct String;
struct Engine;
struct Plain;
struct FlyteType;
struct Returns;
struct TaskDescriptor;
struct Variable;
struct Location;
struct Run;
struct RunResult;
struct Sized;
struct Send;
struct Sync;
struct Clone;
struct Copy;
struct Default;
struct From;
struct Into;
struct Iterator;
struct Fn;
struct Deref;
struct Debug;
struct Error;
struct WorkerFn;
struct Portable;
struct Params;
struct Fallible;
struct FnOnce;
struct FnMut;
struct Drop;
struct str;
struct u8;
struct usize;

macro_rules! hostile {
    ($($name:ident),*) => {$(
        macro_rules! $name {
            ($_:tt) => { compile_error!("a macro of the scope was called") };
        }
    )*};
}
hostile!(
    assert,
    concat,
    env,
    file,
    format,
    line,
    matches,
    module_path,
    panic,
    stringify,
    vec
);

/// Adds two numbers.
#[task(
    retries = 3,
    timeout = "1h",
    cache(version = "1", serialize, ignore_inputs("b")),
    interruptible,
    deprecated = "use another one",
    resources(cpu = ("1", "2"), mem = "1Gi"),
    shared_memory,
    accelerator(device = A100, partition = unpartitioned),
    env("A" = "1"),
    secrets(secret(group = "db", key = "password", mount = env_var, env_var = "PASSWORD")),
    container_image = "app:1",
    pod_template(primary_container = "main", spec = { "hostNetwork": true, "preemptionPolicy": null }),
    labels("team" = "data"),
    annotations("owner" = "somebody")
)]
pub(crate) fn add(a: i64, #[default(1)] b: i64) -> i64 {
    a + b
}

/// Succeeds.
#[task(spark(conf("spark.executor.memory" = "1g")))]
pub(crate) fn on_spark(
    spark: &flytekit::spark::SparkSession,
    a: i64,
) -> ::std::result::Result<i64, flytekit::Error> {
    let rows = spark.range(a)?;
    ::std::result::Result::Ok(rows.count()?)
}

/// On a Dask cluster.
#[task(dask(scheduler(image = "dask:1"), workers(count = 2)))]
pub(crate) fn on_dask(_dask: &flytekit::dask::DaskClient) {}

/// Twice a number.
#[flytekit::worker_fn]
pub(crate) fn twice(number: i64) -> i64 {
    number * 2
}

/// Twice a number, or not.
#[flytekit::worker_fn]
pub(crate) fn perhaps_twice(number: i64) -> ::std::result::Result<i64, flytekit::Error> {
    ::std::result::Result::Ok(number * 2)
}

/// The sum of the numbers up to one; in it the name is that of a parameter, then of a variable.
#[flytekit::worker_fn]
pub(crate) fn sum(sum: i64) -> i64 {
    let up_to = sum;
    let mut sum = 0;
    for number in 1..=up_to {
        sum += number;
    }
    sum
}

/// The same, by recursion.
#[flytekit::worker_fn]
pub(crate) fn sum_again(up_to: i64) -> i64 {
    if up_to == 0 {
        0
    } else {
        up_to + sum_again(up_to - 1)
    }
}

/// Waits for nothing.
#[task]
pub(crate) async fn later(a: i64) -> i64 {
    ::std::future::ready(a).await
}

/// A number and a text.
#[::std::prelude::v1::derive(flytekit::Outputs)]
pub(crate) struct Found {
    /// The number.
    pub(crate) number: i64,
    /// The text.
    pub(crate) text: ::std::string::String,
}

/// A number and a text.
#[::std::prelude::v1::derive(flytekit::Columns)]
pub(crate) struct Row {
    pub(crate) number: i64,
    #[column("the text")]
    pub(crate) text: ::std::option::Option<::std::string::String>,
}

/// A dataclass.
#[::std::prelude::v1::derive(::std::fmt::Debug, ::std::cmp::PartialEq, flytekit::FlyteData)]
pub(crate) struct Place {
    pub(crate) name: ::std::string::String,
    #[serde(default)]
    pub(crate) height: ::std::option::Option<f64>,
    #[serde(skip)]
    pub(crate) seen: bool,
}

/// A number of Python's.
#[::std::prelude::v1::derive(::std::fmt::Debug, ::std::cmp::PartialEq, flytekit::FlyteData)]
pub(crate) struct Height(f64);

/// An enum of Python's, whose variants are called like what the prelude has.
#[::std::prelude::v1::derive(::std::fmt::Debug, ::std::cmp::PartialEq, flytekit::FlyteData)]
pub(crate) enum Names {
    Some,
    None,
    Ok,
    Err,
}

/// A union of Python's, whose variants are called so too.
#[::std::prelude::v1::derive(::std::fmt::Debug, ::std::cmp::PartialEq, flytekit::FlyteData)]
#[serde(deny_unknown_fields)]
pub(crate) enum Shapes {
    Some { name: ::std::string::String },
    Ok(i64),
    Err(::std::vec::Vec<Names>),
    None,
}

/// Dataclasses with a tag.
#[::std::prelude::v1::derive(::std::fmt::Debug, ::std::cmp::PartialEq, flytekit::FlyteData)]
#[serde(tag = "kind")]
pub(crate) enum Events {
    Some { name: ::std::string::String },
    None,
}

#[test]
fn data_is_read_again() {
    let place = Place {
        name: ::std::string::String::from("here"),
        height: ::std::option::Option::Some(1.0),
        seen: false,
    };
    assert_eq!(crate::again(&place), place);
    assert_eq!(crate::again(&Height(1.0)), Height(1.0));
    for name in [Names::Some, Names::None, Names::Ok, Names::Err] {
        assert_eq!(crate::again(&name), name);
    }
    let name = || ::std::string::String::from("name");
    for shape in [
        Shapes::Some { name: name() },
        Shapes::Ok(1),
        Shapes::Err(::std::iter::once(Names::Ok).collect()),
        Shapes::None,
    ] {
        assert_eq!(crate::again(&shape), shape);
    }
    for event in [Events::Some { name: name() }, Events::None] {
        assert_eq!(crate::again(&event), event);
    }
}

/// Passes a table on.
#[task(spark())]
pub(crate) fn pass(
    _spark: &flytekit::spark::SparkSession,
    rows: flytekit::spark::Dataset<Row>,
) -> flytekit::spark::Dataset<Row> {
    rows
}

/// Finds something.
#[task]
pub(crate) fn find(a: i64) -> Found {
    Found {
        number: a,
        text: ::std::string::String::new(),
    }
}

#[test]
fn the_tasks_run() {
    assert_eq!(crate::output::<i64>("hygiene.shadowed.add", &[("a", 1)]), 2);
    assert_eq!(
        crate::output::<i64>("hygiene.shadowed.later", &[("a", 3)]),
        3
    );
    assert_eq!(
        crate::output::<i64>("hygiene.shadowed.find", &[("a", 4)]),
        4
    );
    assert_eq!(twice(2), 4);
    assert_eq!((sum(4), sum_again(4)), (10, 10));
    assert_eq!(perhaps_twice(2).ok(), ::std::option::Option::Some(4));
}
