//! The servers that this process uses, and its sessions on them.
//!
//! A task's function borrows the client's own session, which has no room for any of this.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use spark_connect::SparkSession;

use super::details::{self, Details};
use super::driver::Driver;
use super::endpoint::Endpoint;
use super::probe;
use super::remote::Remote;
use super::server::{Launch, Owned, Server};
use super::settings::{self, Settings};
use super::supervisor::{Supervisor, Watched};
use crate::engine::deadline::{Deadline, within};
use crate::engine::{Moment, TaskContext};
use crate::error::Error;
use crate::execute::{Cancellable, cancellable};

/// How long a server may take to let go of a session.
const CLOSING: Duration = Duration::from_secs(5);

/// A server in use.
pub(super) struct Host {
    remote: Remote,
    supervisor: Supervisor,
    /// The first is the one that it was opened with.
    sessions: Vec<SparkSession>,
    user: User,
}

/// What a server is used by.
enum User {
    /// The task that runs on a thread, which closes it.
    Task(ThreadId),
    /// Code outside of Spark tasks, for as long as the process lives.
    Process { _cancellable: Cancellable<'static> },
}

/// What a host is known by: the session that it was opened with.
pub(super) type HostId = String;

impl Host {
    /// Opens a session; starts the server first where there is none yet.
    ///
    /// # Errors
    ///
    /// When the server does not come up, or does not let this client in.
    pub(super) fn open(
        endpoint: Endpoint,
        name: &str,
        settings: &Settings,
        task: &TaskContext<'_>,
    ) -> Result<Self, Error> {
        let user = User::Task(thread::current().id());
        let deadline = Deadline::after(task.deadline);
        let (remote, supervisor, session) = match endpoint {
            // spark-submit gave the task's settings to its JVM.
            Endpoint::Driver(submitted) => {
                let driver = Driver::start(&submitted, name, settings, task, &deadline)?;
                let remote = driver.remote();
                let session = probe::open(&remote, task, &deadline)?;
                (remote, Supervisor::of_server(driver), session)
            }
            Endpoint::Remote(remote) => {
                let session = probe::open(&remote, task, &deadline)?;
                settings::apply(&session, settings, &remote.address(), &deadline)?;
                let supervisor = Supervisor::of_remote(remote.address());
                (remote, supervisor, session)
            }
            Endpoint::Sail(launch) => {
                let (server, remote, session) = start(&launch, task, &deadline)?;
                settings::apply(&session, settings, &remote.address(), &deadline)?;
                (remote, Supervisor::of_server(server), session)
            }
            Endpoint::Local(spark) => {
                let launch = spark.launch(name, settings);
                let (server, remote, session) = start(&launch, task, &deadline)?;
                (remote, Supervisor::of_server(server), session)
            }
        };
        Ok(Host {
            remote,
            supervisor,
            sessions: vec![session],
            user,
        })
    }

    /// The session that it was opened with.
    pub(super) fn session(&self) -> &SparkSession {
        &self.sessions[0]
    }

    fn id(&self) -> &str {
        self.session().session_id()
    }

    fn is_for_task(&self) -> bool {
        matches!(self.user, User::Task(_))
    }

    fn is_for_thread(&self, thread: ThreadId) -> bool {
        matches!(self.user, User::Task(task) if task == thread)
    }

    /// Whether the server is known to be gone.
    fn is_lost(&self) -> bool {
        let watched = self.supervisor.watched();
        watched.lost(Moment::Working).is_some()
    }

