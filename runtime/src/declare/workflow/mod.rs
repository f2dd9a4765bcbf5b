//! Workflows: from the descriptor to the bytes of a `flyteidl.admin.WorkflowSpec`.
//!
//! `#[workflow]` writes the model as constants. A graph that is built at run time borrows the model from its
//! builder. The same code encodes and runs both.

mod array;
mod calls;
mod condition;
mod constant;
mod encode;
mod node;
mod value;
mod written;

pub use array::{Array, Success};
pub use calls::Calls;
pub(crate) use calls::Unpacked;
pub use condition::{Branch, Case, Comparison, Condition, Operand, Otherwise};
pub use constant::{ConstValue, ReaderOf, reader};
pub use encode::{Called, encode_workflow_spec, workflow_spec_len};
pub(in crate::declare) use encode::{
    RESOURCE_TYPE_LAUNCH_PLAN, RESOURCE_TYPE_WORKFLOW, foreign_identifier, identifier,
};
pub(crate) use encode::{dynamic_job, element, literal, member, workflow_spec, write_constant};
pub use node::{Gate, Node, Overrides, Reference, ReferenceKind, Target};
pub use value::{Argument, Binding, Constant, Promise, Step};
pub use written::{
    Compared, another_signal, approvable, approved, argument, compared, failure_arguments, named,
    object, of_task, output_path, part, path, whole,
};
pub(crate) use written::{FAILURE, entered};

use super::{Location, Variable};

/// Everything about a workflow that is known at compile time.
///
/// Project, domain and version are added at registration.
#[derive(Clone, Copy, Debug)]
pub struct WorkflowDescriptor<'a> {
    /// The name in Flyte: module path and function, dot-separated.
    pub name: &'a str,
    /// Inputs in the order of the function's parameters.
    pub inputs: &'a [Variable],
    /// The defaults of inputs.
    pub defaults: &'a [Argument<'a>],
    /// Outputs in the order of the function's result.
    pub outputs: &'a [Variable],
    /// The nodes in the order of the body; each node comes after the nodes whose values it takes. Those that only
    /// call an entity may be among the calls instead.
    pub nodes: &'a [Node<'a>],
    /// Calls. They come after the nodes that they do not mention.
    pub calls: Calls<'a>,
    /// The bindings of the outputs, in their order.
    pub results: &'a [Binding<'a>],
    /// The treatment of the other nodes when one fails.
    pub failure_policy: FailurePolicy,
    /// The failure node, which runs when the workflow has failed.
    pub on_failure: Option<&'a Node<'a>>,
    /// Whether tasks without a setting of their own may run on preemptible machines.
    pub interruptible: bool,
    /// The tags, by which people find it.
    pub tags: &'a [(&'a str, &'a str)],
    /// The function's doc comment, without indentation.
    pub docs: &'a str,
    /// The place of the function in the source code.
    pub location: Location,
    /// The identifier of a workflow of another program, of which only the interface is known. Launch plans
    /// start such a workflow; graphs do not contain it.
    pub reference: Option<Reference<'a>>,
}

impl WorkflowDescriptor<'_> {
    /// An empty workflow, from which the attribute starts.
    pub const DEFAULT: Self = WorkflowDescriptor {
        name: "",
        inputs: &[],
        defaults: &[],
        outputs: &[],
        nodes: &[],
        calls: Calls::NONE,
        results: &[],
        failure_policy: FailurePolicy::FailImmediately,
        on_failure: None,
        interruptible: false,
        tags: &[],
        docs: "",
        location: Location { file: "", line: 0 },
        reference: None,
    };
}

impl<'a> WorkflowDescriptor<'a> {
    /// A workflow of another program, for its launch plans; the placeholder, if `target` is not a reference.
    pub const fn referenced(target: &Target<'a>) -> Self {
        match target {
            Target::Reference(reference) => WorkflowDescriptor {
                name: reference.name,
                inputs: reference.inputs,
                outputs: reference.outputs,
                reference: Some(*reference),
                ..WorkflowDescriptor::DEFAULT
            },
            _ => WorkflowDescriptor::DEFAULT,
        }
    }
}

impl WorkflowDescriptor<'_> {
    /// Whether this is the placeholder of a workflow with mistakes, which are reported there.
    pub(in crate::declare) const fn stands_in(&self) -> bool {
        self.name.is_empty()
    }
}

/// The treatment of the other nodes when one fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailurePolicy {
    /// The other nodes are aborted.
    #[default]
    FailImmediately = 0,
    /// The nodes that do not depend on the failed node still run.
    FailAfterExecutableNodesComplete = 1,
}
