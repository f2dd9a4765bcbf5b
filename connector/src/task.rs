//! Requests to connectors.

use std::time::Instant;

use flytekit_proto::flyteidl::admin::TaskExecutionMetadata;
use flytekit_proto::flyteidl::core::{LiteralMap, TaskTemplate};
use flytekit_proto::flyteidl2::core::Connection;

/// A task to start a job for.
#[derive(Clone, Debug, Default)]
pub struct NewTask {
    /// With the placeholders of a container's arguments filled by Flyte.
    pub template: TaskTemplate,
    /// The values of its inputs.
    pub inputs: LiteralMap,
    /// The run that this is for; a caller need not tell.
    pub execution: Option<TaskExecutionMetadata>,
    /// The circumstances of the call.
    pub call: Call,
}

impl NewTask {
    /// Names this attempt of this task in Flyte, the same whenever Flyte asks again, and none when the caller
    /// does not tell what it is for.
    ///
    /// A service that knows such a key starts no second job for it.
    pub fn key(&self) -> Option<String> {
        let execution = self.execution.as_ref()?;
        let attempt = execution.task_execution_id.as_ref()?;
        let task = attempt.task_id.clone().unwrap_or_default();
        let node = attempt.node_execution_id.clone().unwrap_or_default();
        let run = node.execution_id.clone().unwrap_or_default();
        if run.name.is_empty() {
            return None;
        }
        let parts = [
            &*run.project,
            &run.domain,
            &run.name,
            &node.node_id,
            &task.project,
            &task.domain,
            &task.name,
            &task.version,
            &attempt.retry_attempt.to_string(),
        ];
        Some(parts.join("/"))
    }

    /// The Kubernetes namespace of the run; empty when there is none.
    pub fn namespace(&self) -> &str {
        self.execution.as_ref().map_or("", |it| &it.namespace)
    }
}

/// The part that all calls have in common.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Folder for `outputs.pb` and `error.pb`; empty when the caller does not tell, as for `delete`.
    pub output_prefix: String,
    /// Flyte 2 gives the values of the task's secrets with each call.
    pub connection: Option<Connection>,
    /// The caller's deadline.
    pub deadline: Option<Instant>,
}

impl Call {
    /// The value of a secret that Flyte 2 gives.
    pub fn secret(&self, name: &str) -> Option<&str> {
        let value = self.connection.as_ref()?.secrets.get(name)?;
        Some(value).filter(|it| !it.is_empty()).map(String::as_str)
    }

    /// Whether the caller has given up.
    pub(crate) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|it| it <= Instant::now())
    }
}
