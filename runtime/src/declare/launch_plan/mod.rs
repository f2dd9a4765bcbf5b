//! Launch plans: a workflow with some of its inputs fixed, and the settings of its executions.

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

/// Everything about a launch plan that is known at compile time.
///
/// Project, domain and version are added at registration.
#[derive(Clone, Copy, Debug)]
pub struct LaunchPlanDescriptor<'a> {
    /// The name in Flyte.
    pub name: &'a str,
    /// The workflow that it starts.
    pub workflow: &'a WorkflowDescriptor<'a>,
    /// The open inputs, in the order of its declaration.
    pub inputs: &'a [Variable],
    /// The fixed inputs of the workflow.
    pub fixed: &'a [Argument<'a>],
    /// The plan's own defaults, which override those of the workflow.
    pub defaults: &'a [Argument<'a>],
    /// The schedule, which takes effect when the plan is active.
    pub schedule: Option<Schedule<'a>>,
    /// The notifications about the end of an execution.
    pub notifications: &'a [Notification<'a>],
    /// Labels of its executions.
    pub labels: &'a [(&'a str, &'a str)],
    /// Annotations of its executions.
    pub annotations: &'a [(&'a str, &'a str)],
    /// The place for files and tables of tasks; empty for the platform's place.
    pub raw_output_prefix: &'a str,
    /// The Kubernetes service account of tasks; empty for the platform's.
    pub service_account: &'a str,
    /// The cloud provider's role of tasks; empty for the platform's.
    pub iam_role: &'a str,
    /// The maximum number of nodes that run at the same time; 0 for the platform's number.
    pub max_parallelism: u32,
    /// Whether tasks may run on preemptible machines; the workflow's setting if unset.
    pub interruptible: Option<bool>,
    /// Whether cached results are computed again and replaced.
    pub overwrite_cache: bool,
    /// Environment variables of its tasks.
    pub env: &'a [(&'a str, &'a str)],
    /// The limit of simultaneous executions.
    pub concurrency: Option<Concurrency>,
    /// Whether registration activates it.
    pub auto_activate: bool,
    /// The doc comment, without indentation.
    pub docs: &'a str,
    /// The place in the source code.
    pub location: Location,
}

impl LaunchPlanDescriptor<'_> {
    /// An empty launch plan, from which the attribute starts.
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
    /// The default launch plan of a workflow, with the workflow's name, inputs and defaults.
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
