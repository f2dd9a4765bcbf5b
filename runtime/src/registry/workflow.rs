//! Workflows: in this process, and in a file.

use super::launch_plan::FoundLaunchPlan;
use super::table::{Entry, Noun};
use crate::declare::{LaunchPlanDescriptor, WorkflowDescriptor, workflow_spec};
use crate::wire::Writer;

pub(super) const WORKFLOW: &Noun = &Noun {
    singular: "workflow",
    plural: "workflows",
    renaming: "#[workflow(name = \"…\")]",
};

/// A workflow of this process.
#[derive(Clone, Copy, Debug)]
pub struct RegisteredWorkflow {
    /// The descriptor that the attribute has created.
    pub descriptor: &'static WorkflowDescriptor<'static>,
}

impl RegisteredWorkflow {
    /// The entry that `#[workflow]` submits for each function.
    #[doc(hidden)]
    pub const fn new(descriptor: &'static WorkflowDescriptor<'static>) -> Self {
        RegisteredWorkflow { descriptor }
    }

    /// The bytes of the `flyteidl.admin.WorkflowSpec`, equal to those in the binary.
    pub fn spec(&self) -> Vec<u8> {
        self.found().spec
    }

    /// The workflow as it is in this process's file.
    pub(crate) fn found(self) -> FoundWorkflow {
        FoundWorkflow::of(self.descriptor)
    }
}

inventory::collect!(RegisteredWorkflow);

impl Entry for RegisteredWorkflow {
    const NOUN: &'static Noun = WORKFLOW;

    fn name(&self) -> &str {
        self.descriptor.name
    }

    fn location(&self) -> String {
        self.descriptor.location.to_string()
    }
}

/// A workflow in a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundWorkflow {
    /// The name in Flyte.
    pub name: String,
    /// The bytes of the `flyteidl.admin.WorkflowSpec`.
    pub spec: Vec<u8>,
    /// The launch plan of its name.
    pub default_plan: FoundLaunchPlan,
    /// The location of its function: `file:line`.
    pub location: String,
}

impl FoundWorkflow {
    /// The workflow as it would be in a file.
    pub(crate) fn of(descriptor: &WorkflowDescriptor<'_>) -> Self {
        FoundWorkflow {
            name: descriptor.name.to_owned(),
            spec: Writer::to_bytes(|w| workflow_spec(w, descriptor)),
            default_plan: FoundLaunchPlan::of(&LaunchPlanDescriptor::default_of(descriptor)),
            location: descriptor.location.to_string(),
        }
    }
}

impl Entry for FoundWorkflow {
    const NOUN: &'static Noun = WORKFLOW;

    fn name(&self) -> &str {
        &self.name
    }

    fn location(&self) -> String {
        self.location.clone()
    }
}
