//! Starting a run, once.

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

/// How a task shall be run. What is unset is as the project has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    /// The run's name; one that no other has, if there is none.
    pub(crate) name: Option<String>,
    /// Environment variables of the container, beside those of the task.
    pub(crate) env: BTreeMap<String, String>,
    /// Kubernetes labels of the run.
    pub(crate) labels: BTreeMap<String, String>,
    /// Kubernetes annotations of the run.
    pub(crate) annotations: BTreeMap<String, String>,
    /// Words to find it by in the console.
    pub(crate) tags: Vec<String>,
    /// The Kubernetes service account that it runs as.
    pub(crate) service_account: Option<String>,
    /// Where files and tables that it returns go.
    pub(crate) raw_output_prefix: Option<String>,
    /// How many of its nodes may run at once; as the project has it, if zero.
    pub(crate) max_parallelism: i32,
    /// Whether it may run on machines that can be taken away.
    pub(crate) interruptible: Option<bool>,
    /// Whether to compute what is in the cache anew.
    pub(crate) overwrite_cache: bool,
    /// Whether nobody shall be told when it ends.
    pub(crate) disable_notifications: bool,
    /// The clusters that it may run on, by the name of their pool.
    pub(crate) cluster_pool: Option<String>,
    /// The same by a label.
    pub(crate) cluster_label: Option<String>,
}

/// A run.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    /// Its name, and where it is.
    pub(crate) id: WorkflowExecutionIdentifier,
    /// Whether somebody has started it before.
    pub(crate) before: bool,
}

/// Why a run was not started.
#[derive(Debug)]
pub(crate) enum StartError {
    /// Flyte was not asked, did not answer, or refused.
    Admin(AdminError),
    /// There is a run of this name, of another task or with other inputs.
    NameTaken(WorkflowExecutionIdentifier),
}

impl From<AdminError> for StartError {
    fn from(error: AdminError) -> Self {
        StartError::Admin(error)
    }
}

/// Starts a run of a task. If there is one already that has its name, it must be the same.
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

/// Whether a run is what is asked for: the task with these inputs.
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

/// The name of a run, such as Flyte gives: a letter, then letters and digits, twenty in all.
///
/// With a name the request may be made again if its answer is lost, and still there is one run.
fn new_name() -> String {
    format!("f{}", &unique()[..19])
}

fn request(task: &Identifier, inputs: LiteralMap, how: Start) -> ExecutionCreateRequest {
    let is_given = |values: &BTreeMap<String, String>| !values.is_empty();
    let spec = ExecutionSpec {
        // A task stands for the launch plan that Flyte makes for it.
        launch_plan: Some(task.clone()),
        metadata: Some(ExecutionMetadata {
            // Flyte replaces it by who has signed in.
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
