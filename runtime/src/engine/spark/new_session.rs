//! Sessions that code opens by itself.

use std::sync::{Arc, Mutex, PoisonError};

use spark_connect::SparkSession;

use super::endpoint::Endpoint;
use super::host::Host;
use super::settings::Settings;
use super::variables::SparkVariables;
use super::{probe, settings, shared};
use crate::context::execution;
use crate::engine::deadline::Deadline;
use crate::engine::{Mode, TaskContext};
use crate::error::{Error, RaisedHere};

static STARTING: Mutex<()> = Mutex::new(());

/// Opens an independent Spark session, which shares no temporary views, settings or other state with other
/// sessions. It corresponds to `new_spark_session` of flytekit's Spark plugin.
///
/// ```no_run
/// use flytekit::spark::new_spark_session;
///
/// let spark = new_spark_session("report", &[("spark.sql.shuffle.partitions", "8")])?;
/// let rows = spark.sql("SELECT count(*) FROM range(1000)")?.collect()?;
/// # Ok::<(), flytekit::Error>(())
/// ```
///
/// It can be called anywhere:
///
/// - In a Spark task the session is on the task's server, and is closed with the task. (A thread that a
///   task's function starts is not associated with the task: if several Spark tasks run at the same time in
///   one process, the thread gets the server of the task that started last.)
/// - In a plain task, in `main` and in a unit test, the call looks for a Spark, and starts a server if
///   necessary, as [the module](crate::spark) describes. All sessions of the process share the server, which
///   ends with the process. On an existing server, end a session with [`SparkSession::stop`], or leave it to
///   that server, which closes idle sessions (Spark after an hour).
///
/// Settings that a session can have, mostly those of `spark.sql`, are applied to it, also in a container of
/// Flyte. Settings that Spark reads when it starts (`spark.executor.memory`) take effect only if this call
/// starts Spark; the cluster of a Spark task has those of its attribute. An application that this call starts
/// is named `FlyteSpark: NAME`.
///
/// The session blocks the thread that uses it, and panics in async code. There, put the call and the use of
/// the session into `tokio::task::spawn_blocking`.
///
/// # Errors
///
/// If no Spark is found, or it does not start within two minutes (`FLYTEKIT_ENGINE_TIMEOUT`, in seconds); the
/// message says what was searched and what to do.
#[track_caller]
pub fn new_spark_session(name: &str, conf: &[(&str, &str)]) -> Result<SparkSession, Error> {
    open(name, conf).raised_here()
}

fn open(name: &str, conf: &[(&str, &str)]) -> Result<SparkSession, Error> {
    let settings: Vec<_> = conf
        .iter()
        .map(|&(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let context = TaskContext::new(name, Mode::of_process());
    if let Some(session) = on_current(&settings, &context)? {
        return Ok(session);
    }
    // If several threads get here, one starts the server, and the others then find it.
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(session) = on_current(&settings, &context)? {
        return Ok(session);
    }
    let endpoint = Endpoint::choose(None, &SparkVariables::of_process())?;
    let host = Host::open(endpoint, &application(name), &settings, &context)?;
    let session = host.session().clone();
    shared::keep(Arc::new(host));
    Ok(session)
}

/// A session on the server that this process already uses, if there is one.
fn on_current(
    settings: &Settings,
    context: &TaskContext<'_>,
) -> Result<Option<SparkSession>, Error> {
    let Some(host) = shared::current() else {
        return Ok(None);
    };
    let deadline = Deadline::after(context.deadline);
    let session = probe::open(host.remote(), &context.progress, &deadline)?;
    settings::apply(&session, settings, &host.remote().address(), &deadline)?;
    host.add(session.clone());
    Ok(Some(session))
}

/// The name of a task's Spark application: the execution's name, if there is one.
pub(super) fn application_of_task(task: &str) -> String {
    application(execution().as_deref().unwrap_or(task))
}

/// The name of a Spark application, in the format of flytekit's Spark plugin.
fn application(name: &str) -> String {
    format!("FlyteSpark: {name}")
}
