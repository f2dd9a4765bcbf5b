//! The workflows of this process.

use super::{Entry, Noun};
use crate::declare::WorkflowDescriptor;

/// A workflow of this process.
#[derive(Clone, Copy, Debug)]
pub struct RegisteredWorkflow {
    /// What the attribute says about it.
    pub descriptor: &'static WorkflowDescriptor<'static>,
}

impl RegisteredWorkflow {
    /// What `#[workflow]` submits for each function.
    #[doc(hidden)]
    pub const fn new(descriptor: &'static WorkflowDescriptor<'static>) -> Self {
        RegisteredWorkflow { descriptor }
    }
}

inventory::collect!(RegisteredWorkflow);

impl Entry for RegisteredWorkflow {
    const NOUN: Noun = Noun {
        plural: "workflows",
        renaming: "#[workflow(name = \"…\")]",
    };

    fn name(&self) -> &str {
        self.descriptor.name
    }

    fn location(&self) -> String {
        self.descriptor.location.to_string()
    }
}
