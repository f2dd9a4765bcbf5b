//! What is registered, to compare with what is here.

use std::num::NonZeroUsize;

use flytekit_proto::flyteidl::admin::{
    NamedEntityIdentifier, ObjectGetRequest, ResourceListRequest, Sort, Task, TaskSpec, sort,
};
use flytekit_proto::flyteidl::core::Identifier;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tonic::Code;

use super::admin::{Admin, AdminError};
use super::submit::id_of;

/// How tasks are registered: their version, or the newest one of each; none if there is none. So many
/// are asked for at once.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) async fn registered(
    admin: &Admin,
    here: &[TaskSpec],
    version: Option<&str>,
    at_once: NonZeroUsize,
) -> Result<Vec<Option<TaskSpec>>, AdminError> {
    let get = async |spec: &TaskSpec| {
        let id = id_of(spec).cloned().unwrap_or_default();
        let task = match version {
            Some(version) => get(admin, id, version).await?,
            None => newest(admin, scope(id)).await?,
        };
        Ok(task.map(|task| comparable(task, spec)))
    };
    let calls = stream::iter(here).map(get);
    calls.buffered(at_once.get()).try_collect().await
}

/// A version of a task.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) async fn get(
    admin: &Admin,
    id: Identifier,
    version: &str,
) -> Result<Option<Task>, AdminError> {
    let version = version.to_owned();
    let id = Some(Identifier { version, ..id });
    match admin.get_task(ObjectGetRequest { id }).await {
        Ok(task) => Ok(Some(task)),
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The version of a task that was registered last.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) async fn newest(
    admin: &Admin,
    of: NamedEntityIdentifier,
) -> Result<Option<Task>, AdminError> {
    let request = ResourceListRequest {
        id: Some(of),
        limit: 1,
        sort_by: Some(Sort {
            key: "created_at".to_owned(),
            direction: sort::Direction::Descending.into(),
        }),
        ..ResourceListRequest::default()
    };
    Ok(admin.list_tasks(request).await?.tasks.pop())
}

/// What all versions of a task are called.
fn scope(id: Identifier) -> NamedEntityIdentifier {
    NamedEntityIdentifier {
        project: id.project,
        domain: id.domain,
        name: id.name,
        org: id.org,
    }
}

/// A registered task as a specification to compare with one that is here. What Flyte Admin does not
/// tell is taken from there: of a task's documentation it tells only the first lines.
pub(crate) fn comparable(task: Task, here: &TaskSpec) -> TaskSpec {
    let mut description = here.description.clone();
    if let Some(description) = &mut description
        && !task.short_description.is_empty()
    {
        description.short_description = task.short_description;
    }
    let compiled = task.closure.and_then(|closure| closure.compiled_task);
    TaskSpec {
        template: compiled.and_then(|compiled| compiled.template),
        description,
    }
}
