//! The entities of a file, by kind.

use std::fmt;

use flytekit_proto::tree::Message;

use super::table::{Duplicate, Entry, Table};
use super::{EntityKind, FoundLaunchPlan, FoundTask, FoundWorkflow};

/// The entities of a file, each by its name. Names are unique across kinds, so that a name identifies an
/// entity without its kind.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Entities {
    /// The tasks.
    pub tasks: Table<FoundTask>,
    /// The workflows, each with the launch plan of its name.
    pub workflows: Table<FoundWorkflow>,
    /// The other launch plans.
    pub launch_plans: Table<FoundLaunchPlan>,
}

impl Entities {
    /// Whether there are no entities.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.workflows.is_empty() && self.launch_plans.is_empty()
    }

    /// The entity of this name; for a workflow's name, the workflow.
    pub fn get(&self, name: &str) -> Option<Found<'_>> {
        let task = self.tasks.get(name).map(Found::Task);
        let workflow = || self.workflows.get(name).map(Found::Workflow);
        let plan = || self.launch_plans.get(name).map(Found::LaunchPlan);
        task.or_else(workflow).or_else(plan)
    }

    /// The tasks, the workflows, and the launch plans with their own names, each kind sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = Found<'_>> {
        let tasks = self.tasks.iter().map(Found::Task);
        let workflows = self.workflows.iter().map(Found::Workflow);
        let plans = self.launch_plans.iter().map(Found::LaunchPlan);
        tasks.chain(workflows).chain(plans)
    }

    /// The names of all entities.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(Found::name)
    }
}

/// One entity of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found<'f> {
    /// A task.
    Task(&'f FoundTask),
    /// A workflow.
    Workflow(&'f FoundWorkflow),
    /// A launch plan, also the one with a workflow's name.
    LaunchPlan(&'f FoundLaunchPlan),
}

impl<'f> Found<'f> {
    /// The kind of entity.
    pub fn kind(self) -> EntityKind {
        match self {
            Found::Task(_) => EntityKind::Task,
            Found::Workflow(_) => EntityKind::Workflow,
            Found::LaunchPlan(_) => EntityKind::LaunchPlan,
        }
    }

    /// The name in Flyte.
    pub fn name(self) -> &'f str {
        match self {
            Found::Task(task) => &task.name,
            Found::Workflow(workflow) => &workflow.name,
            Found::LaunchPlan(plan) => &plan.name,
        }
    }

    /// The location in the source: `file:line`.
    pub fn location(self) -> &'f str {
        match self {
            Found::Task(task) => &task.location,
            Found::Workflow(workflow) => &workflow.location,
            Found::LaunchPlan(plan) => &plan.location,
        }
    }

    /// The encoded message that is registered.
    pub fn bytes(self) -> &'f [u8] {
        match self {
            Found::Task(task) => &task.spec,
            Found::Workflow(workflow) => &workflow.spec,
            Found::LaunchPlan(plan) => &plan.plan,
        }
    }

    /// The full name of the message type.
    pub fn message(self) -> &'static str {
        match self {
            Found::Task(_) => "flyteidl.admin.TaskSpec",
            Found::Workflow(_) => "flyteidl.admin.WorkflowSpec",
            Found::LaunchPlan(_) => "flyteidl.admin.LaunchPlan",
        }
    }

    /// The message, whose fields can be read by name.
    ///
    /// # Errors
    ///
    /// If the message is damaged.
    pub(crate) fn decoded(self) -> Result<Message<'f>, String> {
        let decoded = Message::decode(self.message(), self.bytes());
        decoded.map_err(|error| self.damaged(&error))
    }

    /// The error for an entity whose message cannot be read.
    pub(crate) fn damaged(self, error: &dyn fmt::Display) -> String {
        format!("the {} `{}` is damaged: {error}", self.kind(), self.name())
    }
}

/// Refuses entities of different kinds with the same name.
///
/// # Errors
///
/// The first two such entities.
pub(super) fn keep_apart(
    tasks: &Table<impl Entry>,
    workflows: &Table<impl Entry>,
    launch_plans: &Table<impl Entry>,
) -> Result<(), Duplicate> {
    no_common_name(tasks, workflows)?;
    no_common_name(tasks, launch_plans)?;
    no_common_name(workflows, launch_plans)
}

fn no_common_name<T: Entry, U: Entry>(some: &Table<T>, others: &Table<U>) -> Result<(), Duplicate> {
    for other in others {
        if let Some(one) = some.get(other.name()) {
            return Err(Duplicate::of(one, other));
        }
    }
    Ok(())
}
