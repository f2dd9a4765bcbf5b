//! `flyteidl2.connector`: connectors, in Flyte 2's words.

use std::sync::Arc;

use flytekit_proto::flyteidl::admin::{
    Agent, CreateTaskResponse, DeleteTaskResponse, GetTaskMetricsResponse, GetTaskResponse, State,
};
use flytekit_proto::flyteidl2::connector::async_connector_service_server::AsyncConnectorService;
use flytekit_proto::flyteidl2::connector::connector_metadata_service_server::ConnectorMetadataService;
use flytekit_proto::flyteidl2::connector::{
    Connector, CreateTaskRequest, DeleteTaskRequest, GetConnectorRequest, GetConnectorResponse,
    GetTaskLogsRequest, GetTaskMetricsRequest, GetTaskRequest, ListConnectorsRequest,
    ListConnectorsResponse,
};
use tonic::{Request, Response, Status, async_trait};

use super::{LogStream, log_stream, task_type};
use crate::handlers::Handlers;
use crate::timeout::deadline;
use crate::{Call, LogsQuery, MetricsQuery, NewTask};

/// The services of Flyte 2.
pub(super) struct Flyte2(pub(super) Arc<Handlers>);

#[async_trait]
impl AsyncConnectorService for Flyte2 {
    async fn create_task(
        &self,
        request: Request<CreateTaskRequest>,
    ) -> Result<Response<CreateTaskResponse>, Status> {
        let deadline = deadline(request.metadata());
        let request = request.into_inner();
        let task = NewTask {
            template: request.template.unwrap_or_default(),
            inputs: request.inputs.unwrap_or_default(),
            call: Call {
                output_prefix: request.output_prefix,
                connection: request.connection,
                deadline,
            },
            execution: request.task_execution_metadata,
        };
        let resource_meta = self.0.create(task).await?;
        Ok(Response::new(CreateTaskResponse { resource_meta }))
    }

    async fn get_task(
        &self,
        request: Request<GetTaskRequest>,
    ) -> Result<Response<GetTaskResponse>, Status> {
        let deadline = deadline(request.metadata());
        let request = request.into_inner();
        let task_type = task_type(request.task_category, String::new());
        let call = Call {
            output_prefix: request.output_prefix,
            connection: request.connection,
            deadline,
        };
        let mut resource = self.0.get(task_type, &request.resource_meta, &call).await?;
        // A field that Flyte 2 does not have: its default is not sent.
        resource.state = State::RetryableFailure.into();
        let resource = Some(resource);
        Ok(Response::new(GetTaskResponse { resource }))
    }

    async fn delete_task(
        &self,
        request: Request<DeleteTaskRequest>,
    ) -> Result<Response<DeleteTaskResponse>, Status> {
        let deadline = deadline(request.metadata());
        let request = request.into_inner();
        let task_type = task_type(request.task_category, String::new());
        let call = Call {
            output_prefix: String::new(),
            connection: request.connection,
            deadline,
        };
        let job = &request.resource_meta;
        self.0.delete(task_type, job, &call).await?;
        Ok(Response::new(DeleteTaskResponse {}))
    }

    async fn get_task_metrics(
        &self,
        request: Request<GetTaskMetricsRequest>,
    ) -> Result<Response<GetTaskMetricsResponse>, Status> {
        let request = request.into_inner();
        let task_type = task_type(request.task_category, String::new());
        let query = MetricsQuery {
            queries: request.queries,
            start: request.start_time,
            end: request.end_time,
            step: request.step,
        };
        let job = &request.resource_meta;
        let results = self.0.task_metrics(task_type, job, &query).await?;
        Ok(Response::new(GetTaskMetricsResponse { results }))
    }

    type GetTaskLogsStream = LogStream;

    async fn get_task_logs(
        &self,
        request: Request<GetTaskLogsRequest>,
    ) -> Result<Response<LogStream>, Status> {
        let request = request.into_inner();
        let task_type = task_type(request.task_category, String::new());
        let query = LogsQuery {
            lines: request.lines,
            token: request.token,
        };
        let job = &request.resource_meta;
        let logs = self.0.logs(task_type, job, &query).await?;
        Ok(Response::new(log_stream(logs)))
    }
}

#[async_trait]
impl ConnectorMetadataService for Flyte2 {
    async fn get_connector(
        &self,
        request: Request<GetConnectorRequest>,
    ) -> Result<Response<GetConnectorResponse>, Status> {
        let agent = self.0.agent(&request.into_inner().name)?;
        let connector = Some(connector(agent));
        Ok(Response::new(GetConnectorResponse { connector }))
    }

    async fn list_connectors(
        &self,
        _: Request<ListConnectorsRequest>,
    ) -> Result<Response<ListConnectorsResponse>, Status> {
        // Flyte 2 has no service for results.
        let agents = self.0.agents().iter().filter(|agent| !agent.is_sync);
        let connectors = agents.map(connector).collect();
        Ok(Response::new(ListConnectorsResponse { connectors }))
    }
}

fn connector(agent: &Agent) -> Connector {
    Connector {
        name: agent.name.clone(),
        supported_task_categories: agent.supported_task_categories.clone(),
    }
}
