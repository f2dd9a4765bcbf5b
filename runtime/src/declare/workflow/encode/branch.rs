//! `BranchNode`: conditions and the nodes behind them.

use super::super::{Branch, Case, Condition, Operand, Otherwise, Promise};
use super::binding::{output_reference, primitive};
use super::node::node;
use crate::wire::Writer;

/// Writes the compared values as `Node.inputs`.
pub(super) const fn inputs(w: &mut Writer<'_>, branch: &Branch<'_>) {
    let mut rest = branch.inputs;
    while let [before @ .., last] = rest {
        let end = w.len();
        output_reference(w, last);
        w.message(2, end);
        variable(w, 1, last);
        w.message(3, end);
        rest = before;
    }
}

/// The fields of `BranchNode { if_else = 1 }`; `name` is the node's.
pub(super) const fn branch(w: &mut Writer<'_>, branch: &Branch<'_>, name: &str) {
    let all = w.len();
    match branch.otherwise {
        Otherwise::Node(otherwise) => {
            node(w, otherwise);
            w.message(3, all);
        }
        Otherwise::Fail(message) => {
            w.string_nonempty(2, message);
            w.string_nonempty(1, name);
            w.message(4, all);
        }
    }
    let mut rest = branch.cases;
    while let [before @ .., last] = rest {
        let end = w.len();
        case(w, last);
        w.message(if before.is_empty() { 1 } else { 2 }, end);
        rest = before;
    }
    w.message(1, all);
}

/// `IfBlock { condition = 1, then_node = 2 }`.
const fn case(w: &mut Writer<'_>, case: &Case<'_>) {
    let end = w.len();
    node(w, case.then);
    w.message(2, end);
    let end = w.len();
    condition(w, &case.condition);
    w.message(1, end);
}

/// `BooleanExpression { conjunction = 1, comparison = 2 }`.
const fn condition(w: &mut Writer<'_>, condition: &Condition<'_>) {
    let end = w.len();
    match condition {
        Condition::Compare(left, comparison, right) => {
            operand(w, 3, right);
            operand(w, 2, left);
            w.int64_nonzero(1, *comparison as i64);
            w.message(2, end);
        }
        Condition::And(left, right) => conjunction(w, left, 0, right),
        Condition::Or(left, right) => conjunction(w, left, 1, right),
    }
}

/// `ConjunctionExpression`.
const fn conjunction(
    w: &mut Writer<'_>,
    left: &Condition<'_>,
    operator: i64,
    right: &Condition<'_>,
) {
    let all = w.len();
    condition(w, right);
    w.message(3, all);
    let end = w.len();
    condition(w, left);
    w.message(2, end);
    w.int64_nonzero(1, operator);
    w.message(1, all);
}

/// `Operand { primitive = 1, var = 2 }`.
const fn operand(w: &mut Writer<'_>, field: u32, operand: &Operand<'_>) {
    let end = w.len();
    match operand {
        Operand::Promise(promise) => variable(w, 2, promise),
        Operand::Constant(constant) => {
            primitive(w, constant);
            w.message(1, end);
        }
    }
    w.message(field, end);
}

/// The name of a value in a condition: `n0.o0`, and `.a` for the workflow's input `a`.
const fn variable(w: &mut Writer<'_>, field: u32, promise: &Promise<'_>) {
    let end = w.len();
    w.raw(promise.variable.as_bytes());
    w.raw(b".");
    w.raw(promise.node.as_bytes());
    w.message(field, end);
}
