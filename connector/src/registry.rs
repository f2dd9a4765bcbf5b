//! The connectors of a server.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use flytekit_proto::flyteidl::admin::{Agent, TaskCategory};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::json;
use crate::{
    Call, Connector, Failure, Logs, LogsQuery, MetricsQuery, NewTask, Resource, SyncConnector,
};
use flytekit_proto::flyteidl::core::ExecutionMetricResult;

/// A task type and its version, by which Flyte finds the connector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskType {
    /// `TaskTemplate.type`.
    pub name: String,
    /// `TaskTemplate.task_type_version`.
    pub version: i32,
}

impl TaskType {
    /// Version 0, which nearly all tasks have.
    pub fn new(name: impl Into<String>) -> Self {
        TaskType {
            name: name.into(),
            version: 0,
        }
    }
}

impl fmt::Display for TaskType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_v{}", self.name, self.version)
    }
}

/// The connectors of a server.
#[derive(Default)]
pub struct Connectors {
    by_type: BTreeMap<TaskType, Served>,
    agents: Vec<Agent>,
}

/// The error of two connectors for one task type.
#[derive(Debug, PartialEq, Eq)]
pub struct Duplicate {
    task_type: TaskType,
    names: [String; 2],
}

impl fmt::Display for Duplicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Duplicate {
            task_type,
            names: [first, second],
        } = self;
        write!(
            f,
            "`{first}` and `{second}` are both for the task type {task_type}: leave one of them out"
        )
    }
}

impl Error for Duplicate {}

impl Connectors {
    /// Creates an empty set of connectors.
    pub fn new() -> Self {
        Connectors::default()
    }

    /// Adds a connector.
    ///
    /// # Errors
    ///
    /// If there is already a connector for its task type.
    pub fn with(self, connector: impl Connector) -> Result<Self, Duplicate> {
        let (name, types) = (connector.name().to_owned(), connector.task_types());
        self.add(name, types, &Served::Job(Arc::new(connector)))
    }

    /// Adds a connector that returns results directly.
    ///
    /// # Errors
    ///
    /// If there is already a connector for its task type.
    pub fn with_sync(self, connector: impl SyncConnector) -> Result<Self, Duplicate> {
        let (name, types) = (connector.name().to_owned(), connector.task_types());
        self.add(name, types, &Served::Result(Arc::new(connector)))
    }

    fn add(
        mut self,
        name: String,
        types: Vec<TaskType>,
        served: &Served,
    ) -> Result<Self, Duplicate> {
        for task_type in &types {
            if let Some(other) = self.by_type.insert(task_type.clone(), served.clone()) {
                let names = [other.name().to_owned(), name];
                let task_type = task_type.clone();
                return Err(Duplicate { task_type, names });
            }
        }
        self.agents.push(Agent {
            name,
            supported_task_types: types.iter().map(|it| it.name.clone()).collect(),
            is_sync: matches!(served, Served::Result(_)),
            supported_task_categories: types.into_iter().map(category).collect(),
        });
        Ok(self)
    }

    /// The descriptions of the connectors, for Flyte.
    pub(crate) fn agents(&self) -> &[Agent] {
        &self.agents
    }

    pub(crate) fn of(&self, task_type: &TaskType) -> Option<&Served> {
        self.by_type.get(task_type)
    }
}

fn category(TaskType { name, version }: TaskType) -> TaskCategory {
    TaskCategory { name, version }
}

/// A connector of either kind.
#[derive(Clone)]
pub(crate) enum Served {
    Job(Arc<dyn Jobs>),
    Result(Arc<dyn Results>),
}

impl Served {
    pub(crate) fn name(&self) -> &str {
        match self {
            Served::Job(jobs) => jobs.name(),
            Served::Result(results) => results.name(),
        }
    }
}

/// A [`Connector`], with jobs as bytes.
pub(crate) trait Jobs: Send + Sync {
    fn name(&self) -> &str;
    fn create(&self, task: NewTask) -> BoxFuture<'_, Result<Vec<u8>, Failure>>;
    fn get<'a>(&'a self, job: &'a [u8], call: &'a Call)
    -> BoxFuture<'a, Result<Resource, Failure>>;
    fn delete<'a>(&'a self, job: &'a [u8], call: &'a Call) -> BoxFuture<'a, Result<(), Failure>>;
    fn metrics<'a>(
        &'a self,
        job: &'a [u8],
        query: &'a MetricsQuery,
    ) -> BoxFuture<'a, Result<Vec<ExecutionMetricResult>, Failure>>;
    fn logs<'a>(
        &'a self,
        job: &'a [u8],
        query: &'a LogsQuery,
    ) -> BoxFuture<'a, Result<Logs, Failure>>;
}

impl<C: Connector> Jobs for C {
    fn name(&self) -> &str {
        Connector::name(self)
    }

    fn create(&self, task: NewTask) -> BoxFuture<'_, Result<Vec<u8>, Failure>> {
        async move { written(&Connector::create(self, task).await?) }.boxed()
    }

    fn get<'a>(
        &'a self,
        job: &'a [u8],
        call: &'a Call,
    ) -> BoxFuture<'a, Result<Resource, Failure>> {
        async move { Connector::get(self, &read(job)?, call).await }.boxed()
    }

    fn delete<'a>(&'a self, job: &'a [u8], call: &'a Call) -> BoxFuture<'a, Result<(), Failure>> {
        async move { Connector::delete(self, &read(job)?, call).await }.boxed()
    }

    fn metrics<'a>(
        &'a self,
        job: &'a [u8],
        query: &'a MetricsQuery,
    ) -> BoxFuture<'a, Result<Vec<ExecutionMetricResult>, Failure>> {
        async move { Connector::metrics(self, &read(job)?, query).await }.boxed()
    }

    fn logs<'a>(
        &'a self,
        job: &'a [u8],
        query: &'a LogsQuery,
    ) -> BoxFuture<'a, Result<Logs, Failure>> {
        async move { Connector::logs(self, &read(job)?, query).await }.boxed()
    }
}

/// A [`SyncConnector`].
pub(crate) trait Results: Send + Sync {
    fn name(&self) -> &str;
    fn execute(&self, task: NewTask) -> BoxFuture<'_, Result<Resource, Failure>>;
}

impl<C: SyncConnector> Results for C {
    fn name(&self) -> &str {
        SyncConnector::name(self)
    }

    fn execute(&self, task: NewTask) -> BoxFuture<'_, Result<Resource, Failure>> {
        SyncConnector::execute(self, task).boxed()
    }
}

fn written(job: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(job).map_err(|error| {
        Failure::internal(format!(
            "cannot encode the resource meta of the job: {error}"
        ))
    })
}

fn read<Job: serde::de::DeserializeOwned>(job: &[u8]) -> Result<Job, Failure> {
    json::read(job).map_err(|reason| {
        Failure::internal(format!(
            "cannot read `resource_meta`: expected JSON that a connector of this task type has written: {reason}"
        ))
    })
}