    /// Closes its sessions, and ends the server if this process started it.
    ///
    /// # Errors
    ///
    /// When the server cannot be ended.
    pub(super) fn close(self) -> io::Result<()> {
        // Of a server that is lost the watch has told; a function that succeeded had its results.
        if !self.is_lost() {
            self.sessions.into_iter().for_each(close);
        }
        self.supervisor.stop()
    }
}

fn start(
    launch: &Launch,
    task: &TaskContext<'_>,
    deadline: &Deadline,
) -> Result<(Server, Remote, SparkSession), Error> {
    let mut server = Server::start(launch, task, deadline)?;
    let remote = Remote::on_loopback(server.port(), launch.token.as_deref());
    match probe::open(&remote, task, deadline) {
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

/// Lets the server forget the session, and end what it still computes for it. A server that fails
/// to does not make a task fail whose work is done.
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

/// Several tasks may run in one process.
fn hosts() -> MutexGuard<'static, Vec<Host>> {
    static HOSTS: Mutex<Vec<Host>> = Mutex::new(Vec::new());
    HOSTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers the server of the task that runs on this thread.
pub(super) fn keep_for_task(host: Host) {
    hosts().push(host);
}

/// Remembers a server that is not a task's. Nobody closes it: one that this process started ends
/// with the process, and elsewhere its work is cancelled when the process is told to end.
pub(super) fn keep_for_process(mut host: Host) {
    let id = host.id().to_owned();
    host.user = User::Process {
        _cancellable: cancellable(move || cancel(&id)),
    };
    hosts().push(host);
}

/// Forgets the server that was opened with `session`.
pub(super) fn take(session: &SparkSession) -> Option<Host> {
    let mut hosts = hosts();
    let index = hosts
        .iter()
        .position(|host| host.id() == session.session_id())?;
    Some(hosts.remove(index))
}

/// The server that code on this thread means: the one of the task that runs on it, else of the
/// latest task, else of the process.
pub(super) fn current() -> Option<(HostId, Remote)> {
    forget_lost();
    let thread = thread::current().id();
    let hosts = hosts();
    let latest = |fits: &dyn Fn(&Host) -> bool| hosts.iter().rev().find(|host| fits(host));
    latest(&|host| host.is_for_thread(thread))
        .or_else(|| latest(&Host::is_for_task))
        .or_else(|| latest(&|_| true))
        .map(|host| (host.id().to_owned(), host.remote.clone()))
}

/// Forgets servers of the process that are gone, so that another one can be started.
fn forget_lost() {
    let is_of_no_use = |host: &mut Host| !host.is_for_task() && host.is_lost();
    let lost: Vec<Host> = hosts().extract_if(.., is_of_no_use).collect();
    // Ends their threads, which nobody who asks for the list has to wait for.
    drop(lost);
}

/// Remembers another session on a server, with which it is closed.
pub(super) fn add(id: &str, session: SparkSession) {
    if let Some(host) = hosts().iter_mut().find(|host| host.id() == id) {
        host.sessions.push(session);
    }
}

/// What is known about the error `id`, on whichever server it happened.
pub(super) fn details(id: &str) -> Option<Details> {
    let sessions = hosts()
        .iter()
        .flat_map(|host| {
            let sessions = host.sessions.iter();
            sessions.map(|session| (host.remote.clone(), session.session_id().to_owned()))
        })
        .collect();
    details::fetch(id, sessions)
}

/// Where to ask whether the server that was opened with `session` was lost.
pub(super) fn watched(session: &SparkSession) -> Option<Arc<Watched>> {
    let hosts = hosts();
    let host = hosts
        .iter()
        .find(|host| host.id() == session.session_id())?;
    Some(host.supervisor.watched())
}

/// Ends what runs on the server that was opened with session `id`: a server elsewhere would go on.
pub(super) fn cancel(id: &str) {
    let (watched, sessions) = {
        let hosts = hosts();
        let Some(host) = hosts.iter().find(|host| host.id() == id) else {
            return;
        };
        (host.supervisor.watched(), host.sessions.clone())
    };
    if watched.is_owned() {
        watched.cancel();
        return;
    }
    for session in sessions {
        if let Err(error) = session.interrupt_all() {
            tracing::warn!(%error, "the session's operations were not interrupted");
        }
        close(session);
    }
}
