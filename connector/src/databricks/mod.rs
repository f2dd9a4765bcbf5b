//! Tasks on Databricks: those that flytekit's `DatabricksV2` declares, in Python and in Rust.
//!
//! A job is one run of the Jobs API: `runs/submit`, `runs/get`, `runs/cancel`. The requests equal those of
//! flytekit's connector, except for three details:
//!
//! * a run has an idempotency token, so that it is submitted once, even after several tries;
//! * whole numbers are written as such (`2`, where flytekit writes `2.0`);
//! * `environment_key`, which means nothing beside a cluster, is not sent there.

mod api;
mod auth;
mod bootstrap;
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
use auth::{Authority, Way};
use outcome::Outcomes;
use settings::Settings;
use web::Http;
use workspace::Workspace;

pub use bootstrap::BOOTSTRAP;
pub use metadata::DatabricksJobMetadata;
pub use settings::SettingsError;
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
    ///
    /// # Errors
    ///
    /// If a variable has a value that the connector cannot use.
    pub fn new() -> Result<Self, SettingsError> {
        let settings = Settings::of_environment()?;
        let http = Http::of_machine();
        Ok(Databricks {
            api: Api::new(http.clone()),
            authority: Authority::new(settings.clone(), http),
            outcomes: Outcomes::new(settings.reads_errors),
            settings,
        })
    }

    /// The sign-in for a run.
    fn way(&self, job: &DatabricksJobMetadata, call: &Call) -> Result<Way<'_>, Failure> {
        let workspace = Workspace::of_job(job, &self.settings)?;
        self.authority.of_job(job, call, workspace)
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
        let way = self.authority.of_task(&custom, &task, workspace).await?;
        let workspace = way.workspace();
        tracing::info!(%workspace, way = %way.describe(), "signs in");
        let run_id = self.api.submit(&way, &body, &task.call).await?;
        tracing::info!(%workspace, run_id, "submitted a run");
        let namespace = task.execution.as_ref().map(|it| it.namespace.clone());
        let kept = if self.settings.keeps_token {
            way.token_to_keep(web::until(task.call.deadline)).await?
        } else {
            None
        };
        Ok(way.metadata(run_id, namespace, kept))
    }

    async fn get(&self, job: &DatabricksJobMetadata, call: &Call) -> Result<Resource, Failure> {
        let way = self.way(job, call)?;
        let workspace = way.workspace();
        let run = match self.api.get(&way, &job.run_id, call).await? {
            Found::Run(run) => run,
            Found::Gone(words) => {
                return Ok(Resource::new(Phase::Failed).with_message(format!(
                    "run {} no longer exists on {workspace}, because somebody has deleted it: {words}",
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
            let words = self.api.error(&way, &run, call).await;
            resource.message = state::joined(&resource.message, words.as_deref());
        }
        Ok(resource)
    }

    async fn delete(&self, job: &DatabricksJobMetadata, call: &Call) -> Result<(), Failure> {
        let way = self.way(job, call)?;
        self.api.cancel(&way, &job.run_id, call).await
    }

    async fn logs(&self, job: &DatabricksJobMetadata, query: &LogsQuery) -> Result<Logs, Failure> {
        let call = Call::default();
        let way = self.way(job, &call)?;
        let text = self.api.log(&way, &job.run_id, &call).await?;
        log::page(&text, query)
    }
}
