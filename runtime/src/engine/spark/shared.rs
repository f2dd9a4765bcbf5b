//! The servers for code that has no session of its own: the servers of the tasks that run in this process,
//! and the process's own server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use super::host::Host;
use crate::engine::{Cancellable, cancellable};

/// The servers of this process. A task's server belongs to its run, and is listed only while the run lasts.
static SERVERS: Mutex<Servers> = Mutex::new(Servers {
    of_tasks: Vec::new(),
    of_process: None,
});

struct Servers {
    of_tasks: Vec<Weak<Host>>,
    of_process: Option<Own>,
}

/// A server for code outside of Spark tasks. It is never closed: a server that this process started ends with
/// the process, and a remote server's work is cancelled when the process is told to end.
struct Own {
    host: Arc<Host>,
    _cancellable: Cancellable<'static>,
}

fn servers() -> MutexGuard<'static, Servers> {
    SERVERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the server of a task available to other code.
pub(super) fn lend(host: &Arc<Host>) {
    let of_tasks = &mut servers().of_tasks;
    of_tasks.retain(|task| task.strong_count() > 0);
    of_tasks.push(Arc::downgrade(host));
}

/// Keeps a server for the lifetime of the process.
pub(super) fn keep(host: Arc<Host>) {
    let cancelled = Arc::clone(&host);
    let own = Own {
        host,
        _cancellable: cancellable(move || cancelled.cancel()),
    };
    // The previous server is dropped after the list's lock is released.
    let _before = servers().of_process.replace(own);
}

/// The server for code on this thread: the one of the task that runs on it, else of the latest task, else of
/// the process.
pub(super) fn current() -> Option<Arc<Host>> {
    let of_tasks: Vec<_> = servers()
        .of_tasks
        .iter()
        .filter_map(Weak::upgrade)
        .collect();
    let thread = thread::current().id();
    let latest = || of_tasks.last();
    let of_task = of_tasks.iter().rev().find(|host| host.is_of(thread));
    of_task.or_else(latest).cloned().or_else(of_process)
}

/// The process's own server. A server that is gone is removed, so that another can be started.
pub(super) fn of_process() -> Option<Arc<Host>> {
    let host = Arc::clone(&servers().of_process.as_ref()?.host);
    if !host.is_lost() {
        return Some(host);
    }
    // Dropping it ends its threads, which must not happen under the list's lock.
    let _lost = servers()
        .of_process
        .take_if(|own| Arc::ptr_eq(&own.host, &host));
    None
}
