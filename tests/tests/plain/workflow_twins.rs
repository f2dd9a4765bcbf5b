//! The messages of a workflow and of a launch plan in the binary equal those that flytekit registers for their
//! twins, except for a short list of differences.

use std::collections::BTreeMap;
use std::path::Path;

use flytekit::registry::Registry;
use flytekit_proto::flyteidl::admin::{DescriptionFormat, LaunchPlan, WorkflowSpec};
use flytekit_proto::flyteidl::core::node::Target;
use flytekit_proto::flyteidl::core::{
    Identifier, Node, WorkflowTemplate, array_node, gate_node, if_else_block, task_node,
    workflow_node,
};
use flytekit_tests::{diff, run, script};
use prost::{Message, Name};

use crate::dynamic::said;
use crate::{flytekit_templates, maps};

/// The workflows of the program, linked into this one.
#[path = "../../src/bin/graphs/twins.rs"]
mod twins;

/// The differences between the workflows, as changes that convert flytekit's workflow into the one in the
/// binary.
const DIFFERENCES: [fn(&mut WorkflowSpec); 6] = [
    no_registration,
    order_of_upstream,
    description_format,
    waits_without_end,
    names_of_maps,
    pods_of_nodes,
];

/// Converts flytekit's registered workflow into the form of a binary.
pub(crate) fn without_differences(spec: &mut WorkflowSpec) {
    no_registration(spec);
    order_of_upstream(spec);
    waits_without_end(spec);
    without_what_only_rust_has(spec);
}

/// Project, domain and version are known only at registration; those of another program stay.
fn no_registration(spec: &mut WorkflowSpec) {
    for template in templates(spec) {
        template.id.as_mut().into_iter().for_each(unregister);
        nodes(template, &mut |node| {
            let id = match &mut node.target {
                Some(Target::TaskNode(task)) => task.reference.as_mut().map(|it| match it {
                    task_node::Reference::ReferenceId(id) => id,
                }),
                Some(Target::WorkflowNode(workflow)) => {
                    workflow.reference.as_mut().map(|it| match it {
                        workflow_node::Reference::LaunchplanRef(id)
                        | workflow_node::Reference::SubWorkflowRef(id) => id,
                    })
                }
                _ => None,
            };
            id.into_iter().for_each(unregister);
        });
    }
}

fn unregister(id: &mut Identifier) {
    if !id.name.starts_with("other.") {
        for field in [&mut id.project, &mut id.domain, &mut id.version] {
            field.clear();
        }
    }
}

/// flytekit's order is random.
fn order_of_upstream(spec: &mut WorkflowSpec) {
    for template in templates(spec) {
        nodes(template, &mut |node| node.upstream_node_ids.sort());
    }
}

/// Rust's documentation is Markdown, Python's reStructuredText. The twins have none.
fn description_format(spec: &mut WorkflowSpec) {
    let description = spec.description.as_mut().expect("a description");
    let long = description.long_description.as_mut().expect("also empty");
    assert_eq!(long.format(), DescriptionFormat::Rst);
    long.set_format(DescriptionFormat::Markdown);
}

/// flytekit's gates with a timeout of zero end after an hour.
fn waits_without_end(spec: &mut WorkflowSpec) {
    for template in templates(spec) {
        nodes(template, &mut |node| {
            let metadata = node.metadata.as_mut().expect("metadata");
            let Some(Target::GateNode(gate)) = &node.target else {
                return;
            };
            let sleeps = matches!(gate.condition, Some(gate_node::Condition::Sleep(_)));
            if !sleeps
                && metadata
                    .timeout
                    .as_ref()
                    .is_some_and(|it| it.seconds == 3600)
            {
                metadata.timeout = None;
            }
        });
    }
}

/// flytekit's name of a map has a hash of the settings, and its order of bound inputs is random.
fn names_of_maps(spec: &mut WorkflowSpec) {
    for template in templates(spec) {
        nodes(template, &mut |node| {
            let Some(Target::ArrayNode(array)) = &mut node.target else {
                return;
            };
            array.bound_inputs.sort();
            let ratio = array_node::SuccessCriteria::MinSuccessRatio(1.0);
            let some = array.success_criteria != Some(ratio);
            let within = array.node.as_mut().expect("a node");
            let name = maps::name(&within.id, &array.bound_inputs, some);
            within.id.clone_from(&name);
            let metadata = within.metadata.as_mut().expect("metadata");
            metadata.name.clone_from(&name);
            let Some(Target::TaskNode(task)) = &mut within.target else {
                panic!("a map of something else: {name}")
            };
            let Some(task_node::Reference::ReferenceId(id)) = &mut task.reference else {
                panic!("no id: {name}")
            };
            id.name.clone_from(&name);
            node.metadata.as_mut().expect("metadata").name = name;
        });
    }
}

