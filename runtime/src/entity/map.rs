//! Maps in workflows.

use crate::declare::{LiteralType, Variable};
use crate::error::{Error, Result};
use crate::types::Returns;

/// Runs a task of a workflow once for each element of a list, and gives the list of the results.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task]
/// fn square(n: i64) -> i64 {
///     n * n
/// }
///
/// #[task]
/// fn scale(n: i64, factor: i64) -> i64 {
///     n * factor
/// }
///
/// #[workflow]
/// fn squares(list: Vec<i64>, factor: i64) -> Result<Vec<i64>> {
///     let squares = map(square, list)?;
///     map(|n| scale(n, factor), squares)
/// }
///
/// assert_eq!(squares(vec![1, 2, 3], 10).unwrap(), [10, 40, 90]);
/// ```
///
/// A closure, which is one call of a task, binds the inputs that are the same for all elements. With several
/// lists of the same length, each element takes one item of each list:
/// `map(|x, y| join(x, y), some, others)`. `#[node(…)]` before the statement limits the number of elements
/// that run at the same time (`concurrency = 4`), and sets how many must succeed (`min_success_ratio = 0.8`,
/// `min_successes = 3`): the list then contains `Option`s.
///
/// # Errors
///
/// Always, outside of a workflow's body.
pub fn map<T, E, R>(task: T, list: Vec<E>) -> Result<Vec<R>>
where
    T: Fn(E) -> R,
{
    drop((task, list));
    Err(Error::user(
        "`map` is only for a workflow's body: elsewhere, map as in any program",
    ))
}

#[doc(hidden)]
#[allow(missing_debug_implementations, non_camel_case_types)]
pub enum map {}

impl IsMap for map {}

/// Only for rustc, which checks maps with it: an entity with that name is something else.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not flytekit's",
    label = "a workflow reads a call of this name as a map",
    note = "call another function of this name by its path: `self::map(…)`"
)]
pub trait IsMap {
    /// All elements succeed, and each gives such a value.
    fn all<T>(_each: T) -> Result<Vec<T>> {
        unreachable!("a workflow's body is not run")
    }

    /// Some may fail.
    fn some<T>(_each: T) -> Result<Vec<Option<T>>> {
        unreachable!("a workflow's body is not run")
    }
}

/// An element of a list.
pub fn element<T>(_list: Vec<T>) -> T {
    unreachable!("a workflow's body is not run")
}

/// The return value of a mapped task for an element.
#[derive(Debug)]
pub struct Returned<R>(pub R);

/// For a `Result`.
pub trait ValueOfResult {
    /// The type of the value inside.
    type Value;

    /// The value.
    fn value(self) -> Self::Value;
}

impl<T, E> ValueOfResult for Returned<core::result::Result<T, E>> {
    type Value = T;

    fn value(self) -> T {
        unreachable!("a workflow's body is not run")
    }
}

/// For all other types: the additional reference makes rustc prefer [`ValueOfResult`].
pub trait ValueItself {
    /// The type of the value.
    type Value;

    /// The value.
    fn value(self) -> Self::Value;
}

impl<R> ValueItself for &Returned<R> {
    type Value = R;

    fn value(self) -> R {
        unreachable!("a workflow's body is not run")
    }
}

/// The outputs of a map, some of whose elements may fail, from the return value of its task.
///
/// # Panics
///
/// If the task's output is already an `Option`.
pub const fn some_outputs<F, M, R>(_each: F) -> &'static [Variable]
where
    F: FnOnce() -> R + Copy,
    R: Returns<M>,
{
    optional_outputs::<M, R>()
}

/// The same from the type of the return value.
pub(crate) const fn optional_outputs<M, R: Returns<M>>() -> &'static [Variable] {
    if let [only] = R::OPTIONS
        && let LiteralType::Refused(_) = only.literal_type
    {
        panic!(
            "this task's output can be none, which a list cannot distinguish from a failed element: let all elements succeed, or let the task return a plain value"
        )
    }
    R::OPTIONS
}
