//! A Dask cluster, through the official client in a Python process of its own.

use std::fmt;
use std::io::{self, BufRead, BufReader, ErrorKind, Read as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;

use super::call_error::CallError;
use super::calls::Calls;
use super::connection::{Addresses, Submission, Transport};
use super::frame;
use super::message::{CallId, Event, Request};
use super::record::RecordBuf;
use super::spares::Spares;
use crate::child::Group;
use crate::console::tell;
use crate::context::unique;
use crate::declare::{DISTRIBUTION, EXECUTABLE};
use crate::engine::TaskContext;
use crate::engine::deadline::Deadline;
use crate::engine::log::LastLines;
use crate::engine::wait::{POLL, wait_for, within};
use crate::error::Error;

/// The script of the Python process: the job runner's program, preceded by the workers' program, which the
/// job runner sends to them.
#[doc(hidden)]
pub const SCRIPT: &str = concat!(
    include_str!("python/frames.py"),
    "\n\n",
    include_str!("python/opening.py"),
    "\n\n",
    include_str!("python/worker.py"),
    "\n\n",
    include_str!("python/runner.py"),
);

/// How long beyond the deadline the process may take to report that the deadline has passed.
const GRACE: Duration = Duration::from_secs(15);

/// How long the process may take to end: first it stops the calls on the cluster.
const ENDING: Duration = Duration::from_secs(8);

/// How long the process may take to end once it has closed its output.
const CLOSED: Duration = Duration::from_secs(1);

/// The maximum length of a line that is passed on at once.
const LONGEST_LINE: u64 = 1 << 16;

/// The Python process. It ends when its standard input ends, and therefore also when this process is killed.
pub(super) struct Cluster {
    requests: Arc<Mutex<Option<ChildStdin>>>,
    child: Arc<Mutex<Group>>,
    is_closing: Arc<AtomicBool>,
    /// The thread that reads events; it ends with the process.
    events: Mutex<Option<JoinHandle<()>>>,
}

/// The parameters of a cluster.
pub(super) struct Opening<'a> {
    /// The interpreters that may have Dask's client, the preferred one first.
    pub(super) pythons: &'a [PathBuf],
    /// The scheduler's address; if it is None, a cluster is started in the Python process.
    pub(super) address: Option<&'a str>,
    /// The number of workers in the task's configuration.
    pub(super) workers: Option<u32>,
}

/// Why a cluster is not open.
enum NotOpen {
    /// The interpreter does not have Dask's client, for this reason.
    NoClient(String),
    Failed(Error),
}

impl Cluster {
    /// Opens a cluster with the first interpreter that has Dask's client. Only the import in the process
    /// shows whether an interpreter has it: a check before would start Python once more.
    ///
    /// # Errors
    ///
    /// If no interpreter has the client, if the process reports an error, or if it is silent until the
    /// deadline.
    pub(super) fn open(
        opening: &Opening<'_>,
        task: &TaskContext<'_>,
    ) -> Result<(Arc<Calls>, Self, Addresses), Error> {
        let mut reasons = Vec::new();
        for python in opening.pythons {
            let calls = Arc::new(Calls::new(task.deadline));
            match Self::open_with(python, opening, task, &calls) {
                Ok((cluster, addresses)) => return Ok((calls, cluster, addresses)),
                Err(NotOpen::NoClient(why)) => reasons.push(why),
                Err(NotOpen::Failed(error)) => return Err(error),
            }
        }
        let what = match opening.address {
            Some(address) => &format!("the scheduler {address}"),
            None => "a local cluster",
        };
        let why = reasons.join("; ");
        Err(Error::user(format!(
            "{what} needs Dask's Python client: {why}; or use the workers' image for the task, too"
        )))
    }

    /// Starts the process, and waits until it has a scheduler and usable workers.
    fn open_with(
        python: &Path,
        opening: &Opening<'_>,
        task: &TaskContext<'_>,
        calls: &Arc<Calls>,
    ) -> Result<(Self, Addresses), NotOpen> {
        let deadline = Deadline::after(task.deadline + GRACE);
        let mut group = start(python).map_err(|error| {
            NotOpen::NoClient(format!("{} does not start: {error}", python.display()))
        })?;
        let child = group.child();
        let (requests, events, said) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let said = listen(said);
        let child = Arc::new(Mutex::new(group));
        let is_closing = Arc::new(AtomicBool::new(false));
        let (opened, answer) = mpsc::channel();
        let reader = Reader {
            calls: Arc::clone(calls),
            task: task.task.to_owned(),
            child: Arc::clone(&child),
            is_closing: Arc::clone(&is_closing),
            said,
            opened,
        };
        let cluster = Cluster {
            requests: Arc::new(Mutex::new(requests)),
            child,
            is_closing,
            events: Mutex::new(events.map(|events| thread::spawn(move || reader.read(events)))),
        };
        let distribution = std::env::var(DISTRIBUTION).ok();
        let distribution = distribution.filter(|uri| !uri.is_empty());
        let program = (&*own_path(), distribution.as_deref());
        cluster.send(&open_request(opening, task, &unique(), program), &[]);
        let addresses = wait_until_open(opening.address.is_some(), &answer, task, &deadline)
            .inspect_err(|_| cluster.kill())?;
        Ok((cluster, addresses))
    }

