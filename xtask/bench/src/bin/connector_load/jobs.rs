//! The calls that Flyte makes to the server.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use flytekit_proto::flyteidl::admin::{
    CreateTaskRequest, DeleteTaskRequest, GetTaskRequest, TaskCategory, TaskExecutionMetadata,
};
use flytekit_proto::flyteidl::core::{
    Container, Identifier, NodeExecutionIdentifier, TaskExecutionIdentifier, TaskTemplate,
    WorkflowExecutionIdentifier, task_execution, task_template::Target,
};
use flytekit_proto::flyteidl::service::async_agent_service_client::AsyncAgentServiceClient;
use prost_types::value::Kind;
use prost_types::{Struct, Value};
use tokio::time::sleep;
use tonic::transport::{Channel, Endpoint};

/// The time for the server to start.
const START: Duration = Duration::from_secs(120);

/// The time for a call, which waits for all the others.
const CALL: Duration = Duration::from_secs(600);

/// Calls the server on one connection, as Flyte does.
#[derive(Clone)]
pub(crate) struct Jobs(AsyncAgentServiceClient<Channel>);

impl Jobs {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}"))?.timeout(CALL);
        let began = Instant::now();
        loop {
            match endpoint.connect().await {
                Ok(channel) => return Ok(Jobs(AsyncAgentServiceClient::new(channel))),
                Err(error) if began.elapsed() > START => {
                    return Err(error).context("the server does not start");
                }
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Runs a job from its start to its end, and adds the time of each call.
    pub(crate) async fn whole(&self, name: &str, latencies: &mut Vec<Duration>) -> Result<()> {
        let mut timed = Instant::now();
        let mut lap = || latencies.push(std::mem::replace(&mut timed, Instant::now()).elapsed());
        let meta = self.create(name).await?;
        lap();
        self.get(meta.clone()).await?;
        lap();
        self.delete(meta).await?;
        lap();
        Ok(())
    }

    pub(crate) async fn create(&self, name: &str) -> Result<Vec<u8>> {
        let request = CreateTaskRequest {
            template: Some(template()),
            task_execution_metadata: Some(execution(name)),
            ..CreateTaskRequest::default()
        };
        Ok(self
            .0
            .clone()
            .create_task(request)
            .await?
            .into_inner()
            .resource_meta)
    }

    pub(crate) async fn get(&self, resource_meta: Vec<u8>) -> Result<()> {
        let request = GetTaskRequest {
            resource_meta,
            task_category: Some(category()),
            ..GetTaskRequest::default()
        };
        let answer = self.0.clone().get_task(request).await?.into_inner();
        let phase = answer.resource.unwrap_or_default().phase();
        ensure!(
            phase == task_execution::Phase::Running,
            "the phase of a run is {phase:?}"
        );
        Ok(())
    }

    async fn delete(&self, resource_meta: Vec<u8>) -> Result<()> {
        let request = DeleteTaskRequest {
            resource_meta,
            task_category: Some(category()),
            ..DeleteTaskRequest::default()
        };
        self.0.clone().delete_task(request).await?;
        Ok(())
    }
}

fn category() -> TaskCategory {
    TaskCategory {
        name: "databricks".to_owned(),
        version: 0,
    }
}

fn template() -> TaskTemplate {
    let object = |name: &str, kind: Kind| Struct {
        fields: [(name.to_owned(), Value { kind: Some(kind) })].into(),
    };
    let conf = object("existing_cluster_id", Kind::StringValue("c".to_owned()));
    let args = ["pyflyte-execute", "--inputs", "s3://bucket/inputs.pb"];
    TaskTemplate {
        r#type: "databricks".to_owned(),
        custom: Some(object("databricksConf", Kind::StructValue(conf))),
        target: Some(Target::Container(Container {
            image: "image".to_owned(),
            args: args.map(str::to_owned).into(),
            ..Container::default()
        })),
        ..TaskTemplate::default()
    }
}

fn execution(name: &str) -> TaskExecutionMetadata {
    TaskExecutionMetadata {
        task_execution_id: Some(TaskExecutionIdentifier {
            task_id: Some(Identifier {
                name: "task".to_owned(),
                ..Identifier::default()
            }),
            node_execution_id: Some(NodeExecutionIdentifier {
                execution_id: Some(WorkflowExecutionIdentifier {
                    name: name.to_owned(),
                    ..WorkflowExecutionIdentifier::default()
                }),
                ..NodeExecutionIdentifier::default()
            }),
            ..TaskExecutionIdentifier::default()
        }),
        ..TaskExecutionMetadata::default()
    }
}
