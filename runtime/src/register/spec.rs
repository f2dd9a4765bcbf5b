//! The message of a registered entity of any kind.

use flytekit_proto::flyteidl::admin::{LaunchPlan, TaskSpec, WorkflowSpec};
use flytekit_proto::flyteidl::core::Identifier;
use prost::{Message, Name};

use super::references;
use crate::registry::EntityKind;

/// A complete entity, ready to be registered.
#[derive(Clone, Debug, PartialEq)]
pub enum Spec {
    /// A task.
    Task(Box<TaskSpec>),
    /// A workflow, with its subworkflows.
    Workflow(Box<WorkflowSpec>),
    /// A launch plan.
    LaunchPlan(Box<LaunchPlan>),
}

/// Evaluates `$body` with `$it` bound to the message of `$spec`.
macro_rules! with_message {
    ($spec:expr, $it:ident => $body:expr) => {
        match $spec {
            Spec::Task($it) => $body,
            Spec::Workflow($it) => $body,
            Spec::LaunchPlan($it) => $body,
        }
    };
}

impl Spec {
    /// The kind of entity.
    pub(crate) fn kind(&self) -> EntityKind {
        match self {
            Spec::Task(_) => EntityKind::Task,
            Spec::Workflow(_) => EntityKind::Workflow,
            Spec::LaunchPlan(_) => EntityKind::LaunchPlan,
        }
    }

    /// The identifier.
    pub(crate) fn id(&self) -> Option<&Identifier> {
        match self {
            Spec::Task(spec) => spec.template.as_ref()?.id.as_ref(),
            Spec::Workflow(spec) => spec.template.as_ref()?.id.as_ref(),
            Spec::LaunchPlan(plan) => plan.id.as_ref(),
        }
    }

    /// The name in Flyte.
    pub(crate) fn name(&self) -> &str {
        self.id().map_or("", |id| &id.name)
    }

    /// The message's bytes.
    pub(crate) fn encoded(&self) -> Vec<u8> {
        with_message!(self, it => it.encode_to_vec())
    }

    /// The number of the message's bytes.
    pub(crate) fn encoded_len(&self) -> usize {
        with_message!(self, it => it.encoded_len())
    }

    /// Decodes a message of this kind.
    pub(crate) fn decode(kind: EntityKind, bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        Ok(match kind {
            EntityKind::Task => Spec::Task(Box::new(TaskSpec::decode(bytes)?)),
            EntityKind::Workflow => Spec::Workflow(Box::new(WorkflowSpec::decode(bytes)?)),
            EntityKind::LaunchPlan => Spec::LaunchPlan(Box::new(LaunchPlan::decode(bytes)?)),
        })
    }

    /// The full name of the message.
    pub(crate) fn message(&self) -> String {
        match self {
            Spec::Task(_) => TaskSpec::full_name(),
            Spec::Workflow(_) => WorkflowSpec::full_name(),
            Spec::LaunchPlan(_) => LaunchPlan::full_name(),
        }
    }

    /// Visits each identifier in the message: its own, and those of entities that it refers to.
    pub(crate) fn ids_mut(&mut self, each: &mut dyn FnMut(&mut Identifier)) {
        match self {
            Spec::Task(spec) => {
                let id = spec.template.as_mut().and_then(|it| it.id.as_mut());
                id.into_iter().for_each(each);
            }
            Spec::Workflow(spec) => references::of_workflow(spec, each),
            Spec::LaunchPlan(plan) => {
                let workflow = plan.spec.as_mut().and_then(|it| it.workflow_id.as_mut());
                plan.id.iter_mut().chain(workflow).for_each(each);
            }
        }
    }
}

impl From<TaskSpec> for Spec {
    fn from(spec: TaskSpec) -> Self {
        Spec::Task(Box::new(spec))
    }
}