    /// Sends a request. If the process is gone, the reader of its answers notices it.
    fn send(&self, request: &Request<'_>, body: &[&[u8]]) {
        if let Some(requests) = &mut *lock(&self.requests)
            && let Err(error) = frame::write(requests, request, body)
        {
            tracing::debug!(%error, "the Dask client takes no requests");
        }
    }

    /// Kills the process.
    fn kill(&self) {
        self.is_closing.store(true, Ordering::Relaxed);
        let _status = lock(&self.child).end();
    }
}

/// The exit status of a process that ends within `limit`.
fn exited_within(child: &Mutex<Group>, limit: Duration) -> io::Result<Option<ExitStatus>> {
    wait_for(limit, || lock(child).try_wait().transpose()).transpose()
}

impl Transport for Cluster {
    fn submit(&self, call: Submission<'_>) {
        let request = Request::Submit {
            id: call.id,
            function: call.function,
            count: call.batch.unwrap_or(1),
            batch: call.batch.is_some(),
            fetch: call.fetch,
            arguments: call.arguments,
        };
        let parts: Vec<&[u8]> = call.records.iter().flat_map(RecordBuf::parts).collect();
        self.send(&request, &parts);
    }

    fn fetch(&self, id: CallId) {
        self.send(&Request::Fetch { id }, &[]);
    }

    fn cancel(&self, id: CallId) {
        self.send(&Request::Cancel { id }, &[]);
    }

    fn release(&self, id: CallId) {
        self.send(&Request::Release { id }, &[]);
    }

