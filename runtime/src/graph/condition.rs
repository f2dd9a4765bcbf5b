//! Choices between nodes.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use super::argument::Argument;
use super::node::{Fallback, Planned, What};
use super::promise::{Giver, Promise, Source};
use super::promised::Runs;
use super::value::{Bound, Kind};
use crate::declare::{Compared, Comparison, compared};
use crate::types::FlyteType;

/// A condition: a comparison, or several with `&`, `|` and `!`.
///
/// Values are whole outputs or inputs of a plain type: numbers, text, booleans, times.
#[derive(Clone, Debug)]
pub struct Condition(pub(super) Tree);

#[derive(Clone, Debug)]
pub(super) enum Tree {
    Compare(Box<Operand>, Comparison, Box<Operand>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
}

/// A value in a condition.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Promise(Source),
    /// The bytes of a literal.
    Known(Vec<u8>),
    Wrong(String),
}

impl From<Bound> for Operand {
    fn from(Bound(bound): Bound) -> Self {
        match bound {
            Kind::Promise(source) => Operand::Promise(source),
            Kind::Literal(literal) => Operand::Known(literal),
            Kind::Wrong(wrong) => Operand::Wrong(wrong),
            Kind::List(_) | Kind::Map(_) | Kind::None => {
                Operand::Wrong("Flyte compares numbers, text, booleans and times".to_owned())
            }
        }
    }
}

