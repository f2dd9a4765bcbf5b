//! The traits of connectors.

use std::future::Future;

use flytekit_proto::flyteidl::admin::LogLine;
use flytekit_proto::flyteidl::core::ExecutionMetricResult;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Call, Failure, NewTask, Resource, TaskType};

/// Starts, watches and ends jobs of some task types.
///
/// Calls of one job can come to different processes: what a later call needs is in [`Connector::Job`], which
/// Flyte keeps. It is written as JSON, as flytekit's connectors write their dataclasses, so a connector in
/// Rust can go on with jobs that one in Python has started. It is seen by all who see the run in Flyte: no
/// secret belongs there.
///
/// A call can be repeated, and its answer lost. `create` is to start one job for one [`NewTask::key`], and
/// `delete` succeeds for what has ended or is gone.
pub trait Connector: Send + Sync + 'static {
    /// The resource meta: the part of a job that Flyte stores.
    type Job: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The connector's name.
    fn name(&self) -> &str;

    /// The task types that it is for.
    fn task_types(&self) -> Vec<TaskType>;

    /// Starts a job.
    ///
    /// It runs to its end even when the caller goes away; a job that nobody has heard of is deleted then.
    ///
    /// # Errors
    ///
    /// When no job runs.
    fn create(&self, task: NewTask) -> impl Future<Output = Result<Self::Job, Failure>> + Send;

    /// Reports the state of a job.
    ///
    /// # Errors
    ///
    /// When it is not known; Flyte asks again, a few times. A job that has failed is no error.
    fn get(
        &self,
        job: &Self::Job,
        call: &Call,
    ) -> impl Future<Output = Result<Resource, Failure>> + Send;

    /// Ends a job.
    ///
    /// # Errors
    ///
    /// When it may still run.
    fn delete(
        &self,
        job: &Self::Job,
        call: &Call,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Metrics of a job.
    ///
    /// # Errors
    ///
    /// When there are none.
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
    /// When there is none.
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

    /// The task types that it is for.
    fn task_types(&self) -> Vec<TaskType>;

    /// Runs a job to its end.
    ///
    /// # Errors
    ///
    /// When it cannot be run; a job that has failed is no error.
    fn execute(&self, task: NewTask) -> impl Future<Output = Result<Resource, Failure>> + Send;
}

/// Which metrics are wanted.
#[derive(Clone, Debug, Default)]
pub struct MetricsQuery {
    /// In the language of the metrics' server, for example `PromQL`.
    pub queries: Vec<String>,
    /// From when on.
    pub start: Option<prost_types::Timestamp>,
    /// Until when.
    pub end: Option<prost_types::Timestamp>,
    /// Between two points.
    pub step: Option<prost_types::Duration>,
}

/// Which lines of a log are wanted.
#[derive(Clone, Debug, Default)]
pub struct LogsQuery {
    /// How many; 0 leaves it to the connector.
    pub lines: u64,
    /// [`Logs::token`] of an earlier answer; empty at first.
    pub token: String,
}

/// Lines of a log.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    /// In order.
    pub lines: Vec<LogLine>,
    /// Asks for what follows; empty at the end.
    pub token: String,
}
