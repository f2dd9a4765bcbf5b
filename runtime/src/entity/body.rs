//! What rustc checks the bodies of workflows with: none of it is ever called.
//!
//! `#[workflow]` writes the user's statements once more into a closure, with each entity that they call
//! as a function of its signature, and each value that they pass as one of the type of its place.

use crate::declare::ConstValue;

/// A place in the body: a variable, or a part of one. What is taken from it stays there, as in a graph,
/// where any number of nodes can take one value.
#[derive(Debug)]
pub struct Place<'a, T>(pub &'a T);

impl<T> Place<'_, T> {
    /// A value of the place's type.
    pub fn value(self) -> T {
        unreachable!("a workflow's body is not run")
    }
}

/// Text, which as an input is owned.
pub fn text(_: &'static str) -> String {
    unreachable!("a workflow's body is not run")
}

/// A constant, as an input has it.
pub fn constant<T: ConstValue>(_: T) -> T::Input {
    unreachable!("a workflow's body is not run")
}
