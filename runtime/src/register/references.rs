//! The references of a workflow to other entities.

use flytekit_proto::flyteidl::admin::WorkflowSpec;
use flytekit_proto::flyteidl::core::node::Target;
use flytekit_proto::flyteidl::core::{Identifier, Node, if_else_block, task_node, workflow_node};

/// Visits each identifier in a workflow: its own, those of its subworkflows, and those of the entities that
/// they run.
pub(crate) fn of_workflow(spec: &mut WorkflowSpec, each: &mut dyn FnMut(&mut Identifier)) {
    let templates = spec.template.iter_mut().chain(&mut spec.sub_workflows);
    templates
        .filter_map(|it| it.id.as_mut())
        .for_each(&mut *each);
    nodes(spec, &mut |node| {
        if let Some(id) = of_node(node) {
            each(id);
        }
    });
}

/// The identifier of the entity that a node runs, if it has one.
fn of_node(node: &mut Node) -> Option<&mut Identifier> {
    match node.target.as_mut()? {
        Target::TaskNode(task) => match task.reference.as_mut()? {
            task_node::Reference::ReferenceId(id) => Some(id),
        },
        Target::WorkflowNode(workflow) => match workflow.reference.as_mut()? {
            workflow_node::Reference::LaunchplanRef(id)
            | workflow_node::Reference::SubWorkflowRef(id) => Some(id),
        },
        _ => None,
    }
}

/// Visits each node of a workflow and of its subworkflows, at any depth.
pub(crate) fn nodes(spec: &mut WorkflowSpec, each: &mut dyn FnMut(&mut Node)) {
    let templates = spec.template.iter_mut().chain(&mut spec.sub_workflows);
    for template in templates {
        let on_failure = template.failure_node.as_mut();
        let nodes = template.nodes.iter_mut().chain(on_failure);
        nodes.for_each(|node| self::node(node, each));
    }
}

/// Visits a node, and the nodes inside it.
fn node(node: &mut Node, each: &mut dyn FnMut(&mut Node)) {
    each(node);
    match &mut node.target {
        Some(Target::BranchNode(branch)) => {
            let Some(choice) = &mut branch.if_else else {
                return;
            };
            let cases = choice.case.iter_mut().map(|it| &mut **it);
            let cases = cases.chain(&mut choice.other);
            let nodes = cases.filter_map(|case| case.then_node.as_deref_mut());
            nodes.for_each(|it| self::node(it, each));
            if let Some(if_else_block::Default::ElseNode(it)) = &mut choice.default {
                self::node(it, each);
            }
        }
        Some(Target::ArrayNode(array)) => {
            if let Some(it) = array.node.as_deref_mut() {
                self::node(it, each);
            }
        }
        _ => {}
    }
}
