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
            None => newest(admin, id).await?,
        };
        Ok(task.map(|task| comparable(task, spec)))
    };
    let calls = stream::iter(here).map(get);
    calls.buffered(at_once.get()).try_collect().await
}

/// A version of a task.
async fn get(admin: &Admin, id: Identifier, version: &str) -> Result<Option<Task>, AdminError> {
    let version = version.to_owned();
    let id = Some(Identifier { version, ..id });
    match admin.get_task(ObjectGetRequest { id }).await {
        Ok(task) => Ok(Some(task)),
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn newest(admin: &Admin, id: Identifier) -> Result<Option<Task>, AdminError> {
    let Identifier {
        project,
        domain,
        name,
        org,
        ..
    } = id;
    let request = ResourceListRequest {
        id: Some(NamedEntityIdentifier {
            project,
            domain,
            name,
            org,
        }),
        limit: 1,
        sort_by: Some(Sort {
            key: "created_at".to_owned(),
            direction: sort::Direction::Descending.into(),
        }),
        ..ResourceListRequest::default()
    };
    Ok(admin.list_tasks(request).await?.tasks.pop())
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
