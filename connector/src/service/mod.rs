//! The gRPC services.

mod flyte1;
mod flyte2;

use std::sync::Arc;

use flytekit_proto::flyteidl::admin::{
    GetTaskLogsResponse, GetTaskLogsResponseBody, GetTaskLogsResponseHeader, TaskCategory,
    get_task_logs_response::Part,
};
use flytekit_proto::flyteidl::service::agent_metadata_service_server::AgentMetadataServiceServer;
use flytekit_proto::flyteidl::service::async_agent_service_server::AsyncAgentServiceServer;
use flytekit_proto::flyteidl::service::sync_agent_service_server::SyncAgentServiceServer;
use flytekit_proto::flyteidl2::connector::async_connector_service_server::AsyncConnectorServiceServer;
use flytekit_proto::flyteidl2::connector::connector_metadata_service_server::ConnectorMetadataServiceServer;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tonic::Status;
use tonic::service::RoutesBuilder;

use crate::handlers::Handlers;
use crate::{Logs, TaskType};

/// The maximum number of lines of a log in one message.
const LINES: usize = 1000;

/// The names of the services in health checks.
pub(crate) const NAMES: [&str; 5] = [
    "flyteidl.service.AsyncAgentService",
    "flyteidl.service.SyncAgentService",
    "flyteidl.service.AgentMetadataService",
    "flyteidl2.connector.AsyncConnectorService",
    "flyteidl2.connector.ConnectorMetadataService",
];

type LogStream = BoxStream<'static, Result<GetTaskLogsResponse, Status>>;

/// Adds the services of both generations, with the same handlers.
pub(crate) fn add(routes: &mut RoutesBuilder, handlers: &Arc<Handlers>, message_size: usize) {
    let flyte1 = Arc::new(flyte1::Flyte1(handlers.clone()));
    let flyte2 = Arc::new(flyte2::Flyte2(handlers.clone()));
    let service = AsyncAgentServiceServer::from_arc(flyte1.clone());
    routes.add_service(service.max_decoding_message_size(message_size));
    let service = SyncAgentServiceServer::from_arc(flyte1.clone());
    routes.add_service(service.max_decoding_message_size(message_size));
    let service = AgentMetadataServiceServer::from_arc(flyte1);
    routes.add_service(service.max_decoding_message_size(message_size));
    let service = AsyncConnectorServiceServer::from_arc(flyte2.clone());
    routes.add_service(service.max_decoding_message_size(message_size));
    let service = ConnectorMetadataServiceServer::from_arc(flyte2);
    routes.add_service(service.max_decoding_message_size(message_size));
}

/// The task type: the category, or the older field with the name alone, whose version is 0.
fn task_type(category: Option<TaskCategory>, older: String) -> TaskType {
    match category {
        Some(TaskCategory { name, version }) if !name.is_empty() => TaskType { name, version },
        _ => TaskType::new(older),
    }
}

/// First the token, then the lines, in messages of a size that clients accept.
fn log_stream(Logs { lines, token }: Logs) -> LogStream {
    let header = Part::Header(GetTaskLogsResponseHeader { token });
    let mut parts = vec![header];
    for lines in lines.chunks(LINES) {
        parts.push(Part::Body(GetTaskLogsResponseBody {
            // For older clients.
            results: lines.iter().map(|line| line.message.clone()).collect(),
            structured_lines: lines.to_vec(),
        }));
    }
    let answers = parts
        .into_iter()
        .map(|part| Ok(GetTaskLogsResponse { part: Some(part) }));
    stream::iter(answers).boxed()
}
