//! Flyte Admin and its data proxy, over gRPC.

mod address;
mod auth;
mod certificates;
mod channel;
mod error;
mod failure;
mod http;
mod line;
mod retry;

use std::sync::Arc;
use std::time::{Duration, Instant};

use flytekit_proto::flyteidl::admin::{
    ActiveLaunchPlanRequest, Execution, ExecutionCreateRequest, ExecutionCreateResponse,
    LaunchPlan, LaunchPlanCreateRequest, LaunchPlanCreateResponse, LaunchPlanList,
    LaunchPlanUpdateRequest, LaunchPlanUpdateResponse, NamedEntityIdentifierList,
    NamedEntityIdentifierListRequest, NodeExecutionList, NodeExecutionListRequest,
    ObjectGetRequest, ResourceListRequest, Task, TaskCreateRequest, TaskCreateResponse,
    TaskExecutionList, TaskExecutionListRequest, TaskList, Workflow, WorkflowCreateRequest,
    WorkflowCreateResponse, WorkflowExecutionGetDataRequest, WorkflowExecutionGetDataResponse,
    WorkflowExecutionGetRequest, WorkflowList,
};
use flytekit_proto::flyteidl::core::WorkflowExecutionIdentifier;
use flytekit_proto::flyteidl::service::admin_service_client::AdminServiceClient;
use flytekit_proto::flyteidl::service::data_proxy_service_client::DataProxyServiceClient;
use flytekit_proto::flyteidl::service::{
    CreateUploadLocationRequest, CreateUploadLocationResponse,
};
use tonic::{Code, Request, Response, Status};

pub(crate) use error::AdminError;

use super::settings::Platform;
use crate::bounded;
use auth::Identity;
use channel::Channel;
use line::Line;
use retry::Repeat;

/// A connection to Flyte Admin. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    line: Arc<Line>,
    identity: Arc<Identity>,
    http: reqwest::Client,
}

/// The time limit for a download.
const DOWNLOAD: Duration = Duration::from_secs(10 * 60);

/// The largest answer, as in flytekit.
const LARGEST_MESSAGE: usize = 20 * 1024 * 1024;

/// Advice for a new token that is refused.
const REFUSED: &str = "the token is a new one: its issuer must issue tokens that this Flyte \
     takes; see scopes and audience";

/// Calls a method of a service over a channel.
macro_rules! over {
    ($client:ident, $name:ident) => {
        |channel, request| async move {
            let mut client = $client::new(channel).max_decoding_message_size(LARGEST_MESSAGE);
            client.$name(request).await
        }
    };
}

