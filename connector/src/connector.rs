//! The traits of connectors.

use std::future::Future;

use flytekit_proto::flyteidl::admin::LogLine;
use flytekit_proto::flyteidl::core::ExecutionMetricResult;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Call, Failure, NewTask, Resource, TaskType};

/// Starts, watches and ends jobs of some task types.
///
/// Calls for one job can reach different processes, so [`Connector::Job`], which Flyte stores, must contain
/// everything that a later call needs. It is written as JSON, like the dataclasses of flytekit's connectors,
/// so a connector in Rust can continue with jobs that a connector in Python has started. It must not contain
/// a secret, because everybody who can see the run in Flyte can see it.
///
/// A call can be repeated, and its answer can be lost. `create` must start only one job for each
/// [`NewTask::key`], and `delete` must succeed for a job that has ended or does not exist.
pub trait Connector: Send + Sync + 'static {
    /// The resource meta: the part of a job that Flyte stores.
    type Job: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The connector's name.
    fn name(&self) -> &str;

    /// The task types that it serves.
    fn task_types(&self) -> Vec<TaskType>;

    /// Starts a job.
    ///
    /// The call runs to its end even if the caller has gone. The server then deletes the job.
    ///
    /// # Errors
    ///
    /// If no job was started.
    fn create(&self, task: NewTask) -> impl Future<Output = Result<Self::Job, Failure>> + Send;

    /// Reports the state of a job.
    ///
    /// # Errors
    ///
    /// If the state is unknown; Flyte asks again, a few times. A failed job is not an error.
    fn get(
        &self,
        job: &Self::Job,
        call: &Call,
    ) -> impl Future<Output = Result<Resource, Failure>> + Send;

    /// Ends a job.
    ///
    /// # Errors
    ///
    /// If the job may still be running.
    fn delete(
        &self,
        job: &Self::Job,
        call: &Call,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Metrics of a job.
    ///
    /// # Errors
    ///
    /// If the connector has no metrics of the job.
    fn metrics(
        &self,
        job: &Self::Job,
        query: &MetricsQuery,
    ) -> impl Future<Output = Result<Vec<ExecutionMetricResult>, Failure>> + Send {
        let _ = (job, query);
        let name = self.name();
        let failure = Failure::unimplemented(format!("{name} has no metrics of jobs"));
        std::future::ready(Err(failure))
    }

    /// The log of a job.
    ///
    /// # Errors
    ///
    /// If the connector has no log of the job.
    fn logs(
        &self,
        job: &Self::Job,
        query: &LogsQuery,
    ) -> impl Future<Output = Result<Logs, Failure>> + Send {
        let _ = (job, query);
        let name = self.name();
        let failure = Failure::unimplemented(format!("{name} has no logs of jobs"));
        std::future::ready(Err(failure))
    }
}

/// A connector that returns the result directly, for short jobs.
pub trait SyncConnector: Send + Sync + 'static {
    /// The connector's name.
    fn name(&self) -> &str;

    /// The task types that it serves.
    fn task_types(&self) -> Vec<TaskType>;

    /// Runs a job to its end.
    ///
    /// # Errors
    ///
    /// If it cannot run; a failed job is not an error.
    fn execute(&self, task: NewTask) -> impl Future<Output = Result<Resource, Failure>> + Send;
}

/// The requested metrics.
#[derive(Clone, Debug, Default)]
pub struct MetricsQuery {
    /// The queries, in the language of the metrics' server, for example `PromQL`.
    pub queries: Vec<String>,
    /// The start of the time range.
    pub start: Option<prost_types::Timestamp>,
    /// The end of the time range.
    pub end: Option<prost_types::Timestamp>,
    /// The time between two points.
    pub step: Option<prost_types::Duration>,
}

/// The requested lines of a log.
#[derive(Clone, Debug, Default)]
pub struct LogsQuery {
    /// The number of lines; 0 leaves it to the connector.
    pub lines: u64,
    /// [`Logs::token`] of an earlier answer; empty at first.
    pub token: String,
}

/// Lines of a log.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    /// The lines, in order.
    pub lines: Vec<LogLine>,
    /// The token for the following lines; empty at the end.
    pub token: String,
}
