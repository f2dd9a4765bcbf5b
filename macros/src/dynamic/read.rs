//! Parses the function of a dynamic task, with the graph before its other parameters.

use syn::{PatType, Type};

use crate::syntax::signature::{Refusals, TASK_AND_WORKER_FN};
use crate::syntax::types::ungrouped;
use crate::task::read::function::REFUSALS as OF_TASKS;

/// The error for a function with both attributes.
pub(crate) const TASK_AND_DYNAMIC: &str = "a function is a task or a dynamic task, and both have the same options: leave one of the attributes out";

/// The error for a function with both attributes: both are graphs, but a workflow's graph is known at compile
/// time.
pub(crate) const DYNAMIC_AND_WORKFLOW: &str = "a function is a dynamic task or a workflow: a dynamic task builds its graph when it runs, a workflow's graph is fixed";

pub(crate) const REFUSALS: Refusals = Refusals {
    rivals: &[
        ("worker_fn", TASK_AND_WORKER_FN),
        ("workflow", DYNAMIC_AND_WORKFLOW),
        ("task", TASK_AND_DYNAMIC),
    ],
    no_body: "a dynamic task needs a body, which builds the graph",
    borrowed_output: |_| {
        "a dynamic task returns owned values: return a `Promise`, or a value".to_owned()
    },
    ..OF_TASKS
};

/// Whether a parameter is a mutable reference, which only the graph is.
pub(crate) fn is_graph(parameter: &PatType) -> bool {
    match ungrouped(&parameter.ty) {
        Type::Reference(reference) => reference.mutability.is_some(),
        _ => false,
    }
}
