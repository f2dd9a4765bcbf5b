//! Launch plans with their own names: in this process, and in a file.

use super::table::{Entry, Noun};
use crate::declare::{LaunchPlanDescriptor, launch_plan};
use crate::wire::Writer;

pub(super) const LAUNCH_PLAN: &Noun = &Noun {
    singular: "launch plan",
    plural: "launch plans",
    renaming: "#[launch_plan(name = \"…\")]",
};

/// A launch plan of this process.
#[derive(Clone, Copy, Debug)]
pub struct RegisteredLaunchPlan {
    /// The descriptor that the attribute has created.
    pub descriptor: &'static LaunchPlanDescriptor<'static>,
}

impl RegisteredLaunchPlan {
    /// The entry that `#[launch_plan]` submits for each function.
    #[doc(hidden)]
    pub const fn new(descriptor: &'static LaunchPlanDescriptor<'static>) -> Self {
        RegisteredLaunchPlan { descriptor }
    }

    /// The bytes of the `flyteidl.admin.LaunchPlan`, equal to those in the binary.
    pub fn plan(&self) -> Vec<u8> {
        self.found().plan
    }

    /// The launch plan as it is in this process's file.
    pub(crate) fn found(self) -> FoundLaunchPlan {
        FoundLaunchPlan::of(self.descriptor)
    }
}

inventory::collect!(RegisteredLaunchPlan);

impl Entry for RegisteredLaunchPlan {
    const NOUN: &'static Noun = LAUNCH_PLAN;

    fn name(&self) -> &str {
        self.descriptor.name
    }

    fn location(&self) -> String {
        self.descriptor.location.to_string()
    }
}

/// A launch plan in a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundLaunchPlan {
    /// The name in Flyte.
    pub name: String,
    /// The name of the workflow that it starts.
    pub workflow: String,
    /// Whether another program registers the workflow.
    pub elsewhere: bool,
    /// The bytes of the `flyteidl.admin.LaunchPlan`.
    pub plan: Vec<u8>,
    /// Whether registration activates it by default.
    pub auto_activate: bool,
    /// A description for people, for which Flyte has no field.
    pub description: String,
    /// The location in the source: `file:line`.
    pub location: String,
}

impl FoundLaunchPlan {
    /// The launch plan as it would be in a file.
    pub(crate) fn of(descriptor: &LaunchPlanDescriptor<'_>) -> Self {
        FoundLaunchPlan {
            name: descriptor.name.to_owned(),
            workflow: descriptor.workflow.name.to_owned(),
            elsewhere: descriptor.workflow.reference.is_some(),
            plan: Writer::to_bytes(|w| launch_plan(w, descriptor)),
            auto_activate: descriptor.auto_activate,
            description: descriptor.docs.to_owned(),
            location: descriptor.location.to_string(),
        }
    }
}

impl Entry for FoundLaunchPlan {
    const NOUN: &'static Noun = LAUNCH_PLAN;

    fn name(&self) -> &str {
        &self.name
    }

    fn location(&self) -> String {
        self.location.clone()
    }
}
