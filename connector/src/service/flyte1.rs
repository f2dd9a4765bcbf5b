//! `flyteidl.service`: agents, in Flyte 1's words.

use std::sync::Arc;

use flytekit_proto::flyteidl::admin::{
    CreateTaskRequest, CreateTaskResponse, DeleteTaskRequest, DeleteTaskResponse,
    ExecuteTaskSyncRequest, ExecuteTaskSyncResponse, ExecuteTaskSyncResponseHeader,
    GetAgentRequest, GetAgentResponse, GetTaskLogsRequest, GetTaskMetricsRequest,
    GetTaskMetricsResponse, GetTaskRequest, GetTaskResponse, ListAgentsRequest, ListAgentsResponse,
    execute_task_sync_request, execute_task_sync_response,
};
use flytekit_proto::flyteidl::core::LiteralMap;
use flytekit_proto::flyteidl::service::agent_metadata_service_server::AgentMetadataService;
use flytekit_proto::flyteidl::service::async_agent_service_server::AsyncAgentService;
use flytekit_proto::flyteidl::service::sync_agent_service_server::SyncAgentService;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::{LogStream, log_stream, task_type};
use crate::handlers::Handlers;
use crate::timeout::deadline;
use crate::{Call, LogsQuery, MetricsQuery, NewTask};

/// The services of Flyte 1.
pub(super) struct Flyte1(pub(super) Arc<Handlers>);

#[async_trait]
impl AsyncAgentService for Flyte1 {
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
                connection: None,
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
        let task_type = task_type(request.task_category, request.task_type);
        let call = Call {
            output_prefix: request.output_prefix,
            connection: None,
            deadline,
        };
        let resource = self.0.get(task_type, &request.resource_meta, &call).await?;
        let resource = Some(resource);
        Ok(Response::new(GetTaskResponse { resource }))
    }

    async fn delete_task(
        &self,
        request: Request<DeleteTaskRequest>,
    ) -> Result<Response<DeleteTaskResponse>, Status> {
        let call = Call {
            deadline: deadline(request.metadata()),
            ..Call::default()
        };
        let request = request.into_inner();
        let task_type = task_type(request.task_category, request.task_type);
        let job = &request.resource_meta;
        self.0.delete(task_type, job, &call).await?;
        Ok(Response::new(DeleteTaskResponse {}))
    }

    async fn get_task_metrics(
        &self,
        request: Request<GetTaskMetricsRequest>,
    ) -> Result<Response<GetTaskMetricsResponse>, Status> {
        let request = request.into_inner();
        let task_type = task_type(request.task_category, request.task_type);
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
        let task_type = task_type(request.task_category, request.task_type);
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
impl SyncAgentService for Flyte1 {
    type ExecuteTaskSyncStream = BoxStream<'static, Result<ExecuteTaskSyncResponse, Status>>;

    async fn execute_task_sync(
        &self,
        request: Request<Streaming<ExecuteTaskSyncRequest>>,
    ) -> Result<Response<Self::ExecuteTaskSyncStream>, Status> {
        let deadline = deadline(request.metadata());
        let task = whole_task(request.into_inner(), deadline);
        let handlers = self.0.clone();
        // The answer begins at once: some clients send their inputs only then.
        let answer = async move {
            let resource = handlers.execute(task.await?).await?;
            let resource = Some(resource);
            let header = ExecuteTaskSyncResponseHeader { resource };
            let res = Some(execute_task_sync_response::Res::Header(header));
            Ok(ExecuteTaskSyncResponse { res })
        };
        Ok(Response::new(stream::once(answer.boxed()).boxed()))
    }
}

/// A task from its header and the inputs after it.
async fn whole_task(
    mut stream: Streaming<ExecuteTaskSyncRequest>,
    deadline: Option<std::time::Instant>,
) -> Result<NewTask, Status> {
    use execute_task_sync_request::Part;
    let Some(Part::Header(header)) = stream.message().await?.and_then(|it| it.part) else {
        return Err(Status::invalid_argument(
            "the first message of ExecuteTaskSync must be a header with the template",
        ));
    };
    let inputs = match stream.message().await?.and_then(|it| it.part) {
        Some(Part::Inputs(inputs)) => inputs,
        None => LiteralMap::default(),
        Some(Part::Header(_)) => {
            return Err(Status::invalid_argument(
                "the second message of ExecuteTaskSync must have the inputs, not another header",
            ));
        }
    };
    Ok(NewTask {
        template: header.template.unwrap_or_default(),
        inputs,
        call: Call {
            output_prefix: header.output_prefix,
            connection: None,
            deadline,
        },
        execution: header.task_execution_metadata,
    })
}

#[async_trait]
impl AgentMetadataService for Flyte1 {
    async fn get_agent(
        &self,
        request: Request<GetAgentRequest>,
    ) -> Result<Response<GetAgentResponse>, Status> {
        let agent = self.0.agent(&request.into_inner().name)?.clone();
        Ok(Response::new(GetAgentResponse { agent: Some(agent) }))
    }

    async fn list_agents(
        &self,
        _: Request<ListAgentsRequest>,
    ) -> Result<Response<ListAgentsResponse>, Status> {
        let agents = self.0.agents().to_vec();
        Ok(Response::new(ListAgentsResponse { agents }))
    }
}
