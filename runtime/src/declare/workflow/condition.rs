//! Choices between nodes.

use super::node::Node;
use super::value::{Constant, Promise};

/// A choice: the first node whose condition holds.
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    /// The compared values, without duplicates, in the order of the conditions.
    pub inputs: &'a [Promise<'a>],
    /// The conditions in their order, at least one.
    pub cases: &'a [Case<'a>],
    /// The end, for the case that no condition holds.
    pub otherwise: Otherwise<'a>,
}

/// A condition, and the node that runs if it holds.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The condition.
    pub condition: Condition<'a>,
    /// The node. Its id is unique in this branch.
    pub then: &'a Node<'a>,
}

/// The end of a branch, for the case that no condition holds.
#[derive(Clone, Copy, Debug)]
pub enum Otherwise<'a> {
    /// This node runs.
    Node(&'a Node<'a>),
    /// The workflow fails with this message.
    Fail(&'a str),
}

/// A condition. Its values are primitives.
#[derive(Clone, Copy, Debug)]
pub enum Condition<'a> {
    /// A comparison of two values of one type.
    Compare(Operand<'a>, Comparison, Operand<'a>),
    /// Both hold; both are evaluated.
    And(&'a Condition<'a>, &'a Condition<'a>),
    /// At least one holds; both are evaluated.
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

/// The operator of a comparison, with Flyte's numbers.
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
