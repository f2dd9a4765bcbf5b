//! Registers entities: each once, as many as possible, and many tasks at the same time.

use std::cell::Cell;
use std::collections::HashSet;
use std::num::NonZeroUsize;

use flytekit_proto::flyteidl::admin::{
    LaunchPlanCreateRequest, LaunchPlanState, LaunchPlanUpdateRequest, TaskCreateRequest,
    WorkflowCreateRequest,
};
use flytekit_proto::flyteidl::core::Identifier;
use futures_util::{StreamExt as _, stream};
use tonic::Code;

use super::admin::{Admin, AdminError};
use super::difference;
use super::registered::Registered;
use super::spec::Spec;

/// The result of registering an entity.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The entity is now registered.
    Registered,
    /// The entity was registered before, with the same content.
    Unchanged,
    /// The version was registered before, with other content: the differences.
    Different(Vec<String>),
    /// Flyte Admin refused the entity, or did not answer.
    Failed(AdminError),
    /// The entity is registered, but Flyte Admin did not activate it.
    Inactive(AdminError),
    /// The entity was not tried: the error of another entity would have occurred again, or the entity refers
    /// to one that is not registered.
    Untried,
}

/// Registers entities, which are in the order of their dependencies, and returns the result of each. Tasks
/// are registered concurrently, up to a limit. Launch plans that `activate` selects become active.
///
/// A repeated call is always safe, and finishes the work: Flyte Admin accepts the same content of a version
/// any number of times, and refuses other content.
pub(crate) async fn submit(
    admin: &Admin,
    specs: &[Spec],
    at_once: NonZeroUsize,
    activate: impl Fn(&Spec) -> bool,
    mut each: impl FnMut(&Outcome),
) -> Vec<Outcome> {
    let tasks = specs.iter().take_while(|it| matches!(it, Spec::Task(_)));
    let (tasks, others) = specs.split_at(tasks.count());
    let hopeless = Cell::new(false);
    let mut outcomes = submit_tasks(admin, tasks, at_once, &hopeless, &mut each).await;
    let mut missing = Missing::default();
    for (spec, outcome) in tasks.iter().zip(&outcomes) {
        missing.add(spec, outcome);
    }
    for spec in others {
        let outcome = if missing.is_needed_by(spec) {
            Outcome::Untried
        } else {
            attempt(admin, spec, activate(spec), &hopeless).await
        };
        missing.add(spec, &outcome);
        each(&outcome);
        outcomes.push(outcome);
    }
    outcomes
}

/// Registers one entity, unless it is `hopeless`: another entity's error concerns all entities.
async fn attempt(admin: &Admin, spec: &Spec, active: bool, hopeless: &Cell<bool>) -> Outcome {
    if hopeless.get() {
        return Outcome::Untried;
    }
    let outcome = create(admin, spec, active).await;
    if matches!(&outcome, Outcome::Failed(error) if concerns_all(error)) {
        hopeless.set(true);
    }
    outcome
}

async fn submit_tasks(
    admin: &Admin,
    specs: &[Spec],
    at_once: NonZeroUsize,
    hopeless: &Cell<bool>,
    each: &mut impl FnMut(&Outcome),
) -> Vec<Outcome> {
    let calls = specs.iter().enumerate();
    let calls = calls.map(|(index, spec)| async move {
        let outcome = attempt(admin, spec, false, hopeless).await;
        (index, outcome)
    });
    let mut done = stream::iter(calls).buffer_unordered(at_once.get());
    let mut outcomes: Vec<Outcome> = specs.iter().map(|_| Outcome::Untried).collect();
    while let Some((index, outcome)) = done.next().await {
        each(&outcome);
        outcomes[index] = outcome;
    }
    outcomes
}

/// Entities that are not registered, so that no entity that refers to them can be.
#[derive(Default)]
struct Missing {
    /// The number of the kind, and the name.
    ids: HashSet<(i32, String)>,
}

impl Missing {
    fn add(&mut self, spec: &Spec, outcome: &Outcome) {
        let is_there = matches!(
            outcome,
            Outcome::Registered | Outcome::Unchanged | Outcome::Inactive(_)
        );
        if !is_there && let Some(id) = spec.id() {
            self.ids.insert((id.resource_type, id.name.clone()));
        }
    }

    fn is_needed_by(&self, spec: &Spec) -> bool {
        if self.ids.is_empty() {
            return false;
        }
        let own = spec.id().cloned().unwrap_or_default();
        let is_missing = |id: &Identifier| {
            let is_of_this_registration =
                (&id.project, &id.domain, &id.version) == (&own.project, &own.domain, &own.version);
            is_of_this_registration && self.ids.contains(&(id.resource_type, id.name.clone()))
        };
        let mut is_needed = false;
        spec.clone()
            .ids_mut(&mut |id| is_needed = is_needed || is_missing(id));
        is_needed
    }
}

/// Whether every other call would fail with this error, too.
fn concerns_all(error: &AdminError) -> bool {
    matches!(
        error.code(),
        Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Unauthenticated
            | Code::PermissionDenied
            | Code::Unimplemented
    )
}

async fn create(admin: &Admin, spec: &Spec, activate: bool) -> Outcome {
    let outcome = match ask(admin, spec).await {
        Ok(()) => Outcome::Registered,
        Err(error) => match error.code() {
            Code::AlreadyExists if error.is_echo() => Outcome::Registered,
            // Flyte Admin has compared them.
            Code::AlreadyExists => Outcome::Unchanged,
            // Flyte Admin also returns this for an invalid entity.
            Code::InvalidArgument => match differences(admin, spec).await {
                Some(differences) => return Outcome::Different(differences),
                None => return Outcome::Failed(error),
            },
            _ => return Outcome::Failed(error),
        },
    };
    if activate
        && let Err(error) = set_state(admin, spec.id().cloned(), LaunchPlanState::Active).await
    {
        return Outcome::Inactive(error);
    }
    outcome
}

async fn ask(admin: &Admin, spec: &Spec) -> Result<(), AdminError> {
    let id = spec.id().cloned();
    match spec {
        Spec::Task(spec) => {
            let spec = Some((**spec).clone());
            admin.create_task(TaskCreateRequest { id, spec }).await?;
        }
        Spec::Workflow(spec) => {
            let spec = Some((**spec).clone());
            let request = WorkflowCreateRequest { id, spec };
            admin.create_workflow(request).await?;
        }
        Spec::LaunchPlan(plan) => {
            let spec = plan.spec.clone();
            let request = LaunchPlanCreateRequest { id, spec };
            admin.create_launch_plan(request).await?;
        }
    }
    Ok(())
}

/// Activates or deactivates a launch plan. At most one version is active: activating one deactivates the
/// other.
///
/// # Errors
///
/// If Flyte Admin refuses, or does not answer.
pub(crate) async fn set_state(
    admin: &Admin,
    id: Option<Identifier>,
    state: LaunchPlanState,
) -> Result<(), AdminError> {
    let state = state.into();
    let request = LaunchPlanUpdateRequest { id, state };
    admin.update_launch_plan(request).await?;
    Ok(())
}

/// The differences from the entity that is registered under this version; `None` if there is no such entity,
/// or it is equal.
async fn differences(admin: &Admin, spec: &Spec) -> Option<Vec<String>> {
    let id = spec.id()?.clone();
    let there = Registered::get(admin, spec, id).await.ok()??;
    let differences = difference::between(&there.comparable(spec), spec);
    (!differences.is_empty()).then_some(differences)
}
