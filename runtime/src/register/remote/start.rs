//! Starts a run exactly once.

use std::collections::BTreeMap;

use flytekit_proto::flyteidl::admin::{
    Annotations, ClusterAssignment, Envs, ExecutionClusterLabel, ExecutionCreateRequest,
    ExecutionMetadata, ExecutionSpec, Labels, RawOutputDataConfig, WorkflowExecutionGetDataRequest,
    WorkflowExecutionGetRequest, execution_spec::NotificationOverrides,
};
use flytekit_proto::flyteidl::core::{
    Identifier, Identity, KeyValuePair, LiteralMap, SecurityContext, WorkflowExecutionIdentifier,
};
use tonic::Code;

use crate::context::unique;
use crate::register::admin::{Admin, AdminError};

/// The options of a run. Unset options have the project's values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// The run's name; a unique one if unset.
    pub(crate) name: Option<String>,
    /// Environment variables of the container, beside those of the task.
    pub(crate) env: BTreeMap<String, String>,
    /// Kubernetes labels of the run.
    pub(crate) labels: BTreeMap<String, String>,
    /// Kubernetes annotations of the run.
    pub(crate) annotations: BTreeMap<String, String>,
    /// Tags for finding the run in the console.
    pub(crate) tags: Vec<String>,
    /// The Kubernetes service account of the run.
    pub(crate) service_account: Option<String>,
    /// The prefix for files and tables that the run returns.
    pub(crate) raw_output_prefix: Option<String>,
    /// The number of nodes that may run at the same time; the project's value if zero.
    pub(crate) max_parallelism: i32,
    /// Whether the run may use preemptible machines.
    pub(crate) interruptible: Option<bool>,
    /// Whether to recompute results that are in the cache.
    pub(crate) overwrite_cache: bool,
    /// Whether to suppress notifications when the run ends.
    pub(crate) disable_notifications: bool,
    /// The pool of clusters that it may run on.
    pub(crate) cluster_pool: Option<String>,
    /// The label of clusters that it may run on.
    pub(crate) cluster_label: Option<String>,
}

/// A started run.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    /// The run's name and location.
    pub(crate) id: WorkflowExecutionIdentifier,
    /// Whether the run was started before.
    pub(crate) before: bool,
}

/// The reason why a run was not started.
#[derive(Debug)]
pub(crate) enum StartError {
    /// Flyte was not asked, did not answer, or refused.
    Admin(AdminError),
    /// A run with this name exists, of another task or with other inputs.
    NameTaken(WorkflowExecutionIdentifier),
}

impl From<AdminError> for StartError {
    fn from(error: AdminError) -> Self {
        StartError::Admin(error)
    }
}

/// Starts a run of a task. If a run of this name exists already, it must be the same.
pub(crate) async fn start(
    admin: &Admin,
    task: &Identifier,
    inputs: LiteralMap,
    how: Start,
) -> Result<Started, StartError> {
    let request = request(task, inputs, how);
    let id = WorkflowExecutionIdentifier {
        project: request.project.clone(),
        domain: request.domain.clone(),
        name: request.name.clone(),
        ..Default::default()
    };
    match admin.create_execution(request.clone()).await {
        Ok(answer) => Ok(Started {
            id: answer.id.unwrap_or(id),
            before: false,
        }),
        Err(error) if error.code() == Code::AlreadyExists => {
            if is_same(admin, &id, &request).await? {
                Ok(Started { id, before: true })
            } else {
                Err(StartError::NameTaken(id))
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a run is the requested one: the task with these inputs.
async fn is_same(
    admin: &Admin,
    id: &WorkflowExecutionIdentifier,
    request: &ExecutionCreateRequest,
) -> Result<bool, AdminError> {
    let task = |spec: &Option<ExecutionSpec>| {
        let task = spec.as_ref()?.launch_plan.clone()?;
        Some((
            task.resource_type,
            task.project,
            task.domain,
            task.name,
            task.version,
        ))
    };
    let asked = WorkflowExecutionGetRequest {
        id: Some(id.clone()),
    };
    let there = admin.get_execution(asked).await?;
    if task(&there.spec) != task(&request.spec) {
        return Ok(false);
    }
    let asked = WorkflowExecutionGetDataRequest {
        id: Some(id.clone()),
    };
    let data = admin.get_execution_data(asked).await?;
    Ok(data.full_inputs.unwrap_or_default() == request.inputs.clone().unwrap_or_default())
}

/// A run's name in Flyte's format: a letter, then letters and digits, twenty characters in all.
///
/// With a name, the request can be repeated if its answer is lost, and still starts only one run.
fn new_name() -> String {
    format!("f{}", &unique()[..19])
}

fn request(task: &Identifier, inputs: LiteralMap, how: Start) -> ExecutionCreateRequest {
    let is_given = |values: &BTreeMap<String, String>| !values.is_empty();
    let spec = ExecutionSpec {
        // A task stands for the launch plan that Flyte creates for it.
        launch_plan: Some(task.clone()),
        metadata: Some(ExecutionMetadata {
            // Flyte replaces this by the signed-in user.
            principal: "placeholder".to_owned(),
            ..Default::default()
        }),
        notification_overrides: Some(NotificationOverrides::DisableAll(how.disable_notifications)),
        labels: Some(how.labels)
            .filter(is_given)
            .map(|values| Labels { values }),
        annotations: Some(how.annotations)
            .filter(is_given)
            .map(|values| Annotations { values }),
        security_context: how.service_account.map(|account| SecurityContext {
            run_as: Some(Identity {
                k8s_service_account: account,
                ..Default::default()
            }),
            ..Default::default()
        }),
        max_parallelism: how.max_parallelism,
        raw_output_data_config: how.raw_output_prefix.map(|prefix| RawOutputDataConfig {
            output_location_prefix: prefix,
        }),
        cluster_assignment: how.cluster_pool.map(|pool| ClusterAssignment {
            cluster_pool_name: pool,
        }),
        interruptible: how.interruptible,
        overwrite_cache: how.overwrite_cache,
        envs: Some(how.env).filter(is_given).map(|env| Envs {
            values: env
                .into_iter()
                .map(|(key, value)| KeyValuePair { key, value })
                .collect(),
        }),
        tags: how.tags,
        execution_cluster_label: how
            .cluster_label
            .map(|value| ExecutionClusterLabel { value }),
    };
    ExecutionCreateRequest {
        project: task.project.clone(),
        domain: task.domain.clone(),
        name: how.name.unwrap_or_else(new_name),
        spec: Some(spec),
        inputs: Some(inputs),
        ..Default::default()
    }
}
