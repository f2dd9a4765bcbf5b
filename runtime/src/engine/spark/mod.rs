//! Spark, through Spark Connect: `#[task(spark(...))]`.
//!
//! A task's function borrows a session of the Spark project's own client, which is re-exported unchanged:
//!
//! ```no_run
//! use flytekit::prelude::*;
//! use flytekit::spark::functions;
//!
//! fn even(spark: &SparkSession, n: i64) -> Result<i64> {
//!     let numbers = spark.range(n)?.filter(functions::expr("id % 2 = 0"));
//!     Ok(numbers.count()?)
//! }
//! ```
//!
//! In a cluster `spark-submit` starts the executable as the driver of an application, and the task uses that
//! application's Spark. Elsewhere a run uses the first of these, unless `run --spark` names one:
//!
//! 1. `SPARK_REMOTE`, the address of any Spark Connect server: `sc://HOST:PORT`, followed by
//!    `/;use_ssl=true;token=…` if the server requires that;
//! 2. Sail, a Spark Connect server without a JVM (`pip install pysail pyspark-client`), from the Python of
//!    `FLYTEKIT_PYTHON`, from `PATH`, or from `python3`;
//! 3. Spark itself, from `SPARK_HOME` or the Python package `pyspark`, with Java 17 or newer.
//!
//! A server of the last two kinds is started for the run with the task's settings, listens on the loopback
//! interface only, and ends with the run, even if the run is killed. Spark requires a token that is new for
//! each start, and its data lies in a folder that only its user can enter. Sail has no such protection:
//! everyone on this machine can read and write through it with the rights of the user who runs it; a line
//! warns about that on a machine with other users' home directories. On an existing server, only the settings
//! that a session can have are applied.
//!
//! Code that needs another session, or runs outside of a task, opens one with [`new_spark_session`].
//!
//! While a query runs, `run` shows its progress, and `execute` logs it (Spark reports it every two seconds,
//! Sail does not). Spark's own web interface is off in a server that is started here, because everyone on the
//! machine could look into it; `conf("spark.ui.enabled" = "true")` turns it on, and its address is shown.
//! When the process is told to end, by Ctrl-C or SIGTERM, the queries on the server are cancelled, too.
//!
//! An error of the client that a task returns, with or without context around it, becomes an error document
//! that starts with what happened and what to do. The document keeps Spark's error class, the SQLSTATE and
//! the position in the query. Lost executors and connections are system errors, which Flyte retries.

mod conf;
mod config;
mod details;
mod driver;
mod endpoint;
mod failures;
mod frame;
mod generic;
mod greeting;
mod guard;
mod host;
mod local;
mod log;
mod neighbours;
mod new_session;
mod probe;
mod properties;
mod queries;
mod remote;
mod sail;
mod server;
mod settings;
mod shared;
mod stand_in;
mod supervisor;
mod variables;

pub use config::SparkConfig;
pub use frame::Dataset;
#[doc(hidden)]
pub use generic::run_application;
pub use generic::{GenericSpark, GenericSparkConfig};
pub use new_session::new_spark_session;
/// The Spark project's own client, completely re-exported.
pub use spark_connect as client;
pub use spark_connect::{Column, DataFrame, SparkError, SparkSession, col, functions, lit};

use std::ffi::OsString;
use std::sync::Arc;

use self::endpoint::Endpoint;
use self::host::Host;
use self::new_session::application_of_task;
use self::variables::SparkVariables;
use super::linked::Linked;
use super::{Engine, Outcome, TaskContext, Watch};
use crate::error::Error;

/// The engine of `#[task(spark(...))]`.
#[derive(Debug)]
pub struct Spark;

/// The state of a run: its session, the server, and further sessions on the server.
#[derive(Debug)]
pub struct SparkRun(Arc<Host>);

impl Engine for Spark {
    const TASK_TYPE: &'static str = "spark";
    const BLOCKING: bool = true;
    const TARGETS: Option<&'static str> = Some(endpoint::TARGETS);
    type Config = SparkConfig;
    type Session = SparkSession;
    type Running = SparkRun;

    fn pre_execute(
        config: &'static SparkConfig,
        task: &TaskContext<'_>,
    ) -> Result<SparkRun, Error> {
        open(config.settings(), task)
    }

    fn session(running: &SparkRun) -> &SparkSession {
        running.0.session()
    }

    fn watch(running: &SparkRun) -> Watch {
        let (host, cancelled) = (Arc::clone(&running.0), Arc::clone(&running.0));
        let watched = host.watched();
        Watch::new(move |moment| {
            let abandoned = host.is_abandoned().map(Error::system);
            abandoned.or_else(|| watched.lost(moment).map(Error::system))
        })
        .cancelled_by(move || cancelled.cancel())
    }

    fn explain(running: &SparkRun, error: Error) -> Error {
        failures::explain(error, |id| running.0.details(id))
    }

    fn post_execute(running: SparkRun, _: Outcome) -> Result<(), Error> {
        let closed = running.0.close();
        closed.map_err(|error| Error::system("cannot end the Spark server").with_source(error))
    }
}

/// Opens a session with these settings on the Spark that is chosen for a task.
///
/// # Errors
///
/// If no Spark is found, or it does not start.
pub(super) fn open(
    settings: impl Iterator<Item = (String, &'static str)>,
    task: &TaskContext<'_>,
) -> Result<SparkRun, Error> {
    let endpoint = Endpoint::choose(task.target, &SparkVariables::of_process())?;
    let settings: Vec<_> = settings
        .map(|(key, value)| (key, value.to_owned()))
        .collect();
    let host = Host::open(endpoint, &application_of_task(task.task), &settings, task)?;
    let host = Arc::new(host);
    shared::lend(&host);
    Ok(SparkRun(host))
}

/// `spark-submit` starts drivers, and [`new_spark_session`] works outside of Spark tasks.
impl Linked for Spark {
    fn explain(&self, error: Error) -> Error {
        failures::explain(error, |id| shared::of_process()?.details(id))
    }

    fn arguments(&self, given: Vec<OsString>) -> Vec<OsString> {
        driver::arguments::of_process(given)
    }
}
