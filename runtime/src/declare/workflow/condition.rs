//! Choices between nodes.

use super::node::Node;
use super::value::{Constant, Promise};

/// One of several nodes, the first whose condition holds.
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    /// What the conditions look at, each once, in the order in which they do.
    pub inputs: &'a [Promise<'a>],
    /// The conditions in their order, of which there is at least one.
    pub cases: &'a [Case<'a>],
    /// What happens where none holds.
    pub otherwise: Otherwise<'a>,
}

/// A condition and what runs where it holds.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The condition.
    pub condition: Condition<'a>,
    /// The node. Its id is one among those of this branch.
    pub then: &'a Node<'a>,
}

/// What happens where no condition holds.
#[derive(Clone, Copy, Debug)]
pub enum Otherwise<'a> {
    /// This node runs.
    Node(&'a Node<'a>),
    /// The workflow fails with this message.
    Fail(&'a str),
}

/// What is true or not once values are there. Values are primitives.
#[derive(Clone, Copy, Debug)]
pub enum Condition<'a> {
    /// A comparison of two values of one type.
    Compare(Operand<'a>, Comparison, Operand<'a>),
    /// Both hold; both are looked at.
    And(&'a Condition<'a>, &'a Condition<'a>),
    /// At least one holds; both are looked at.
    Or(&'a Condition<'a>, &'a Condition<'a>),
}

/// A value in a condition.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a> {
    /// A whole output or input: it has no path.
    Promise(Promise<'a>),
    /// A primitive.
    Constant(Constant<'a>),
}

/// How values are compared, with Flyte's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`.
    Equal = 0,
    /// `!=`.
    NotEqual = 1,
    /// `>`.
    Greater = 2,
    /// `>=`.
    GreaterOrEqual = 3,
    /// `<`.
    Less = 4,
    /// `<=`.
    LessOrEqual = 5,
}