/// A pod contains the program that it runs, and an image.
fn pods_of_nodes(spec: &mut WorkflowSpec) {
    for template in templates(spec) {
        nodes(template, &mut |node| {
            let Some(Target::TaskNode(task)) = &mut node.target else {
                return;
            };
            let Some(task_node::Reference::ReferenceId(id)) = &task.reference else {
                panic!("no id: {}", node.id)
            };
            let overrides = task.overrides.as_mut();
            if let Some(pod) = overrides.and_then(|it| it.pod_template.as_mut()) {
                let pod = pod.pod_spec.as_mut().expect("a pod");
                flytekit_templates::pod_of_node(pod, &id.name);
            }
        });
    }
}

fn templates(spec: &mut WorkflowSpec) -> impl Iterator<Item = &mut WorkflowTemplate> {
    spec.template.iter_mut().chain(&mut spec.sub_workflows)
}

/// Calls `change` with each node, also those behind conditions.
fn nodes(template: &mut WorkflowTemplate, change: &mut dyn FnMut(&mut Node)) {
    for node in template.nodes.iter_mut().chain(&mut template.failure_node) {
        each(node, change);
    }
}

fn each(node: &mut Node, change: &mut dyn FnMut(&mut Node)) {
    change(node);
    let branch = match &mut node.target {
        Some(Target::BranchNode(branch)) => branch,
        Some(Target::ArrayNode(array)) => {
            return change(array.node.as_mut().expect("a node"));
        }
        _ => return,
    };
    let block = branch.if_else.as_mut().expect("conditions");
    let cases = block
        .case
        .as_deref_mut()
        .into_iter()
        .chain(&mut block.other);
    for case in cases {
        each(case.then_node.as_mut().expect("a node"), change);
    }
    if let Some(if_else_block::Default::ElseNode(node)) = &mut block.default {
        each(node, change);
    }
}

#[test]
fn workflows_and_their_plans_are_those_of_flytekit() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = run(script("workflow_specs.py").arg(folder.path()));
    assert!(written.success(), "{written}");
    let registry = Registry::load().expect("names");
    let is_twin = |name: &str| name.starts_with("bodies.") || name.starts_with("twins.");

    let workflows = registry.workflows.iter();
    let ours = workflows
        .filter(|workflow| is_twin(workflow.descriptor.name))
        .map(|workflow| {
            let mut spec = WorkflowSpec::decode(&*workflow.spec()).expect("a spec");
            order_of_upstream(&mut spec);
            without_what_only_rust_has(&mut spec);
            (workflow.descriptor.name.to_owned(), spec)
        });
    let mut theirs = messages::<WorkflowSpec>(folder.path());
    for spec in theirs.values_mut() {
        for difference in DIFFERENCES {
            difference(spec);
        }
    }
    assert!(theirs.len() >= 25, "{} twins", theirs.len());
    assert_equal(&ours.collect(), &theirs);

    let plans = registry.launch_plans.iter();
    let ours = plans
        .filter(|plan| is_twin(plan.descriptor.name))
        .map(|plan| {
            let message = LaunchPlan::decode(&*plan.plan()).expect("a launch plan");
            (plan.descriptor.name.to_owned(), message)
        });
    let mut theirs = messages::<LaunchPlan>(&folder.path().join("plans"));
    for plan in theirs.values_mut() {
        let workflow = plan.spec.as_mut().and_then(|it| it.workflow_id.as_mut());
        plan.id.iter_mut().chain(workflow).for_each(unregister);
    }
    assert_equal(&ours.collect(), &theirs);
}

/// The messages that flytekit has written into a folder, by their names.
pub(crate) fn messages<M: Message + Default>(folder: &Path) -> BTreeMap<String, M> {
    let files = flytekit_templates::specs_in(folder).into_iter();
    let decoded = files.map(|(name, bytes)| (name, M::decode(&*bytes).expect("a message")));
    decoded.collect()
}

/// Compares the messages of one name with each other; each has a twin.
pub(crate) fn assert_equal<M: Message + Name + PartialEq>(
    ours: &BTreeMap<String, M>,
    theirs: &BTreeMap<String, M>,
) {
    let names = |all: &BTreeMap<String, M>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(ours), names(theirs), "a twin is missing");
    let mut differing = String::new();
    for ((name, ours), theirs) in ours.iter().zip(theirs.values()) {
        if ours != theirs {
            let (ours, theirs) = (said(ours), said(theirs));
            differing += &diff(
                (&format!("{name} of flytekit"), &theirs),
                ("of Rust", &ours),
            );
        }
    }
    assert!(differing.is_empty(), "{differing}");
}

/// Removes documentation, which the twins lack, and tags, which flytekit only has in its own interface.
pub(crate) fn without_what_only_rust_has(spec: &mut WorkflowSpec) {
    if let Some(description) = &mut spec.description {
        description.short_description.clear();
        if let Some(long) = &mut description.long_description {
            long.content = None;
        }
    }
    for template in templates(spec) {
        template.metadata.as_mut().expect("metadata").tags.clear();
        let interface = template.interface.as_mut().expect("an interface");
        let maps = [&mut interface.inputs, &mut interface.outputs];
        for (name, variable) in maps.into_iter().flatten().flat_map(|it| &mut it.variables) {
            variable.description.clone_from(name);
        }
    }
}
