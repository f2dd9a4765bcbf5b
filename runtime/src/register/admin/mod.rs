//! Flyte Admin and its data proxy, over gRPC.

mod channel;
mod error;

use std::time::Duration;

use flytekit_proto::flyteidl::admin::{
    Execution, ExecutionCreateRequest, ExecutionCreateResponse, ExecutionTerminateRequest,
    ExecutionTerminateResponse, NodeExecutionList, NodeExecutionListRequest, ObjectGetRequest,
    ResourceListRequest, Task, TaskCreateRequest, TaskCreateResponse, TaskExecutionList,
    TaskExecutionListRequest, TaskList, WorkflowExecutionGetDataRequest,
    WorkflowExecutionGetDataResponse, WorkflowExecutionGetRequest,
};
use flytekit_proto::flyteidl::service::admin_service_client::AdminServiceClient;
use flytekit_proto::flyteidl::service::data_proxy_service_client::DataProxyServiceClient;
use flytekit_proto::flyteidl::service::{
    CreateUploadLocationRequest, CreateUploadLocationResponse,
};
use tonic::{Code, Response, Status};

pub(crate) use error::AdminError;

use super::settings::Platform;
use channel::Channel;

/// A connection to Flyte Admin, which clones share.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    channel: Channel,
}

/// How long one call may take; it is made again where that can help.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a call that failed is made again.
const RETRIES: u32 = 4;

/// The pause before the first time; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// A method of [`Admin`] for one of a service's.
macro_rules! call {
    ($(#[$doc:meta])* $name:ident($client:ident, $request:ty) -> $response:ty) => {
        $(#[$doc])*
        pub(crate) async fn $name(&self, request: $request) -> Result<$response, AdminError> {
            self.retried(stringify!($name), || {
                let (mut client, request) = ($client::new(self.channel.clone()), request.clone());
                async move { client.$name(request).await }
            })
            .await
        }
    };
}

impl Admin {
    /// Connects, which does not ask anything yet.
    ///
    /// # Errors
    ///
    /// When the address is none, or its certificates cannot be read.
    pub(crate) fn connect(platform: &Platform) -> Result<Self, AdminError> {
        Ok(Admin {
            channel: channel::connect(platform)?,
        })
    }

    call!(
        /// Registers a task.
        create_task(AdminServiceClient, TaskCreateRequest) -> TaskCreateResponse
    );
    call!(
        /// One version of a task.
        get_task(AdminServiceClient, ObjectGetRequest) -> Task
    );
    call!(
        /// Versions of a task.
        list_tasks(AdminServiceClient, ResourceListRequest) -> TaskList
    );
    call!(
        /// Starts a run.
        create_execution(AdminServiceClient, ExecutionCreateRequest) -> ExecutionCreateResponse
    );
    call!(
        /// How far a run is.
        get_execution(AdminServiceClient, WorkflowExecutionGetRequest) -> Execution
    );
    call!(
        /// A run's inputs and outputs.
        get_execution_data(AdminServiceClient, WorkflowExecutionGetDataRequest)
            -> WorkflowExecutionGetDataResponse
    );
    call!(
        /// The nodes of a run.
        list_node_executions(AdminServiceClient, NodeExecutionListRequest) -> NodeExecutionList
    );
    call!(
        /// The attempts to run a node's task.
        list_task_executions(AdminServiceClient, TaskExecutionListRequest) -> TaskExecutionList
    );
    call!(
        /// Ends a run.
        terminate_execution(AdminServiceClient, ExecutionTerminateRequest)
            -> ExecutionTerminateResponse
    );
    call!(
        /// Where a file may be uploaded to.
        create_upload_location(DataProxyServiceClient, CreateUploadLocationRequest)
            -> CreateUploadLocationResponse
    );

    /// Makes a call, again if it fails in a way that passes.
    async fn retried<T, F>(&self, what: &'static str, call: impl Fn() -> F) -> Result<T, AdminError>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let mut tries = 0;
        loop {
            let status = match tokio::time::timeout(PATIENCE, call()).await {
                Ok(Ok(response)) => return Ok(response.into_inner()),
                Ok(Err(status)) => status,
                Err(_) => Status::deadline_exceeded("no answer"),
            };
            if tries == RETRIES || status.code() != Code::Unavailable {
                return Err(AdminError::of_call(what, &status));
            }
            tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(tries)).await;
            tries += 1;
        }
    }
}
