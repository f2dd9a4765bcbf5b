//! Other attributes before and after this one, on the function and on its parameters.

use flytekit::prelude::*;

/// Before.
#[must_use]
#[inline]
#[task]
/// After.
#[allow(clippy::needless_pass_by_value)]
#[doc = " Written out."]
#[doc(alias = "plus")]
#[track_caller]
fn add(
    #[allow(unused_variables)] a: i64,
    /** The other one. */
    b: Vec<i64>,
) -> i64 {
    b.iter().sum()
}

#[task]
#[expect(
    unused_variables,
    reason = "what is expected is found in the function alone"
)]
fn unused(a: i64) -> i64 {
    0
}

#[task]
#[cold]
#[doc = concat!("Put ", "together.")]
fn put_together(
    #[doc = " The number,\n  in two lines."]
    #[default(2)]
    a: i64,
) -> i64 {
    a
}

/**
 * In a block.
 *
 * * a list
 */
#[task]
fn block() {}

/// Has an attribute in it.
#[task]
fn inner(a: i64) -> i64 {
    #![allow(unused_parens)]
    (a)
}

#[test]
fn documentation_is_collected() {
    let tasks = crate::tasks();
    let task = |name: &str| {
        let task = tasks.get(&format!("hygiene.attributes.{name}"));
        task.expect("the task").descriptor
    };
    assert_eq!(task("add").docs, "Before.\nAfter.\nWritten out.");
    assert_eq!(task("add").inputs[1].description, "The other one.");
    assert_eq!(task("block").docs, "In a block.\n\n* a list");
    assert_eq!(
        task("put_together").inputs[0].description,
        "The number,\n in two lines."
    );
    assert_eq!(task("put_together").inputs[0].default, Some("2"));
    assert_eq!(add(1, vec![2]) + unused(1) + put_together(1) + inner(1), 4);
    block();
}
