//! Stand-ins with which rustc checks the bodies of workflows: nothing calls them.
//!
//! `#[workflow]` writes the user's statements once more into a closure. There, each called entity is a
//! function with its signature, and each passed value has the type of its place.

use crate::declare::ConstValue;

/// A place in the body: a variable, or a part of one. Taking a value does not move it, because in a graph any
/// number of nodes can take one value.
#[derive(Debug)]
pub struct Place<'a, T>(pub &'a T);

impl<T> Place<'_, T> {
    /// A value with the place's type.
    pub fn value(self) -> T {
        unreachable!("a workflow's body is not run")
    }
}

/// Text, which is owned as an input.
pub fn text(_: &'static str) -> String {
    unreachable!("a workflow's body is not run")
}

/// A constant, with the type of its input.
pub fn constant<T: ConstValue>(_: T) -> T::Input {
    unreachable!("a workflow's body is not run")
}