/// Defines a method of [`Admin`] for an idempotent method of a service.
macro_rules! call {
    ($(#[$doc:meta])* $name:ident($client:ident, $request:ty) -> $response:ty) => {
        $(#[$doc])*
        pub(crate) async fn $name(&self, request: $request) -> Result<$response, AdminError> {
            let (name, repeat) = (stringify!($name), Repeat::Harmless);
            let call = self.call(name, repeat, &request, over!($client, $name));
            // The future is large, and must not enlarge all futures that wait for it.
            Box::pin(call).await
        }
    };
}

impl Admin {
    /// Creates the connection, without any request.
    ///
    /// # Errors
    ///
    /// If the address is invalid, or its certificates cannot be read.
    pub(crate) fn connect(platform: &Platform) -> Result<Self, AdminError> {
        let line = Arc::new(Line::new(platform)?);
        let http = http::builder(platform)?.build();
        Ok(Admin {
            identity: Arc::new(Identity::new(&line)),
            http: http.map_err(|error| AdminError::of_endpoint(&platform.endpoint, &error))?,
            line,
        })
    }

    /// The client for URLs that Flyte Admin signs. Its requests have no deadline.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Downloads from a URL that Flyte Admin has signed. Errors do not show the URL.
    pub(crate) async fn download(&self, url: &str) -> Result<Vec<u8>, String> {
        let request = self.http.get(url).timeout(DOWNLOAD);
        let answer = async { request.send().await?.error_for_status() };
        let mut answer = answer.await.map_err(http::in_words)?;
        let mut content = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(http::in_words)? {
            bounded::extend(&mut content, &piece).map_err(|error| error.to_string())?;
        }
        Ok(content)
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
        /// Registers a workflow.
        create_workflow(AdminServiceClient, WorkflowCreateRequest) -> WorkflowCreateResponse
    );
    call!(
        /// One version of a workflow.
        get_workflow(AdminServiceClient, ObjectGetRequest) -> Workflow
    );
    call!(
        /// Versions of a workflow.
        list_workflows(AdminServiceClient, ResourceListRequest) -> WorkflowList
    );
    call!(
        /// Registers a launch plan.
        create_launch_plan(AdminServiceClient, LaunchPlanCreateRequest)
            -> LaunchPlanCreateResponse
    );
    call!(
        /// One version of a launch plan.
        get_launch_plan(AdminServiceClient, ObjectGetRequest) -> LaunchPlan
    );
    call!(
        /// Versions of a launch plan.
        list_launch_plans(AdminServiceClient, ResourceListRequest) -> LaunchPlanList
    );
    call!(
        /// The active version of a launch plan.
        get_active_launch_plan(AdminServiceClient, ActiveLaunchPlanRequest) -> LaunchPlan
    );
    call!(
        /// Makes a launch plan active or inactive.
        update_launch_plan(AdminServiceClient, LaunchPlanUpdateRequest)
            -> LaunchPlanUpdateResponse
    );

    /// Starts a run. A run with a name is started only once, even if connections fail. A run without a name
    /// is requested again only if Flyte cannot have received the request.
    pub(crate) async fn create_execution(
        &self,
        request: ExecutionCreateRequest,
    ) -> Result<ExecutionCreateResponse, AdminError> {
        let repeat = if request.name.is_empty() {
            Repeat::Harmful
        } else {
            Repeat::Harmless
        };
        let call = over!(AdminServiceClient, create_execution);
        let call = self.call("create_execution", repeat, &request, call);
        match Box::pin(call).await {
            Err(error) if error.is_echo() => Ok(ExecutionCreateResponse {
                id: Some(WorkflowExecutionIdentifier {
                    project: request.project,
                    domain: request.domain,
                    name: request.name,
                    org: request.org,
                }),
            }),
            answer => answer,
        }
    }

    call!(
        /// Names of tasks.
        list_task_ids(AdminServiceClient, NamedEntityIdentifierListRequest)
            -> NamedEntityIdentifierList
    );
    call!(
        /// The state of a run.
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
        /// The attempts of a node's task.
        list_task_executions(AdminServiceClient, TaskExecutionListRequest) -> TaskExecutionList
    );
    call!(
        /// A location for the upload of a file.
        create_upload_location(DataProxyServiceClient, CreateUploadLocationRequest)
            -> CreateUploadLocationResponse
    );

    /// Makes a call, and signs in if the server requires that.
    async fn call<Q: Clone, A, F>(
        &self,
        what: &str,
        repeat: Repeat,
        request: &Q,
        call: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, AdminError>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        self.line.need_proxy_token().await?;
        let began = Instant::now();
        let token = self.identity.token(began).await?;
        let shown = token.as_deref();
        let mut answer = self.line.call(what, repeat, request, shown, &call).await;
        if is_refused(&answer) && self.line.has_other_proxy_token(began).await? {
            answer = self.line.call(what, repeat, request, shown, &call).await;
        }
        if !is_refused(&answer) {
            return answer;
        }
        let token = self.identity.renewed(began, token.as_ref()).await?;
        let answer = self.line.call(what, repeat, request, Some(&token), &call);
        answer.await.map_err(|error| match error.code() {
            Code::Unauthenticated => error.advising(REFUSED),
            _ => error,
        })
    }
}

/// Whether the server requires a token, or another token.
fn is_refused<A>(answer: &Result<A, AdminError>) -> bool {
    answer
        .as_ref()
        .is_err_and(|error| error.code() == Code::Unauthenticated)
}