    fn close(&self) -> io::Result<()> {
        self.is_closing.store(true, Ordering::Relaxed);
        let requests = Arc::clone(&self.requests);
        // A process that has stopped reading would block this one.
        within(ENDING, move || {
            if let Some(mut requests) = lock(&requests).take() {
                let _gone = frame::write(&mut requests, &Request::Close, &[]);
            }
        });
        let status = exited_within(&self.child, ENDING)?;
        if status.is_none() {
            self.kill();
        }
        if let Some(events) = lock(&self.events).take() {
            // Processes that it has left behind may keep its output open.
            let _ended = wait_for(CLOSED, || events.is_finished().then_some(()));
        }
        match status {
            Some(_) => Ok(()),
            None => Err(io::Error::other(format!(
                "the Dask client's process did not end within {} s, and was killed",
                ENDING.as_secs()
            ))),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let is_running = matches!(lock(&self.child).try_wait(), Ok(None));
        if is_running {
            self.kill();
        }
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("client", &lock(&self.child))
            .finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the script.
fn start(python: &Path) -> io::Result<Group> {
    let mut command = Command::new(python);
    command
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Group::start(&mut command)
}

fn open_request<'a>(
    opening: &Opening<'a>,
    task: &TaskContext<'a>,
    run: &'a str,
    (own, distribution): (&'a str, Option<&'a str>),
) -> Request<'a> {
    let cores = || thread::available_parallelism().map_or(1, NonZero::get);
    Request::Open {
        address: opening.address,
        threads: opening.address.is_none().then(cores),
        run,
        task: task.task,
        path: EXECUTABLE,
        own,
        distribution,
        version: env!("CARGO_PKG_VERSION"),
        deadline: task.deadline.as_secs_f64(),
        workers: opening.workers,
    }
}

/// The path of this executable, even if another one has replaced the file meanwhile.
fn own_path() -> String {
    if cfg!(target_os = "linux") {
        return format!("/proc/{}/exe", std::process::id());
    }
    let own = std::env::current_exe().unwrap_or_default();
    own.to_string_lossy().into_owned()
}

/// Passes on the process's standard error, and keeps its end.
fn listen(said: Option<ChildStderr>) -> Arc<Mutex<LastLines>> {
    let last = Arc::new(Mutex::new(LastLines::default()));
    let kept = Arc::clone(&last);
    if let Some(said) = said {
        thread::spawn(move || {
            let mut said = BufReader::new(said);
            while let Ok(Some(line)) = next_line(&mut said) {
                tell(&line);
                lock(&kept).push(&line);
            }
        });
    }
    last
}

/// The next line, up to the maximum length: a line without an end would take all memory.
fn next_line(said: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if said.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.ends_with(b"\n") {
        line.pop();
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

/// Reads the events of the process until it ends.
struct Reader {
    calls: Arc<Calls>,
    task: String,
    child: Arc<Mutex<Group>>,
    is_closing: Arc<AtomicBool>,
    said: Arc<Mutex<LastLines>>,
    opened: Sender<Event>,
}

impl Reader {
    fn read(self, events: ChildStdout) {
        let (mut events, spares) = (BufReader::new(events), Spares::default());
        let ended = loop {
            match frame::read::<Event>(&mut events, &spares) {
                Ok(Some((event, body))) => self.take(event, body),
                Ok(None) => break self.how_it_ended(),
                // The process was killed while it wrote.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    break self.how_it_ended();
                }
                Err(error) => {
                    break format!(
                        "the output of the Dask client's process cannot be read: {error}"
                    );
                }
            }
        };
        if self.is_closing.load(Ordering::Relaxed) {
            self.calls
                .change(|table| table.lose("the run has ended".to_owned()));
            return;
        }
        // Its last output may still be on the way.
        thread::sleep(POLL);
        let said = lock(&self.said).text();
        let ended = match said.as_str() {
            "" => ended,
            said => format!("{ended}; its last output is:\n{said}"),
        };
        self.calls.change(|table| table.lose(ended));
    }

    fn how_it_ended(&self) -> String {
        match exited_within(&self.child, CLOSED) {
            Ok(Some(status)) => format!("the Dask client's process ended ({status})"),
            _ => "the Dask client's process closed its output".to_owned(),
        }
    }

    fn take(&self, event: Event, body: Bytes) {
        self.calls.change(|table| {
            table.hear();
            match event {
                Event::Progress { .. } | Event::Opened { .. } | Event::Refused { .. } => {
                    // Nobody listens after the cluster is open.
                    let _ = self.opened.send(event);
                }
                Event::Workers { workers } => table.set_workers(workers),
                Event::Done { id } => table.done(id),
                Event::Result { id } => table.result(id, body),
                Event::Failed {
                    id,
                    kind,
                    message,
                    worker,
                } => {
                    table.failed(
                        id,
                        CallError::told(&kind, message, worker.as_deref(), &body),
                    );
                }
                Event::LostWorker { worker } => {
                    table.losses_mut().workers += 1;
                    self.tell(format_args!(
                        "the worker {worker} is lost; its work is done again"
                    ));
                }
                Event::LostProcess { worker, how } => {
                    table.losses_mut().processes += 1;
                    self.tell(format_args!(
                        "a process on the worker {worker} {how}; its call is made again"
                    ));
                }
                Event::Broken { message } => table.lose(message),
            }
        });
    }

    fn tell(&self, what: fmt::Arguments<'_>) {
        tracing::warn!(task = self.task, "{what}");
        tell(format_args!("{}: {what}", self.task));
    }
}

/// Waits until the process reports that it is open. An existing scheduler has an address; a cluster in the
/// process has none that others could use.
fn wait_until_open(
    is_there: bool,
    answer: &Receiver<Event>,
    task: &TaskContext<'_>,
    deadline: &Deadline,
) -> Result<Addresses, NotOpen> {
    loop {
        match answer.recv_timeout(deadline.left()) {
            Ok(Event::Opened {
                scheduler,
                dashboard,
                distributed,
                python,
            }) => {
                tracing::info!(scheduler, distributed, python, "connected to Dask");
                let scheduler = is_there.then_some(scheduler);
                let what = match &scheduler {
                    Some(scheduler) => format!("connected to the Dask scheduler {scheduler}"),
                    None => "started a Dask cluster for this run".to_owned(),
                };
                let shown = dashboard.as_ref().map(|at| format!(", dashboard at {at}"));
                task.progress
                    .tell(format_args!("{what}{}", shown.unwrap_or_default()));
                return Ok(Addresses {
                    scheduler,
                    dashboard,
                });
            }
            Ok(Event::Refused { kind, message }) => return Err(refused(&kind, message)),
            Ok(Event::Progress { message }) => task.progress.tell(message),
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => {
                return Err(NotOpen::Failed(Error::system(format!(
                    "the Dask client's process gave no answer within {} s",
                    deadline.elapsed().as_secs()
                ))));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(NotOpen::Failed(Error::system(
                    "the Dask client's process ended before it was connected; its output is above",
                )));
            }
        }
    }
}

/// An error that another attempt cannot fix is the user's.
fn refused(kind: &str, message: String) -> NotOpen {
    match kind {
        "no_distributed" => NotOpen::NoClient(message),
        "no_address" | "program_differs" | "program_unusable" | "python_differs" => {
            NotOpen::Failed(Error::user(message))
        }
        _ => NotOpen::Failed(Error::system(message)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor, Read as _, repeat};

    use super::{LONGEST_LINE, next_line};

    #[test]
    fn a_line_has_an_end() {
        let endless = Cursor::new("one\n\ntwo\n").chain(repeat(b'a'));
        let mut said = BufReader::new(endless);
        let mut next = || next_line(&mut said).unwrap().unwrap();
        assert_eq!([next(), next(), next()], ["one", "", "two"]);
        assert_eq!(next().len() as u64, LONGEST_LINE);
        assert_eq!(next_line(&mut &b""[..]).unwrap(), None);
        assert_eq!(next_line(&mut &b"x"[..]).unwrap().as_deref(), Some("x"));
    }
}
