//! Tasks on Databricks: those that flytekit's `DatabricksV2` declares, in Python and in Rust.
//!
//! A job is one run of the Jobs API: `runs/submit`, `runs/get`, `runs/cancel`. The requests equal those of
//! flytekit's connector, except for three details:
//!
//! * a run has an idempotency token, so that it is submitted once, however often that is tried;
//! * whole numbers are written as such (`2`, where flytekit writes `2.0`);
//! * `environment_key`, which means nothing beside a cluster, is not sent there.

mod api;
mod auth;
mod job;
mod log;
mod metadata;
mod outcome;
mod secret;
mod settings;
mod state;
mod web;
mod workspace;

use crate::{Call, Connector, Failure, Logs, LogsQuery, NewTask, Phase, Resource, TaskType};

use api::{Api, Found};
use auth::Authority;
use outcome::Outcomes;
use settings::Settings;
use workspace::Workspace;

pub use metadata::DatabricksJobMetadata;
pub use state::{phase, result_state_is_available};
pub use web::header;

/// The task types, in flytekit's order: `spark` is that of the older `Databricks` configuration.
const TASK_TYPES: [&str; 2] = ["spark", "databricks"];

/// The connector of Databricks.
///
/// Its settings come from the environment, like those of flytekit's connector.
pub struct Databricks {
    settings: Settings,
    api: Api,
    authority: Authority,
    outcomes: Outcomes,
}

impl Databricks {
    /// Creates the connector with the settings of the environment.
    pub fn new() -> Self {
        let settings = Settings::of_environment();
        Databricks {
            api: Api::new(),
            authority: Authority::new(settings.clone()),
            outcomes: Outcomes::new(settings.reads_errors),
            settings,
        }
    }
}

impl Default for Databricks {
    fn default() -> Self {
        Databricks::new()
    }
}

impl Connector for Databricks {
    type Job = DatabricksJobMetadata;

    fn name(&self) -> &'static str {
        "Databricks Connector"
    }

    fn task_types(&self) -> Vec<TaskType> {
        TASK_TYPES.map(TaskType::new).into()
    }

    async fn create(&self, task: NewTask) -> Result<DatabricksJobMetadata, Failure> {
        let custom = job::custom(&task.template)?;
        let body = job::request(&task, &custom, &self.settings)?;
        let workspace = Workspace::of_task(&custom, &self.settings)?;
        let way = self
            .authority
            .of_task(&custom, &task, workspace.to_string())
            .await?;
        tracing::info!(%workspace, way = %way.describe(), "signs in");
        let run_id = self.api.submit(&workspace, &way, &body, &task.call).await?;
        tracing::info!(%workspace, run_id, "submitted a run");
        let namespace = task.execution.as_ref().map(|it| it.namespace.clone());
        let mut job = way.metadata(run_id, namespace);
        if self.settings.keeps_token {
            job.auth_token = way.token_to_keep(web::until(task.call.deadline)).await?;
        }
        Ok(job)
    }

    async fn get(&self, job: &DatabricksJobMetadata, call: &Call) -> Result<Resource, Failure> {
        let workspace = Workspace::of_job(job, &self.settings)?;
        let way = self.authority.of_job(job, call, workspace.to_string())?;
        let run = match self.api.get(&workspace, &way, &job.run_id, call).await? {
            Found::Run(run) => run,
            Found::Gone(words) => {
                return Ok(Resource::new(Phase::Failed).with_message(format!(
                    "run {} is not on {workspace} any more, somebody has deleted it: {words}",
                    job.run_id
                )));
            }
        };
        let mut resource = Resource::new(run.phase()).with_message(run.message());
        if let Some(job_id) = run.job_id() {
            let uri = format!("https://{workspace}/#job/{job_id}/run/{}", job.run_id);
            resource = resource.with_link("Databricks Console", uri);
        }
        let error = match resource.phase {
            Phase::Failed => self.outcomes.of_failure(call).await,
            Phase::Succeeded => self.outcomes.of_success(call).await,
            _ => None,
        };
        if let Some(error) = error {
            return Ok(error.told(resource));
        }
        if matches!(resource.phase, Phase::Failed | Phase::RetryableFailed) {
            let words = self.api.error(&workspace, &way, &run, call).await;
            resource.message = state::joined(&resource.message, words.as_deref());
        }
        Ok(resource)
    }

    async fn delete(&self, job: &DatabricksJobMetadata, call: &Call) -> Result<(), Failure> {
        let workspace = Workspace::of_job(job, &self.settings)?;
        let way = self.authority.of_job(job, call, workspace.to_string())?;
        self.api.cancel(&workspace, &way, &job.run_id, call).await
    }

    async fn logs(&self, job: &DatabricksJobMetadata, query: &LogsQuery) -> Result<Logs, Failure> {
        let call = Call::default();
        let workspace = Workspace::of_job(job, &self.settings)?;
        let way = self.authority.of_job(job, &call, workspace.to_string())?;
        let text = self.api.log(&workspace, &way, &job.run_id, &call).await?;
        log::page(&text, query)
    }
}
