//! Sessions that code asks for itself.

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

/// Opens a Spark session of its own: temporary views, settings and the state of one session are
/// not those of another. `new_spark_session` of flytekit's Spark plugin.
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
/// - In a Spark task the session is on the task's server, and is closed with the task. (A thread
///   that a task's function starts is not known as the task's: where several Spark tasks run at
///   once in one process, it gets the server of the one that started last.)
/// - In a plain task, in `main` and in a unit test Spark is looked for, and a server started if
///   need be, as [the module](crate::spark) describes. All sessions of the process share it, and it ends
///   with the process. On a server that was there already end a session with
///   [`SparkSession::stop`], or leave it to that server, which forgets it after an idle time (in
///   Spark an hour).
///
/// Settings that a session can have, those of `spark.sql` above all, are applied to it, in a
/// container of Flyte too. Those that Spark reads when it starts (`spark.executor.memory`) have an
/// effect only if this call starts it, and the cluster of a Spark task has those of its attribute.
/// Spark calls an application that this starts `FlyteSpark: NAME`.
///
/// The session blocks the thread that uses it and panics in async code; there, put the call and
/// the use of the session into `tokio::task::spawn_blocking`.
///
/// # Errors
///
/// When there is no Spark, or it does not come up within two minutes (`FLYTEKIT_ENGINE_TIMEOUT`, in
/// seconds); the message says what was looked for and what to do.
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
    // Of several threads one starts the server, and the others find it then.
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

/// A session on the server that this process uses already, if it does.
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

/// What Spark calls the application of a task: by the execution, where there is one.
pub(super) fn application_of_task(task: &str) -> String {
    application(execution().as_deref().unwrap_or(task))
}

/// What Spark calls an application, as flytekit's Spark plugin names it.
fn application(name: &str) -> String {
    format!("FlyteSpark: {name}")
}