macro_rules! comparisons {
    ($($(#[$docs:meta])* $name:ident $comparison:ident $ordered:literal;)+) => {
        impl<T: FlyteType> Promise<T> {
            $(
                $(#[$docs])*
                ///
                /// Flyte compares numbers, text, booleans and times; other types do not compile.
                pub fn $name(&self, other: impl Argument<T>) -> Condition {
                    // Evaluated for each compared type; the message is that of a workflow's `if`.
                    const { assert_compared::<T>($ordered) };
                    Condition(Tree::Compare(
                        Box::new(Operand::Promise(self.source.clone())),
                        Comparison::$comparison,
                        Box::new(other.bound().into()),
                    ))
                }
            )+
        }
    };
}

const fn assert_compared<T: FlyteType>(ordered: bool) {
    let promise = crate::declare::Promise {
        node: "",
        variable: "",
        path: &[],
    };
    let _ = compared(Compared::Type(T::LITERAL_TYPE), promise, ordered);
}

comparisons! {
    /// Whether this value is equal to the other value.
    eq Equal false;
    /// Whether this value is not equal to the other value.
    ne NotEqual false;
    /// Whether this value is greater than the other value.
    gt Greater true;
    /// Whether this value is greater than the other value, or equal.
    ge GreaterOrEqual true;
    /// Whether this value is less than the other value.
    lt Less true;
    /// Whether this value is less than the other value, or equal.
    le LessOrEqual true;
}

/// The condition that a boolean is true.
impl From<&Promise<bool>> for Condition {
    fn from(promise: &Promise<bool>) -> Self {
        promise.eq(true)
    }
}

impl BitAnd for Condition {
    type Output = Condition;

    fn bitand(self, other: Condition) -> Condition {
        Condition(Tree::And(Box::new(self.0), Box::new(other.0)))
    }
}

impl BitOr for Condition {
    type Output = Condition;

    fn bitor(self, other: Condition) -> Condition {
        Condition(Tree::Or(Box::new(self.0), Box::new(other.0)))
    }
}

/// Flyte has no negation: `!(a < b)` becomes `a >= b`.
impl Not for Condition {
    type Output = Condition;

    fn not(self) -> Condition {
        Condition(negated(self.0))
    }
}

fn negated(tree: Tree) -> Tree {
    let both =
        |left: Box<Tree>, right: Box<Tree>| (Box::new(negated(*left)), Box::new(negated(*right)));
    match tree {
        Tree::Compare(left, comparison, right) => {
            let comparison = match comparison {
                Comparison::Equal => Comparison::NotEqual,
                Comparison::NotEqual => Comparison::Equal,
                Comparison::Greater => Comparison::LessOrEqual,
                Comparison::GreaterOrEqual => Comparison::Less,
                Comparison::Less => Comparison::GreaterOrEqual,
                Comparison::LessOrEqual => Comparison::Greater,
            };
            Tree::Compare(left, comparison, right)
        }
        Tree::And(left, right) => {
            let (left, right) = both(left, right);
            Tree::Or(left, right)
        }
        Tree::Or(left, right) => {
            let (left, right) = both(left, right);
            Tree::And(left, right)
        }
    }
}

impl Tree {
    /// Calls `each` with each value in the condition.
    pub(super) fn operands<'t>(&'t self, each: &mut dyn FnMut(&'t Operand)) {
        match self {
            Tree::Compare(left, _, right) => {
                each(left);
                each(right);
            }
            Tree::And(left, right) | Tree::Or(left, right) => {
                left.operands(each);
                right.operands(each);
            }
        }
    }
}

/// Begins a choice between nodes with the same promises: `then` runs if the condition holds.
///
/// ```
/// # use flytekit::prelude::*;
/// # #[task]
/// # fn accept(n: i64) -> String { format!("{n}") }
/// # #[task]
/// # fn audit(n: i64) -> Result<String> { Ok(format!("{n}?")) }
/// let graph = Graph::new("judged");
/// let n = graph.input::<i64>("n");
/// let verdict = graph.node(when(n.le(3), accept::call(&n)).otherwise(audit::call(&n)));
/// graph.output("verdict", &verdict);
/// # let outputs = graph.start().input("n", 4).run()?;
/// # assert_eq!(outputs.output::<String>("verdict")?, "4?");
/// # Ok::<(), Error>(())
/// ```
pub fn when<M, N: Runs<M>>(condition: impl Into<Condition>, then: N) -> When<N::Promises> {
    let (then, promises) = then.planned();
    When {
        cases: vec![(condition.into(), then)],
        promises,
    }
}

/// A choice without its end: Flyte requires a node or an error for the case that no condition holds.
#[must_use = "end it with `otherwise(…)` or `or_fail(\"…\")`, and `graph.node(…)` makes it a node"]
pub struct When<P> {
    cases: Vec<(Condition, Planned)>,
    promises: fn(Giver) -> P,
}

/// A choice between several nodes with the same promises.
#[must_use = "`graph.node(…)` makes it a node"]
pub struct Choice<P> {
    pub(super) planned: Planned,
    pub(super) promises: fn(Giver) -> P,
}

impl<P> When<P> {
    /// Runs this node if no earlier condition holds, and this condition does.
    pub fn or_when<M>(
        mut self,
        condition: impl Into<Condition>,
        then: impl Runs<M, Promises = P>,
    ) -> Self {
        self.cases.push((condition.into(), then.planned().0));
        self
    }

    /// Runs this node if no condition holds.
    pub fn otherwise<M>(self, node: impl Runs<M, Promises = P>) -> Choice<P> {
        self.ended(Fallback::Node(Box::new(node.planned().0)))
    }

    /// Fails with this message if no condition holds.
    pub fn or_fail(self, message: impl Into<String>) -> Choice<P> {
        self.ended(Fallback::Fail(message.into()))
    }

    fn ended(self, otherwise: Fallback) -> Choice<P> {
        let what = What::Branch(self.cases, otherwise);
        Choice {
            planned: Planned::new(what, Vec::new()),
            promises: self.promises,
        }
    }
}

impl<P> Choice<P> {
    /// Sets the name of the node in the console.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.planned.settings.name = Some(name.into());
        self
    }

    /// Sets the id of the node.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.planned.settings.id = Some(id.into());
        self
    }

    /// Evaluates the conditions after the node of this promise, although it does not take the value.
    pub fn after<T>(mut self, before: &Promise<T>) -> Self {
        self.planned.settings.after.push(before.source.clone());
        self
    }
}

impl<P> fmt::Debug for When<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("When").field(&self.cases).finish()
    }
}

impl<P> fmt::Debug for Choice<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Choice").field(&self.planned).finish()
    }
}
