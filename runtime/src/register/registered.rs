//! Registered entities, for comparison with the program's.

use std::num::NonZeroUsize;

use flytekit_proto::flyteidl::admin::{
    LaunchPlan, NamedEntityIdentifier, ObjectGetRequest, ResourceListRequest, Sort, Task, TaskSpec,
    Workflow, WorkflowSpec, sort,
};
use flytekit_proto::flyteidl::core::Identifier;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tonic::Code;

use super::admin::{Admin, AdminError};
use super::references;
use super::spec::Spec;

/// Fetches the registered entities: the given version, or the newest version of each; None for an entity that
/// is not registered. At most `at_once` requests run at a time.
///
/// # Errors
///
/// If Flyte Admin does not answer.
pub(crate) async fn registered(
    admin: &Admin,
    here: &[Spec],
    version: Option<&str>,
    at_once: NonZeroUsize,
) -> Result<Vec<Option<Spec>>, AdminError> {
    let get = async |spec: &Spec| {
        let id = spec.id().cloned().unwrap_or_default();
        let found = match version {
            Some(version) => {
                let version = version.to_owned();
                Registered::get(admin, spec, Identifier { version, ..id }).await?
            }
            None => Registered::newest(admin, spec, scope(id)).await?,
        };
        Ok(found.map(|found| found.comparable(spec)))
    };
    let calls = stream::iter(here).map(get);
    calls.buffered(at_once.get()).try_collect().await
}

/// An entity as Flyte Admin returns it.
pub(crate) enum Registered {
    Task(Task),
    Workflow(Workflow),
    LaunchPlan(LaunchPlan),
}

impl Registered {
    /// Fetches a version of an entity of the same kind as `spec`.
    ///
    /// # Errors
    ///
    /// When Flyte Admin does not answer.
    pub(crate) async fn get(
        admin: &Admin,
        spec: &Spec,
        id: Identifier,
    ) -> Result<Option<Self>, AdminError> {
        Ok(match spec {
            Spec::Task(_) => task(admin, id).await?.map(Registered::Task),
            Spec::Workflow(_) => {
                let request = ObjectGetRequest { id: Some(id) };
                let workflow = found(admin.get_workflow(request).await)?;
                workflow.map(Registered::Workflow)
            }
            Spec::LaunchPlan(_) => launch_plan(admin, id).await?.map(Registered::LaunchPlan),
        })
    }

    /// The most recently registered version.
    async fn newest(
        admin: &Admin,
        spec: &Spec,
        of: NamedEntityIdentifier,
    ) -> Result<Option<Self>, AdminError> {
        Ok(match spec {
            Spec::Task(_) => newest(admin, of).await?.map(Registered::Task),
            Spec::Workflow(_) => {
                let list = admin.list_workflows(only_newest(of)).await?;
                list.workflows.into_iter().next().map(Registered::Workflow)
            }
            Spec::LaunchPlan(_) => {
                let plan = newest_launch_plan(admin, of).await?;
                plan.map(Registered::LaunchPlan)
            }
        })
    }

    /// The registered entity in a form that can be compared with the local one. Parts that Flyte Admin does
    /// not return are taken from the local one: of documentation it returns only the first lines.
    pub(crate) fn comparable(self, here: &Spec) -> Spec {
        match (self, here) {
            (Registered::Task(task), Spec::Task(here)) => comparable(task, here).into(),
            (Registered::Workflow(workflow), Spec::Workflow(here)) => {
                Spec::Workflow(Box::new(workflow_as_written(workflow, here)))
            }
            (Registered::LaunchPlan(plan), Spec::LaunchPlan(here)) => {
                Spec::LaunchPlan(Box::new(LaunchPlan {
                    closure: here.closure.clone(),
                    ..plan
                }))
            }
            _ => here.clone(),
        }
    }
}

/// The entity, or `None` if Flyte Admin does not have it.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) fn found<T>(answer: Result<T, AdminError>) -> Result<Option<T>, AdminError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A compiled workflow without the compiler's additions.
fn workflow_as_written(workflow: Workflow, here: &WorkflowSpec) -> WorkflowSpec {
    const ADDED: [&str; 2] = ["start-node", "end-node"];
    let compiled = workflow
        .closure
        .and_then(|closure| closure.compiled_workflow);
    let compiled = compiled.unwrap_or_default();
    let primary = compiled.primary.and_then(|primary| primary.template);
    let parts = compiled.sub_workflows.into_iter();
    let mut spec = WorkflowSpec {
        template: primary,
        sub_workflows: parts.filter_map(|part| part.template).collect(),
        description: here.description.clone(),
    };
    let name = |part: &flytekit_proto::flyteidl::core::WorkflowTemplate| {
        part.id.as_ref().map(|id| id.name.clone())
    };
    spec.sub_workflows.sort_by_key(name);
    let templates = spec.template.iter_mut().chain(&mut spec.sub_workflows);
    templates.for_each(|it| it.nodes.retain(|node| !ADDED.contains(&&*node.id)));
    // The compiler sorts these lists.
    let mut written = here.clone();
    let mut upstream = Vec::new();
    references::nodes(&mut written, &mut |node| {
        upstream.push(node.upstream_node_ids.clone());
    });
    let mut upstream = upstream.into_iter();
    references::nodes(&mut spec, &mut |node| {
        let Some(written) = upstream.next() else {
            return;
        };
        let mut sorted = written.clone();
        sorted.sort();
        if sorted == node.upstream_node_ids {
            node.upstream_node_ids = written;
        }
    });
    if let Some(description) = &mut spec.description
        && !workflow.short_description.is_empty()
    {
        description.short_description = workflow.short_description;
    }
    spec
}

/// A version of a task.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) async fn task(admin: &Admin, id: Identifier) -> Result<Option<Task>, AdminError> {
    found(admin.get_task(ObjectGetRequest { id: Some(id) }).await)
}

/// A version of a launch plan.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) async fn launch_plan(
    admin: &Admin,
    id: Identifier,
) -> Result<Option<LaunchPlan>, AdminError> {
    let request = ObjectGetRequest { id: Some(id) };
    found(admin.get_launch_plan(request).await)
}

/// The most recently registered version of a task.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) async fn newest(
    admin: &Admin,
    of: NamedEntityIdentifier,
) -> Result<Option<Task>, AdminError> {
    Ok(admin.list_tasks(only_newest(of)).await?.tasks.pop())
}

/// The most recently registered version of a launch plan.
///
/// # Errors
///
/// When Flyte Admin does not answer.
pub(crate) async fn newest_launch_plan(
    admin: &Admin,
    of: NamedEntityIdentifier,
) -> Result<Option<LaunchPlan>, AdminError> {
    let mut list = admin.list_launch_plans(only_newest(of)).await?;
    Ok(list.launch_plans.pop())
}

fn only_newest(of: NamedEntityIdentifier) -> ResourceListRequest {
    ResourceListRequest {
        id: Some(of),
        limit: 1,
        sort_by: Some(Sort {
            key: "created_at".to_owned(),
            direction: sort::Direction::Descending.into(),
        }),
        ..ResourceListRequest::default()
    }
}

/// The identity that all versions of an entity share.
pub(crate) fn scope(id: Identifier) -> NamedEntityIdentifier {
    NamedEntityIdentifier {
        project: id.project,
        domain: id.domain,
        name: id.name,
        org: id.org,
    }
}

fn comparable(task: Task, here: &TaskSpec) -> TaskSpec {
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
