//! What is well formed but wrong.

use super::model::Workflow;
use crate::syntax::check::Check;
use crate::syntax::error::{Sink, at};

/// Checks everything, so that all mistakes are reported at once.
pub(crate) fn workflow(workflow: &Workflow, sink: &mut Sink) {
    let mut check = Check::new(sink);
    check.name(&workflow.name);
    let graph = &workflow.graph;
    // Otherwise that is said already.
    if graph.result.is_some() && graph.statements.is_empty() && graph.nodes.is_empty() {
        sink.push(at(
            workflow.function.name.span(),
            "a workflow calls at least one entity: Flyte refuses an empty graph",
        ));
    }
}
