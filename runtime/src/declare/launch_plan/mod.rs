//! What a launch plan is: a workflow with some of its inputs given, and what its executions are told.

mod checked;
mod encode;
mod options;

pub use checked::{fixed, plan_input, returns, starts_by_itself, takes_all};
pub(crate) use encode::launch_plan;
pub use options::{
    Behavior, Channel, Concurrency, Notification, Phase, RateUnit, Schedule, Timing,
};

use super::workflow::{Argument, WorkflowDescriptor};
use super::{Location, Variable};

/// Everything about a launch plan that is known when it is compiled.
///
/// Project, domain and version are added at registration.
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
    /// When it starts by itself, once it is active.
    pub schedule: Option<Schedule<'a>>,
    /// Who is told how an execution ended.
    pub notifications: &'a [Notification<'a>],
    /// Labels of its executions.
    pub labels: &'a [(&'a str, &'a str)],
    /// Annotations of its executions.
    pub annotations: &'a [(&'a str, &'a str)],
    /// Where files and tables go that tasks write; nothing for where the platform puts them.
    pub raw_output_prefix: &'a str,
    /// The Kubernetes service account that tasks run as; nothing for the platform's.
    pub service_account: &'a str,
    /// The role at the cloud provider that tasks run as; nothing for the platform's.
    pub iam_role: &'a str,
    /// How many nodes run at the same time; 0 for the platform's number.
    pub max_parallelism: u32,
    /// Whether tasks may run on machines that can be taken away; unset as the workflow says.
    pub interruptible: Option<bool>,
    /// Whether cached results are computed again and replaced.
    pub overwrite_cache: bool,
    /// Environment variables of its tasks.
    pub env: &'a [(&'a str, &'a str)],
    /// How many of its executions there may be at the same time.
    pub concurrency: Option<Concurrency>,
    /// Whether registration makes it active without being asked.
    pub auto_activate: bool,
    /// The doc comment, without indentation.
    pub docs: &'a str,
    /// Where it is written, for people.
    pub location: Location,
}

impl LaunchPlanDescriptor<'_> {
    /// A launch plan without anything, from which the attribute starts.
    pub const DEFAULT: Self = LaunchPlanDescriptor {
        name: "",
        workflow: &WorkflowDescriptor::DEFAULT,
        inputs: &[],
        fixed: &[],
        defaults: &[],
        schedule: None,
        notifications: &[],
        labels: &[],
        annotations: &[],
        raw_output_prefix: "",
        service_account: "",
        iam_role: "",
        max_parallelism: 0,
        interruptible: None,
        overwrite_cache: false,
        env: &[],
        concurrency: None,
        auto_activate: false,
        docs: "",
        location: Location { file: "", line: 0 },
    };
}

impl<'a> LaunchPlanDescriptor<'a> {
    /// The launch plan that every workflow has: of its name, with its inputs and their defaults.
    pub const fn default_of(workflow: &'a WorkflowDescriptor<'a>) -> Self {
        LaunchPlanDescriptor {
            name: workflow.name,
            workflow,
            inputs: workflow.inputs,
            location: workflow.location,
            ..LaunchPlanDescriptor::DEFAULT
        }
    }
}
