//! The stubs work together without a transport: a client that is created from a server calls it in this
//! process.
#![cfg(feature = "grpc")]

use flytekit_proto::flyteidl::admin::{
    Agent, GetAgentRequest, GetAgentResponse, ListAgentsRequest, ListAgentsResponse,
};
use flytekit_proto::flyteidl::service::agent_metadata_service_client::AgentMetadataServiceClient;
use flytekit_proto::flyteidl::service::agent_metadata_service_server::{
    AgentMetadataService, AgentMetadataServiceServer,
};
use tonic::{Code, Request, Response, Status};

struct OneAgent;

#[tonic::async_trait]
impl AgentMetadataService for OneAgent {
    async fn get_agent(
        &self,
        request: Request<GetAgentRequest>,
    ) -> Result<Response<GetAgentResponse>, Status> {
        match request.into_inner().name.as_str() {
            "one" => Ok(Response::new(GetAgentResponse { agent: Some(one()) })),
            other => Err(Status::not_found(format!("no agent is called `{other}`"))),
        }
    }

    async fn list_agents(
        &self,
        _: Request<ListAgentsRequest>,
    ) -> Result<Response<ListAgentsResponse>, Status> {
        Ok(Response::new(ListAgentsResponse {
            agents: vec![one()],
        }))
    }
}

fn one() -> Agent {
    Agent {
        name: "one".to_owned(),
        is_sync: true,
        ..Agent::default()
    }
}

#[tokio::test]
async fn a_client_calls_a_server() {
    let mut client = AgentMetadataServiceClient::new(AgentMetadataServiceServer::new(OneAgent));
    let found = client
        .get_agent(GetAgentRequest {
            name: "one".to_owned(),
        })
        .await
        .unwrap();
    assert_eq!(found.into_inner().agent, Some(one()));
    let missing = client
        .get_agent(GetAgentRequest {
            name: "two".to_owned(),
        })
        .await
        .unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
}
