//! Requests to connectors.

use std::time::Instant;

use flytekit_proto::flyteidl::admin::TaskExecutionMetadata;
use flytekit_proto::flyteidl::core::{LiteralMap, TaskTemplate};
use flytekit_proto::flyteidl2::core::Connection;

/// A task, for which a connector starts a job.
#[derive(Clone, Debug, Default)]
pub struct NewTask {
    /// The template, in which Flyte has replaced the placeholders of the container's args.
    pub template: TaskTemplate,
    /// The values of the inputs.
    pub inputs: LiteralMap,
    /// The run of the task, if the caller names it.
    pub execution: Option<TaskExecutionMetadata>,
    /// The data that all calls have.
    pub call: Call,
}

impl NewTask {
    /// The name of this attempt of the task in Flyte, which is the same when Flyte asks again; `None` if the
    /// caller does not name the run.
    ///
    /// A service that supports such keys starts no second job for it.
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

/// The data that all calls have.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The folder for `outputs.pb` and `error.pb`; empty if the caller does not name it, as for `delete`.
    pub output_prefix: String,
    /// The values of the task's secrets, which Flyte 2 sends with each call.
    pub connection: Option<Connection>,
    /// The caller's deadline.
    pub deadline: Option<Instant>,
}

impl Call {
    /// The value of a secret from Flyte 2.
    pub fn secret(&self, name: &str) -> Option<&str> {
        let value = self.connection.as_ref()?.secrets.get(name)?;
        Some(value).filter(|it| !it.is_empty()).map(String::as_str)
    }

    /// Whether the caller has given up.
    pub(crate) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|it| it <= Instant::now())
    }
}
