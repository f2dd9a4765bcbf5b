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
//! loopback interface only, and ends with the run, also when that is killed. On a server that is
//! there already those of the settings apply that a session can have.

mod config;
mod deadline;
mod driver;
mod endpoint;
mod environment;
mod greeting;
mod local;
mod probe;
mod remote;
mod sail;
mod server;
mod settings;
mod stand_in;
mod supervisor;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use config::SparkConfig;
#[cfg(fuzzing)]
pub use driver::fuzz as fuzz_driver;
/// The Spark project's own client, whole.
pub use spark_connect as client;
pub use spark_connect::{Column, DataFrame, SparkError, SparkSession, col, functions, lit};

use self::deadline::{Deadline, within};
use self::driver::Driver;
use self::endpoint::Endpoint;
use self::environment::Environment;
use self::remote::Remote;
use self::server::{Launch, Owned, Server};
use self::supervisor::Supervisor;
use super::{Engine, Moment, Outcome, TaskContext, Watch};
use crate::error::Error;

/// How long a server may take to let go of a session.
const CLOSING: Duration = Duration::from_secs(5);

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
        let deadline = Deadline::after(task.deadline);
        match Endpoint::choose(task.target, &Environment::of_process())? {
            // spark-submit gave the task's settings to its JVM.
            Endpoint::Driver(submitted) => {
                let driver = Driver::start(&submitted, config, task, &deadline)?;
                let session = probe::open(&driver.remote(), task, &deadline)?;
                keep(&session, Supervisor::of_server(driver));
                Ok(session)
            }
            Endpoint::Remote(remote) => {
                let session = probe::open(&remote, task, &deadline)?;
                settings::apply(&session, config, &remote.address(), &deadline)?;
                keep(&session, Supervisor::of_remote(remote.address()));
                Ok(session)
            }
            Endpoint::Sail(launch) => {
                let (server, session) = start(&launch, task, &deadline)?;
                settings::apply(&session, config, &server.address().to_string(), &deadline)?;
                keep(&session, Supervisor::of_server(server));
                Ok(session)
            }
            Endpoint::Local(spark) => {
                let (server, session) = start(&spark.launch(config, task.task), task, &deadline)?;
                keep(&session, Supervisor::of_server(server));
                Ok(session)
            }
        }
    }

    fn watch(session: &SparkSession) -> Watch {
        let runs = runs();
        let Some(run) = runs.iter().find(|run| run.session == session.session_id()) else {
            return Watch::nothing();
        };
        let watched = run.supervisor.watched();
        let cancelled = run.supervisor.watched();
        Watch::new(move |moment| watched.lost(moment).map(Error::system))
            .cancelled_by(move || cancelled.cancel())
    }

    fn post_execute(session: SparkSession, _: Outcome) -> Result<(), Error> {
        let Some(run) = take(&session) else {
            return Ok(());
        };
        // Of a server that is lost the watch has told; a function that succeeded had its results.
        if run.supervisor.watched().lost(Moment::Working).is_none() {
            close(session);
        }
        run.supervisor
            .stop()
            .map_err(|error| Error::system("cannot end the Spark server").with_source(error))
    }
}

fn start(
    launch: &Launch,
    task: &TaskContext<'_>,
    deadline: &Deadline,
) -> Result<(Server, SparkSession), Error> {
    let mut server = Server::start(launch, task, deadline)?;
    match probe::open(&Remote::on_loopback(server.port(), None), task, deadline) {
        Ok(session) => Ok((server, session)),
        Err(error) => {
            let log = server.keep_log();
            Err(Error::system(format!(
                "{} started, but cannot be used: {error}; {log}",
                launch.name
            )))
        }
    }
}

/// Lets the server forget the session, and end what it still computes for it. A server that fails
/// to does not make a task fail whose work is done.
fn close(session: SparkSession) {
    if session.is_stopped() {
        return;
    }
    match within(CLOSING, move || session.stop().map_err(Box::new)) {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::warn!(%error, "the server did not close the session"),
        None => tracing::warn!("the server did not close the session within {CLOSING:?}"),
    }
}

/// A session that a task's function has, and its server. The function borrows the client's own
/// session, which has no room for this; several tasks may run in one process.
#[derive(Debug)]
struct Run {
    session: String,
    supervisor: Supervisor,
}

fn runs() -> MutexGuard<'static, Vec<Run>> {
    static RUNS: Mutex<Vec<Run>> = Mutex::new(Vec::new());
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(session: &SparkSession, supervisor: Supervisor) {
    runs().push(Run {
        session: session.session_id().to_owned(),
        supervisor,
    });
}

fn take(session: &SparkSession) -> Option<Run> {
    let mut runs = runs();
    let index = runs
        .iter()
        .position(|run| run.session == session.session_id())?;
    Some(runs.swap_remove(index))
}
