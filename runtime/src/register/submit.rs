//! Registering tasks: many at once, each once, and all of them tried.

use std::cell::Cell;
use std::num::NonZeroUsize;

use flytekit_proto::flyteidl::admin::{ObjectGetRequest, TaskCreateRequest, TaskSpec};
use flytekit_proto::flyteidl::core::Identifier;
use futures_util::{StreamExt as _, stream};
use tonic::Code;

use super::admin::{Admin, AdminError};
use super::difference;
use super::registered::comparable;

/// What became of a task.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is registered now.
    Registered,
    /// It was before, with the same content.
    Unchanged,
    /// Its version was, with other content: what is different.
    Different(Vec<String>),
    /// Flyte Admin refused it, or did not answer.
    Failed(AdminError),
    /// Nobody asked: what went wrong with another one would have gone wrong again.
    Untried,
}

/// Registers tasks, so many at once, and says of each what became of it, in their order.
///
/// Whatever happens, to do it again is safe, and finishes it: Flyte Admin accepts a version's
/// content as often as it comes, and nothing else under its name.
pub(crate) async fn submit(
    admin: &Admin,
    specs: &[TaskSpec],
    at_once: NonZeroUsize,
    mut each: impl FnMut(&Outcome),
) -> Vec<Outcome> {
    let hopeless = Cell::new(false);
    let create = async |spec: &TaskSpec| {
        if hopeless.get() {
            return Outcome::Untried;
        }
        let outcome = create(admin, spec).await;
        if matches!(&outcome, Outcome::Failed(error) if concerns_all(error)) {
            hopeless.set(true);
        }
        outcome
    };
    let create = &create;
    let calls = specs.iter().enumerate();
    let calls = calls.map(|(index, spec)| async move { (index, create(spec).await) });
    let mut done = stream::iter(calls).buffer_unordered(at_once.get());
    let mut outcomes: Vec<Outcome> = specs.iter().map(|_| Outcome::Untried).collect();
    while let Some((index, outcome)) = done.next().await {
        each(&outcome);
        outcomes[index] = outcome;
    }
    outcomes
}

/// Whether every other call would fail as well.
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

async fn create(admin: &Admin, spec: &TaskSpec) -> Outcome {
    let request = TaskCreateRequest {
        id: id_of(spec).cloned(),
        spec: Some(spec.clone()),
    };
    let Err(error) = admin.create_task(request).await else {
        return Outcome::Registered;
    };
    match error.code() {
        Code::AlreadyExists if error.is_echo() => Outcome::Registered,
        // Flyte Admin has compared them.
        Code::AlreadyExists => Outcome::Unchanged,
        // Also what it says of a task that is wrong in itself.
        Code::InvalidArgument => match differences(admin, spec).await {
            Some(differences) => Outcome::Different(differences),
            None => Outcome::Failed(error),
        },
        _ => Outcome::Failed(error),
    }
}

/// How a task is registered under the same version; nothing if it is not, or is the same.
async fn differences(admin: &Admin, spec: &TaskSpec) -> Option<Vec<String>> {
    let id = id_of(spec).cloned();
    let task = admin.get_task(ObjectGetRequest { id }).await.ok()?;
    let differences = difference::between(&comparable(task, spec), spec);
    (!differences.is_empty()).then_some(differences)
}

/// What a task is called.
pub(crate) fn id_of(spec: &TaskSpec) -> Option<&Identifier> {
    spec.template.as_ref()?.id.as_ref()
}
