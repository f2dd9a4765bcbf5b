//! What a workflow is: from its descriptor to the bytes of a `flyteidl.admin.WorkflowSpec`.
//!
//! `#[workflow]` writes the model as constants, a graph that is built at run time borrows it from its
//! builder; both are encoded and run by the same code.

mod array;
mod condition;
mod constant;
mod encode;
mod node;
mod value;
mod written;

pub use array::{Array, Success};
pub use condition::{Branch, Case, Comparison, Condition, Operand, Otherwise};
pub use constant::{ConstValue, ReaderOf, reader};
pub use encode::{Common, CommonBytes, encode_workflow_spec, workflow_spec_len};
pub(in crate::declare) use encode::{
    RESOURCE_TYPE_LAUNCH_PLAN, RESOURCE_TYPE_WORKFLOW, identifier,
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

/// Everything about a workflow that is known when it is compiled.
///
/// Project, domain and version are added at registration.
#[derive(Clone, Copy, Debug)]
pub struct WorkflowDescriptor<'a> {
    /// The name in Flyte: module path and function, dot-separated.
    pub name: &'a str,
    /// Inputs in the order of the function's parameters.
    pub inputs: &'a [Variable],
    /// Values of the inputs that may be left out.
    pub defaults: &'a [Argument<'a>],
    /// Outputs in the order of the function's result.
    pub outputs: &'a [Variable],
    /// The nodes in the order of the body; a node stands behind all that it takes values of.
    pub nodes: &'a [Node<'a>],
    /// What the outputs are, in their order.
    pub results: &'a [Binding<'a>],
    /// What becomes of the other nodes when one fails.
    pub failure_policy: FailurePolicy,
    /// What runs when the workflow has failed.
    pub on_failure: Option<&'a Node<'a>>,
    /// Whether its tasks may run on machines that can be taken away, where they do not say it.
    pub interruptible: bool,
    /// What people find it by.
    pub tags: &'a [(&'a str, &'a str)],
    /// The function's doc comment, without indentation.
    pub docs: &'a str,
    /// Where the function is written, for people.
    pub location: Location,
}

impl WorkflowDescriptor<'_> {
    /// A workflow without anything, from which the attribute starts.
    pub const DEFAULT: Self = WorkflowDescriptor {
        name: "",
        inputs: &[],
        defaults: &[],
        outputs: &[],
        nodes: &[],
        results: &[],
        failure_policy: FailurePolicy::FailImmediately,
        on_failure: None,
        interruptible: false,
        tags: &[],
        docs: "",
        location: Location { file: "", line: 0 },
    };
}

impl WorkflowDescriptor<'_> {
    /// Whether this is what stands for a workflow with mistakes in it, which are reported there.
    pub(in crate::declare) const fn stands_in(&self) -> bool {
        self.name.is_empty()
    }
}

/// What becomes of the other nodes when one fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailurePolicy {
    /// They are aborted.
    #[default]
    FailImmediately = 0,
    /// Those that do not need the failed one run to their end.
    FailAfterExecutableNodesComplete = 1,
}
