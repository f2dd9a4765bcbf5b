//! From a descriptor to the bytes of `flyteidl.admin.WorkflowSpec`, in const evaluation.
//!
//! Fields are written from the last to the first (see [`Writer`]). Field numbers, and the fields that are
//! present even when empty, follow flyteidl 1.16.8, and flytekit 1.16.31 for the same graph.

mod binding;
mod branch;
mod called;
mod calls;
mod node;
mod object;
mod parts;
#[cfg(test)]
mod tests;
mod typed;

use flytekit_grammar::template;

use super::{Binding, Reference, WorkflowDescriptor};
use crate::declare::json::encode_strings;
use crate::declare::{Variable, encode_interface};
use crate::wire::Writer;
use binding::binding;
pub(crate) use binding::{literal, write_constant};
pub use called::Called;
use parts::Parts;
pub(crate) use typed::{element, member};

/// `Identifier.resource_type`.
const RESOURCE_TYPE_TASK: i64 = 1;
pub(in crate::declare) const RESOURCE_TYPE_WORKFLOW: i64 = 2;
pub(in crate::declare) const RESOURCE_TYPE_LAUNCH_PLAN: i64 = 3;

/// The bytes of the workflow's `flyteidl.admin.WorkflowSpec`: its template, the templates of its
/// sub-workflows, and its description.
///
/// ```
/// use flytekit::declare::{WorkflowDescriptor, encode_workflow_spec, workflow_spec_len};
/// const REPORT: WorkflowDescriptor<'_> =
///     WorkflowDescriptor { name: "app.report", ..WorkflowDescriptor::DEFAULT };
/// const LEN: usize = workflow_spec_len(&REPORT);
/// static SPEC: [u8; LEN] = encode_workflow_spec(&REPORT);
/// assert_eq!(SPEC[0], 0x0a);
/// ```
///
/// # Panics
///
/// If `N` is less than [`workflow_spec_len`], and those of [`workflow_spec_len`].
pub const fn encode_workflow_spec<const N: usize>(workflow: &WorkflowDescriptor<'_>) -> [u8; N] {
    let mut bytes = [0; N];
    let mut w = Writer::new(&mut bytes);
    workflow_spec(&mut w, workflow);
    assert!(
        w.len() <= N,
        "a WorkflowSpec needs as many bytes as workflow_spec_len says"
    );
    bytes
}

/// The number of bytes of [`encode_workflow_spec`].
///
/// # Panics
///
/// If a constant does not have the type of its input, or if the workflow has more than 256 sub-workflows.
pub const fn workflow_spec_len(workflow: &WorkflowDescriptor<'_>) -> usize {
    let mut w = Writer::counting();
    workflow_spec(&mut w, workflow);
    w.len()
}

/// Writes the fields of `WorkflowSpec { template = 1, sub_workflows = 2, description = 3 }`.
pub(crate) const fn workflow_spec(w: &mut Writer<'_>, workflow: &WorkflowDescriptor<'_>) {
    let end = w.len();
    template::description(w, workflow.docs);
    w.message(3, end);
    if Parts::are_in(workflow) {
        let parts = Parts::of(workflow);
        let mut rest = parts.sorted();
        while let [before @ .., Some(part)] = rest {
            let end = w.len();
            workflow_template(w, part);
            w.message(2, end);
            rest = before;
        }
    }
    let end = w.len();
    workflow_template(w, workflow);
    w.message(1, end);
}

/// Writes the fields of `DynamicJobSpec { nodes = 1, min_successes = 2, outputs = 3, tasks = 4, subworkflows = 5 }`
/// with these encoded templates of all its tasks.
pub(crate) fn dynamic_job(w: &mut Writer<'_>, job: &WorkflowDescriptor<'_>, tasks: &[Vec<u8>]) {
    if Parts::are_in(job) {
        for part in Parts::of(job).sorted().iter().rev().flatten() {
            let end = w.len();
            workflow_template(w, part);
            w.message(5, end);
        }
    }
    for task in tasks.iter().rev() {
        w.bytes(4, task);
    }
    outputs(w, 3, job.outputs, job.results);
    w.int64_nonzero(2, job.unpacked().len().try_into().unwrap_or(i64::MAX));
    calls::nodes(w, 1, job);
}

/// `WorkflowTemplate`; metadata and its defaults are present even when empty.
const fn workflow_template(w: &mut Writer<'_>, workflow: &WorkflowDescriptor<'_>) {
    let end = w.len();
    w.bool_true(1, workflow.interruptible);
    w.message(7, end);
    if let Some(on_failure) = workflow.on_failure {
        let end = w.len();
        node::node(w, on_failure);
        w.message(6, end);
    }
    outputs(w, 5, workflow.outputs, workflow.results);
    calls::nodes(w, 4, workflow);
    let end = w.len();
    encode_interface(w, workflow.inputs, None, workflow.outputs);
    w.message(3, end);
    let end = w.len();
    encode_strings(w, 3, workflow.tags);
    w.int64_nonzero(2, workflow.failure_policy as i64);
    w.message(2, end);
    identifier(w, 1, RESOURCE_TYPE_WORKFLOW, workflow.name);
}

/// `WorkflowTemplate.outputs`, in the order of the function's result.
const fn outputs(w: &mut Writer<'_>, field: u32, outputs: &[Variable], results: &[Binding<'_>]) {
    assert!(
        outputs.len() == results.len(),
        "each output of a workflow has one result"
    );
    let mut index = outputs.len();
    while index > 0 {
        index -= 1;
        let output = &outputs[index];
        binding(w, field, output.name, &output.literal_type, &results[index]);
    }
}

/// `Identifier` of an entity that is registered together with the workflow.
pub(in crate::declare) const fn identifier(
    w: &mut Writer<'_>,
    field: u32,
    resource_type: i64,
    name: &str,
) {
    let end = w.len();
    w.string_nonempty(4, name);
    w.int64(1, resource_type);
    w.message(field, end);
}

/// `Identifier` of an entity that another program registers.
pub(in crate::declare) const fn foreign_identifier(
    w: &mut Writer<'_>,
    field: u32,
    resource_type: i64,
    reference: &Reference<'_>,
) {
    let end = w.len();
    w.string_nonempty(5, reference.version);
    w.string_nonempty(4, reference.name);
    w.string_nonempty(3, reference.domain);
    w.string_nonempty(2, reference.project);
    w.int64(1, resource_type);
    w.message(field, end);
}
