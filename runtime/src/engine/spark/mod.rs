//! Spark, through Spark Connect: `#[task(spark(...))]`.
//!
//! A task's function borrows the session of the Spark project's own client, which is re-exported as
//! it is:
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
//! In a cluster `spark-submit` starts the executable as the driver of an application, and the task
//! uses that application's Spark. Anywhere else a run looks for Spark in this order, unless
//! `run --spark` names one:
//!
//! 1. `SPARK_REMOTE`, the address of any Spark Connect server: `sc://HOST:PORT`, with
//!    `/;use_ssl=true;token=…` behind it where the server wants that;
//! 2. Sail, a Spark Connect server without a JVM (`pip install pysail pyspark-client`), taken from the Python that
//!    `FLYTEKIT_PYTHON` names, from `PATH`, or from `python3`;
//! 3. Spark itself, from `SPARK_HOME` or the Python package `pyspark`, with Java 17 or newer.
//!
//! A server of the last two kinds is started for the run with the task's settings, listens on the
//! loopback interface only, and ends with the run, also when that is killed. Spark lets in who shows
//! a token that is new with each start; Sail has no such thing. On a server that is there already
//! those of the settings apply that a session can have.
//!
//! Code that needs another session, or has no task around it, opens one with [`new_spark_session`].
//!
//! While a query runs, `run` shows how far it is, and `execute` logs it (Spark tells it every two
//! seconds, Sail does not). Spark's own web interface is off in a server that is started here, since
//! everyone on the machine could look into it; `conf("spark.ui.enabled" = "true")` turns it on, and
//! its address is shown. When the process is told to end, by Ctrl-C or SIGTERM, the queries end on
//! the server, too.
//!
//! An error of the client that a task returns, with or without context around it, becomes an error
//! document that starts with what happened and what to do; it keeps Spark's error class, SQLSTATE
//! and place in the query. Lost executors and connections are system errors, which Flyte tries
//! again.

mod config;
mod details;
mod driver;
mod endpoint;
mod environment;
mod failure;
mod frame;
mod generic;
mod greeting;
mod guard;
mod hosts;
mod local;
mod log;
mod probe;
mod progress;
mod properties;
mod remote;
mod sail;
mod server;
mod session;
mod settings;
mod stand_in;
mod supervisor;

pub use config::SparkConfig;
pub(crate) use failure::Failure;
pub use frame::Dataset;
#[doc(hidden)]
pub use generic::run_application;
pub use generic::{GenericSpark, GenericSparkConfig};
pub use session::new_spark_session;
/// The Spark project's own client, whole.
pub use spark_connect as client;
pub use spark_connect::{Column, DataFrame, SparkError, SparkSession, col, functions, lit};

use self::endpoint::Endpoint;
use self::environment::Environment;
use self::hosts::Host;
use self::session::application_of_task;
use super::{Engine, Outcome, TaskContext, Watch};
use crate::error::Error;

/// The engine of `#[task(spark(...))]`.
#[derive(Debug)]
pub struct Spark;

impl Engine for Spark {
    const TASK_TYPE: &'static str = "spark";
    const BLOCKING: bool = true;
    const TARGETS: Option<&'static str> = Some(endpoint::TARGETS);
    type Config = SparkConfig;
    type Session = SparkSession;

    fn pre_execute(
        config: &'static SparkConfig,
        task: &TaskContext<'_>,
    ) -> Result<SparkSession, Error> {
        let endpoint = Endpoint::choose(task.target, &Environment::of_process())?;
        let settings: Vec<_> = config
            .settings()
            .map(|(key, value)| (key, value.to_owned()))
            .collect();
        let host = Host::open(endpoint, &application_of_task(task.task), &settings, task)?;
        let session = host.session().clone();
        hosts::keep_for_task(host);
        Ok(session)
    }

    fn watch(session: &SparkSession) -> Watch {
        let Some(watched) = hosts::watched(session) else {
            return Watch::nothing();
        };
        let id = session.session_id().to_owned();
        Watch::new(move |moment| watched.lost(moment).map(Error::system))
            .cancelled_by(move || hosts::cancel(&id))
    }

    fn post_execute(session: SparkSession, _: Outcome) -> Result<(), Error> {
        let Some(host) = hosts::take(&session) else {
            return Ok(());
        };
        host.close()
            .map_err(|error| Error::system("cannot end the Spark server").with_source(error))
    }
}
