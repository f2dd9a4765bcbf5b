//! A server in use, and its sessions.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use spark_connect::SparkSession;

use super::details::{self, Details};
use super::driver::{self, Driver};
use super::endpoint::Endpoint;
use super::probe;
use super::remote::Remote;
use super::server::{Launch, Owned, Server};
use super::settings::{self, Settings};
use super::supervisor::{Supervisor, Watched};
use crate::engine::deadline::Deadline;
use crate::engine::wait::within;
use crate::engine::{Moment, Progress, TaskContext};
use crate::error::Error;

/// How long a server may take to close a session.
const CLOSING: Duration = Duration::from_secs(5);

/// A server in use.
pub(super) struct Host {
    remote: Remote,
    watched: Arc<Watched>,
    /// The supervisor, until the server is closed.
    supervisor: Mutex<Option<Supervisor>>,
    /// The session that was opened with the server.
    session: SparkSession,
    /// Sessions that were opened later.
    others: Mutex<Vec<SparkSession>>,
    /// The thread on which the server was opened.
    thread: ThreadId,
    /// The process that started this one, if nothing else ends this one.
    parent: Option<u32>,
}

impl Host {
    /// Opens a session; starts the server first if there is none yet.
    ///
    /// # Errors
    ///
    /// If the server does not start, or refuses this client.
    pub(super) fn open(
        endpoint: Endpoint,
        name: &str,
        settings: &Settings,
        task: &TaskContext<'_>,
    ) -> Result<Self, Error> {
        let (deadline, told) = (Deadline::after(task.deadline), &task.progress);
        // A running context belongs to another program. Its server lives as long as that program.
        let (endpoint, parent) = match endpoint {
            Endpoint::Driver(submitted) if submitted.is_running => {
                let remote = driver::join(&submitted, told, &deadline)?;
                (Endpoint::Remote(remote), parent())
            }
            endpoint => (endpoint, None),
        };
        let (remote, supervisor, session) = match endpoint {
            // spark-submit passed the task's settings to its JVM.
            Endpoint::Driver(submitted) => {
                let driver = Driver::start(&submitted, name, settings, told, &deadline)?;
                let remote = driver.remote();
                let session = probe::open(&remote, told, &deadline)?;
                (remote, Supervisor::of_server(driver), session)
            }
            Endpoint::Remote(remote) => {
                let session = probe::open(&remote, told, &deadline)?;
                settings::apply(&session, settings, &remote.address(), &deadline)?;
                let supervisor = Supervisor::of_remote(remote.address());
                (remote, supervisor, session)
            }
            Endpoint::Sail(launch) => {
                let (server, remote, session) = start(&launch, told, &deadline)?;
                settings::apply(&session, settings, &remote.address(), &deadline)?;
                (remote, Supervisor::of_server(server), session)
            }
            Endpoint::Local(spark) => {
                let launch = spark.launch(name, settings);
                let (server, remote, session) = start(&launch, told, &deadline)?;
                (remote, Supervisor::of_server(server), session)
            }
        };
        Ok(Host {
            remote,
            watched: supervisor.watched(),
            supervisor: Mutex::new(Some(supervisor)),
            session,
            others: Mutex::default(),
            thread: thread::current().id(),
            parent,
        })
    }

    /// The session that was opened with the server.
    pub(super) fn session(&self) -> &SparkSession {
        &self.session
    }

    /// The server's address.
    pub(super) fn remote(&self) -> &Remote {
        &self.remote
    }

    /// The object that knows whether the server is lost.
    pub(super) fn watched(&self) -> Arc<Watched> {
        Arc::clone(&self.watched)
    }

    /// Why the run is over although Spark is not lost: on a cluster that stays, the file in Python that
    /// started this process ends with the run.
    pub(super) fn is_abandoned(&self) -> Option<&'static str> {
        let is_another = self.parent.is_some() && parent() != self.parent;
        is_another.then_some(
            "the process that started this one has ended: the run was cancelled, or its cluster is going down",
        )
    }

    /// Whether the server was opened on this thread.
    pub(super) fn is_of(&self, thread: ThreadId) -> bool {
        self.thread == thread
    }

    /// Whether the server is known to be lost.
    pub(super) fn is_lost(&self) -> bool {
        self.watched.lost(Moment::Working).is_some()
    }

    /// Adds another session, which is closed with the server.
    pub(super) fn add(&self, session: SparkSession) {
        self.others().push(session);
    }

    /// The server's details of the error `id`, if it still answers.
    pub(super) fn details(&self, id: &str) -> Option<Details> {
        if self.is_lost() {
            return None;
        }
        let sessions = self.sessions();
        let sessions = sessions
            .iter()
            .map(|session| session.session_id().to_owned());
        details::fetch(id, &self.remote, sessions.collect())
    }

    /// Cancels the work on the server when the process is told to end: a remote server would continue.
    pub(super) fn cancel(&self) {
        if self.watched.is_owned() {
            self.watched.cancel();
            return;
        }
        for session in self.sessions() {
            if let Err(error) = session.interrupt_all() {
                tracing::warn!(%error, "the session's operations were not interrupted");
            }
            close(session);
        }
    }

    /// Closes the sessions, and ends the server if this process started it.
    ///
    /// # Errors
    ///
    /// If the server cannot be ended.
    pub(super) fn close(&self) -> io::Result<()> {
        // The watch has already reported a lost server. A function that succeeded had its results.
        if !self.is_lost() {
            self.sessions().into_iter().for_each(close);
        }
        let supervisor = &mut *self
            .supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        supervisor.take().map_or(Ok(()), Supervisor::stop)
    }

    fn others(&self) -> MutexGuard<'_, Vec<SparkSession>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> Vec<SparkSession> {
        let mut sessions = vec![self.session.clone()];
        sessions.extend(self.others().iter().cloned());
        sessions
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn parent() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

#[cfg(not(unix))]
fn parent() -> Option<u32> {
    None
}

/// Shows the address only.
impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.remote.fmt(f)
    }
}

fn start(
    launch: &Launch,
    told: &Progress,
    deadline: &Deadline,
) -> Result<(Server, Remote, SparkSession), Error> {
    let mut server = Server::start(launch, told, deadline)?;
    let remote = Remote::on_loopback(server.port(), launch.token.as_deref());
    match probe::open(&remote, told, deadline) {
        Ok(session) => Ok((server, remote, session)),
        Err(error) => {
            let log = server.keep_log();
            Err(Error::system(format!(
                "{} started, but cannot be used: {error}; {log}",
                launch.name
            )))
        }
    }
}

/// Closes the session on the server, and ends its computations. A failure does not fail a task whose work is
/// done.
fn close(session: SparkSession) {
    session.clear_progress_handlers();
    if session.is_stopped() {
        return;
    }
    match within(CLOSING, move || session.stop().map_err(Box::new)) {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::warn!(%error, "the server did not close the session"),
        None => tracing::warn!("the server did not close the session within {CLOSING:?}"),
    }
}
