//! The handlers of all calls, for both generations of Flyte.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use flytekit_proto::flyteidl::admin::{self, Agent};
use flytekit_proto::flyteidl::core::ExecutionMetricResult;
use prost::Message as _;
use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::{Code, Status};
use tracing::{info, warn};

use crate::creations::{Creations, caught};
use crate::metrics::Metrics;
use crate::registry::{Connectors, Jobs, Served, TaskType};
use crate::{Call, Failure, Limits, Logs, LogsQuery, MetricsQuery, NewTask};

/// The metrics' label of unknown task types, because callers can send any number of them.
const UNKNOWN: &str = "unknown";

/// The handlers of all connectors of a server.
pub(crate) struct Handlers {
    connectors: Connectors,
    creations: Arc<Creations>,
    metrics: Metrics,
    permits: Semaphore,
}

impl Handlers {
    pub(crate) fn new(connectors: Connectors, limits: &Limits) -> Self {
        Handlers {
            connectors,
            creations: Creations::new(limits.abandoned_after),
            metrics: Metrics::new(),
            permits: Semaphore::new(limits.concurrent_calls.clamp(1, Semaphore::MAX_PERMITS)),
        }
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn creations(&self) -> &Creations {
        &self.creations
    }

    pub(crate) fn agents(&self) -> &[Agent] {
        self.connectors.agents()
    }

    /// The description of a connector.
    pub(crate) fn agent(&self, name: &str) -> Result<&Agent, Status> {
        let found = self.agents().iter().find(|agent| agent.name == name);
        found.ok_or_else(|| {
            let names: Vec<_> = self.agents().iter().map(|it| &*it.name).collect();
            Status::not_found(format!(
                "Cannot find connector for name: {name}. There are: {}.",
                names.join(", ")
            ))
        })
    }

    pub(crate) async fn create(&self, task: NewTask) -> Result<Vec<u8>, Status> {
        let task_type = of_template(&task);
        self.answer("create", &task_type, async |served| {
            let jobs = jobs(served)?;
            self.metrics
                .input(&task_type.name, task.inputs.encoded_len());
            self.creations.create(jobs, task).await
        })
        .await
    }

    pub(crate) async fn get(
        &self,
        task_type: TaskType,
        job: &[u8],
        call: &Call,
    ) -> Result<admin::Resource, Status> {
        self.answer("get", &task_type, async |served| {
            let resource = caught(jobs(served)?.get(job, call)).await?;
            Ok(resource.into_message())
        })
        .await
    }

    pub(crate) async fn delete(
        &self,
        task_type: TaskType,
        job: &[u8],
        call: &Call,
    ) -> Result<(), Status> {
        self.answer("delete", &task_type, async |served| {
            caught(jobs(served)?.delete(job, call)).await
        })
        .await
    }

    pub(crate) async fn task_metrics(
        &self,
        task_type: TaskType,
        job: &[u8],
        query: &MetricsQuery,
    ) -> Result<Vec<ExecutionMetricResult>, Status> {
        self.answer("metrics", &task_type, async |served| {
            caught(jobs(served)?.metrics(job, query)).await
        })
        .await
    }

    pub(crate) async fn logs(
        &self,
        task_type: TaskType,
        job: &[u8],
        query: &LogsQuery,
    ) -> Result<Logs, Status> {
        self.answer("logs", &task_type, async |served| {
            caught(jobs(served)?.logs(job, query)).await
        })
        .await
    }

    /// Runs a job to its end.
    pub(crate) async fn execute(&self, task: NewTask) -> Result<admin::Resource, Status> {
        let task_type = of_template(&task);
        self.answer("do", &task_type, async |served| match served {
            Served::Result(results) => Ok(caught(results.execute(task)).await?.into_message()),
            Served::Job(jobs) => Err(Failure::unimplemented(format!(
                "[{}] does not support sync execution",
                jobs.name()
            ))),
        })
        .await
    }

    /// Finds the connector, waits for a free place, and counts the result.
    async fn answer<T>(
        &self,
        operation: &str,
        task_type: &TaskType,
        call: impl AsyncFnOnce(&Served) -> Result<T, Failure>,
    ) -> Result<T, Status> {
        let began = Instant::now();
        let name = &task_type.name;
        let Some(served) = self.connectors.of(task_type) else {
            warn!(operation, %task_type, "no connector for the task type");
            self.metrics
                .ended(UNKNOWN, operation, began.elapsed(), Code::NotFound);
            return Err(Status::not_found(format!(
                "Cannot find connector for task type: {name}."
            )));
        };
        let _turn = self.turn().await?;
        let _active = self.metrics.begins();
        let answer = call(served).await;
        let took = began.elapsed();
        let answer = answer.map_err(|failure| {
            warn!(operation, %task_type, ?took, %failure, "failed");
            failure.status(operation, name)
        });
        if answer.is_ok() {
            info!(operation, %task_type, ?took, "done");
        }
        let code = answer.as_ref().map_or_else(Status::code, |_| Code::Ok);
        self.metrics.ended(name, operation, took, code);
        answer
    }

    fn turn(&self) -> impl Future<Output = Result<SemaphorePermit<'_>, Status>> {
        let permit = self.permits.acquire();
        async {
            permit
                .await
                .map_err(|_| Status::unavailable("the server ends"))
        }
    }
}

fn of_template(task: &NewTask) -> TaskType {
    TaskType {
        name: task.template.r#type.clone(),
        version: task.template.task_type_version,
    }
}

fn jobs(served: &Served) -> Result<Arc<dyn Jobs>, Failure> {
    match served {
        Served::Job(jobs) => Ok(jobs.clone()),
        Served::Result(results) => Err(Failure::unimplemented(format!(
            "[{}] returns results directly: it has no jobs",
            results.name()
        ))),
    }
}
