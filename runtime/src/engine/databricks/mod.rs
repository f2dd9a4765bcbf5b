//! Spark on Databricks: `#[task(databricks(...))]`.
//!
//! A connector submits the task as a run of Databricks' Jobs API, watches it and cancels it. On the cluster,
//! a small Python file starts the executable, and passes it the gateway of the driver's JVM. The session that
//! the function borrows uses the cluster's existing context. The guide `docs/databricks.md` describes the
//! details.
//!
//! A local run looks for a Spark like a Spark task ([`spark`]); `run --databricks` selects one: `sail`,
//! `local`, or the address of a server. The server may be a Databricks cluster, by Databricks Connect:
//! `sc://HOST:443/;use_ssl=true;token=…;x-databricks-cluster-id=…`.

mod config;
mod credentials;
mod notebook;

pub use config::DatabricksConfig;
pub use credentials::{AuthType, Credentials};
#[doc(hidden)]
pub use notebook::run_notebook;

use super::programs::variable;
use super::spark::{self, Spark, SparkRun};
use super::{Engine, Mode, Outcome, TaskContext, Watch};
use crate::error::Error;
use crate::spark::SparkSession;

/// The engine of `#[task(databricks(...))]`.
///
/// ```
/// # mod counts {
/// use flytekit::prelude::*;
///
/// /// Counts rows.
/// #[task(databricks(
///     new_cluster(
///         spark_version = "17.3.x-scala2.13",
///         node_type_id = "m5.xlarge",
///         num_workers = 2,
///         data_security_mode = SINGLE_USER,
///     ),
///     instance = "my.cloud.databricks.com",
///     credentials(auth_type = oauth_m2m, oauth_secret = "databricks-oauth"),
///     conf("spark.sql.shuffle.partitions" = "8"),
/// ))]
/// fn count(spark: &SparkSession, n: i64) -> Result<i64> {
///     Ok(spark.range(n)?.count()?)
/// }
///
/// /// Is a notebook there, with its parameters.
/// #[task(databricks(
///     environments(environment(environment_key = "default", spec(client = "2"))),
///     notebook(path = "/Users/me@example.com/report", parameters("day" = "2026-01-31")),
/// ))]
/// fn report();
/// # }
/// ```
#[derive(Debug)]
pub struct Databricks;

impl Engine for Databricks {
    const TASK_TYPE: &'static str = "databricks";
    const BLOCKING: bool = true;
    const TARGETS: Option<&'static str> = Spark::TARGETS;
    type Config = DatabricksConfig;
    type Session = SparkSession;
    type Running = SparkRun;

    fn pre_execute(
        config: &'static DatabricksConfig,
        task: &TaskContext<'_>,
    ) -> Result<SparkRun, Error> {
        if let Some(path) = config.notebook_path() {
            return Err(notebook::is_elsewhere(task.task, path));
        }
        if task.mode == Mode::Local {
            task.progress.tell(
                "on a Spark that this machine can reach, like a Spark task; Flyte runs this task on Databricks",
            );
        } else if task.target.is_none() && !is_given_spark() {
            return Err(Error::user(format!(
                "task {} is for Databricks, but this process was not started there: on the platform, a \
                 connector must serve tasks of the type `databricks`",
                task.task
            )));
        }
        spark::open(config.spark().settings(), task)
    }

    fn session(running: &SparkRun) -> &SparkSession {
        Spark::session(running)
    }

    fn watch(running: &SparkRun) -> Watch {
        Spark::watch(running)
    }

    fn explain(running: &SparkRun, error: Error) -> Error {
        Spark::explain(running, error)
    }

    fn post_execute(running: SparkRun, outcome: Outcome) -> Result<(), Error> {
        Spark::post_execute(running, outcome)
    }
}

/// Whether the environment names a Spark: the driver's JVM, or a server.
fn is_given_spark() -> bool {
    ["PYSPARK_GATEWAY_PORT", "SPARK_REMOTE"]
        .into_iter()
        .any(|name| variable(name).is_some())
}
