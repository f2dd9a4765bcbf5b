//! Types decide, whatever they are called.

#![allow(unused_parens)]

use std::collections::{BTreeMap as Sorted, HashMap};

use flytekit::prelude::*;
use flytekit::spark::SparkSession as Session;

type Number = i64;
type Rows = Vec<Option<Number>>;
type Fallible<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
type Nothing = ();

/// A trait with a type.
trait Column {
    type Item;
}

struct Ids;

impl Column for Ids {
    type Item = i64;
}

/// Not a list, though it is called one.
mod own {
    pub(super) type Vec = i64;
    pub(super) type Result = String;
}

#[task]
fn aliases(number: Number, rows: Rows) -> Fallible<(Number, Rows)> {
    Ok((number, rows))
}

#[task]
fn called_otherwise(list: own::Vec, result: own::Result) -> (own::Vec, own::Result) {
    (list, result)
}

#[task]
fn projected(id: <Ids as Column>::Item) -> <Ids as Column>::Item {
    id
}

#[task]
fn maps(
    hashed: HashMap<String, Vec<u8>>,
    sorted: Sorted<String, Option<bool>>,
) -> (HashMap<String, Vec<u8>>, Sorted<String, Option<bool>>) {
    (hashed, sorted)
}

#[task]
fn from_a_macro(list: Vec<number!()>) -> number!() {
    list.iter().sum()
}

macro_rules! number {
    () => {
        i64
    };
}
use number;

#[task]
fn nothing() -> Nothing {}

#[task]
fn nothing_or_an_error() -> Fallible<Nothing> {
    Ok(())
}

#[task]
fn parenthesized(a: (i64)) -> (i64) {
    a
}

#[task(spark)]
fn session_by_another_name(spark: &Session) -> Result<Number> {
    Ok(spark.range(1)?.count()?)
}

#[task(spark)]
fn without_a_session(a: i64) -> i64 {
    a
}

/// What the types of fields are called does not matter.
#[derive(FlyteData)]
struct Fields {
    number: Number,
    list: own::Vec,
    projected: <Ids as Column>::Item,
    sorted: Sorted<String, own::Result>,
    counted: HashMap<u8, (Number, Option<bool>)>,
    from_a_macro: number!(),
    parenthesized: (i64),
    other: other::Fields,
    boxed: Option<Boxed>,
}

/// Not the one that holds it.
mod other {
    #[derive(flytekit::FlyteData)]
    pub(super) struct Fields {
        pub(super) text: String,
    }
}

#[derive(FlyteData)]
struct Boxed(Vec<Number>);

#[test]
fn fields_are_what_their_types_are() {
    let fields = crate::again(&Fields {
        number: 1,
        list: 2,
        projected: 3,
        sorted: [("a".to_owned(), "b".to_owned())].into(),
        counted: [(1, (2, None))].into(),
        from_a_macro: 4,
        parenthesized: 5,
        other: other::Fields {
            text: "x".to_owned(),
        },
        boxed: Some(Boxed(vec![6])),
    });
    let Fields {
        number,
        list,
        projected,
        from_a_macro,
        parenthesized,
        ..
    } = fields;
    assert_eq!(
        [number, list, projected, from_a_macro, parenthesized],
        [1, 2, 3, 4, 5]
    );
    assert_eq!(fields.counted[&1], (2, None));
    assert_eq!(fields.sorted["a"], fields.other.text.replace('x', "b"));
    assert_eq!(fields.boxed.expect("a box").0, [6]);
}

#[test]
fn interfaces_are_those_of_the_types() {
    let tasks = crate::tasks();
    let outputs = |name: &str| {
        let task = tasks
            .get(&format!("hygiene.types.{name}"))
            .expect("the task");
        let outputs = task
            .descriptor
            .outputs
            .iter()
            .map(|output| output.literal_type);
        outputs.collect::<Vec<_>>()
    };
    assert_eq!(
        outputs("aliases"),
        [i64::LITERAL_TYPE, Vec::<Option<i64>>::LITERAL_TYPE]
    );
    assert_eq!(
        outputs("called_otherwise"),
        [i64::LITERAL_TYPE, String::LITERAL_TYPE]
    );
    assert_eq!(outputs("projected"), [i64::LITERAL_TYPE]);
    assert_eq!(outputs("nothing"), []);
    assert_eq!(outputs("nothing_or_an_error"), []);
}

#[test]
fn the_tasks_run() {
    assert_eq!(
        crate::output::<i64>("hygiene.types.projected", &[("id", 1)]),
        1
    );
    assert_eq!(
        crate::output::<i64>("hygiene.types.parenthesized", &[("a", 2)]),
        2
    );
    assert_eq!((nothing(), nothing_or_an_error().is_ok()), ((), true));
}
