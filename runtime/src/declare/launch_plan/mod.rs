//! What a launch plan is: a workflow with some of its inputs given.

use super::workflow::{Argument, WorkflowDescriptor};
use super::{Location, Variable};

/// Everything about a launch plan that is known when it is compiled.
#[derive(Clone, Copy, Debug)]
pub struct LaunchPlanDescriptor<'a> {
    /// The name in Flyte.
    pub name: &'a str,
    /// The workflow that it starts.
    pub workflow: &'a WorkflowDescriptor<'a>,
    /// The inputs that whoever starts it may still give, in the order of its declaration.
    pub inputs: &'a [Variable],
    /// Inputs of the workflow that nobody can change.
    pub fixed: &'a [Argument<'a>],
    /// Defaults of its own, which go before those of the workflow.
    pub defaults: &'a [Argument<'a>],
    /// The doc comment, without indentation.
    pub docs: &'a str,
    /// Where it is written, for people.
    pub location: Location,
}
