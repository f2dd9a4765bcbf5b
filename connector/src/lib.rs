//! A server of Flyte's connector services (Flyte's own messages call connectors *agents*).
//!
//! Flyte hands some tasks to a connector: it calls `create`, then `get` until the job has ended, and `delete`
//! when a user aborts it. A [`Connector`] implements these calls for some task types; a [`Server`] serves any
//! number of connectors:
//!
//! * `flyteidl.service`, Flyte 1's, and `flyteidl2.connector`, Flyte 2's, from the same handlers;
//! * health (`grpc.health.v1`), reflection, and metrics for Prometheus;
//! * limits of message sizes and concurrent calls, TLS by files, and an orderly end on SIGTERM.
//!
//! ```no_run
//! use flytekit_connector::{Call, Connector, Connectors, Failure, NewTask, Phase, Resource, TaskType};
//! use serde::{Deserialize, Serialize};
//!
//! /// Runs nothing.
//! struct Nothing;
//!
//! /// Stored by Flyte between the calls.
//! #[derive(Serialize, Deserialize)]
//! struct Job {
//!     id: String,
//! }
//!
//! impl Connector for Nothing {
//!     type Job = Job;
//!
//!     fn name(&self) -> &str {
//!         "Nothing Connector"
//!     }
//!
//!     fn task_types(&self) -> Vec<TaskType> {
//!         vec![TaskType::new("nothing")]
//!     }
//!
//!     async fn create(&self, task: NewTask) -> Result<Job, Failure> {
//!         Ok(Job { id: task.key().unwrap_or_default() })
//!     }
//!
//!     async fn get(&self, job: &Job, _: &Call) -> Result<Resource, Failure> {
//!         Ok(Resource::new(Phase::Succeeded).with_message(format!("{} is done", job.id)))
//!     }
//!
//!     async fn delete(&self, _: &Job, _: &Call) -> Result<(), Failure> {
//!         Ok(())
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     flytekit_connector::main(|connectors: Connectors| connectors.with(Nothing))
//! }
//! ```
//!
//! The program `flytekit-connector` contains the connector for Databricks, which is behind the feature
//! `databricks`. A crate with its own connectors turns the feature off by `default-features = false`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cli;
mod connector;
mod creations;
#[cfg(feature = "databricks")]
pub mod databricks;
mod failure;
mod handlers;
mod json;
mod metrics;
mod phase;
mod registry;
mod resource;
mod run;
mod server;
mod service;
mod task;
mod timeout;

pub use cli::main;
pub use connector::{Connector, Logs, LogsQuery, MetricsQuery, SyncConnector};
pub use failure::{Failure, FailureKind};
/// The messages of Flyte.
pub use flytekit_proto as proto;
pub use phase::Phase;
pub use registry::{Connectors, Duplicate, TaskType};
pub use resource::Resource;
pub use run::run;
pub use server::{Limits, ServeError, Server, Tls};
pub use task::{Call, NewTask};
