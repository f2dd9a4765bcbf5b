//! The one thing a container run leaves behind: `outputs.pb`, or `error.pb`, never both.

use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::failed;
use crate::console::{clean, tell};
use crate::context::{has_siblings, must_look_failed, worker};
use crate::error::{Error, Origin};
use crate::execute::signals::on_termination;
use crate::store::{self, StoreError};
use crate::wire::Writer;

/// Where a run reports to; the first report counts.
#[derive(Debug)]
pub(super) struct Report {
    task: String,
    prefix: String,
    done: Mutex<bool>,
}

impl Report {
    /// A report of a task under an output prefix.
    pub(super) fn new(task: &str, prefix: &str) -> Arc<Self> {
        Arc::new(Report {
            task: task.to_owned(),
            prefix: prefix.to_owned(),
            done: Mutex::new(false),
        })
    }

    /// Reports that the process is told to end, when it is.
    pub(super) fn at_termination(self: &Arc<Self>) -> io::Result<()> {
        let report = Arc::clone(self);
        on_termination(move |signal| {
            let error = Error::system(format!("the process was told to end by {signal}"));
            if let Err(error) = report.error(&error) {
                tell(format_args!("error: {error}"));
            }
        })
    }

    /// Writes `outputs.pb`.
    pub(super) fn outputs(&self, literal_map: &[u8]) -> Result<(), StoreError> {
        self.once(|| store::write(&self.prefix, "outputs.pb", literal_map))
    }

    /// Writes `error.pb`, says the error, and gives the exit code. Only the document with exit code 0
    /// makes the backend read it, unless the host is one where a run must look failed.
    pub(super) fn failed(&self, error: &Error) -> ExitCode {
        tell(format_args!("error: task {}: {error}", self.task));
        if let Err(unwritten) = self.error(error) {
            return failed(&unwritten);
        }
        if must_look_failed() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    /// Writes `error.pb`.
    fn error(&self, error: &Error) -> Result<(), StoreError> {
        let document = document(&self.task, error);
        self.once(|| store::write(&self.prefix, &error_file(), &document))
    }

    /// Runs `write` unless a report was written; one that fails leaves room for another.
    fn once(&self, write: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if !*done {
            write()?;
            *done = true;
        }
        Ok(())
    }
}

/// `error.pb`, or a name of its own where several workers of one task report.
fn error_file() -> String {
    if !has_siblings() {
        return "error.pb".to_owned();
    }
    let now = now();
    let unique = u128::from(std::process::id()) << 96
        | u128::from(now.0.unsigned_abs()) << 32
        | u128::from(now.1.unsigned_abs());
    format!("error-{unique:032x}.pb")
}

/// The bytes of a `flyteidl.core.ErrorDocument` in flytekit's layout: a trace, indented, then the message.
fn document(task: &str, error: &Error) -> Vec<u8> {
    let trace = format!("task {task}\n{}", error.trace());
    let message = format!(
        "Trace:\n\n{}\nMessage:\n\n    {}: {error}",
        indented(trace.trim_end()),
        error.code(),
    );
    let (seconds, nanos) = now();
    let worker = worker();
    // The whole, for it is only now that nothing is left to be added.
    let message = clean(&message);
    let (non_recoverable, recoverable) = (0, 1);
    let kind = if error.is_recoverable() {
        recoverable
    } else {
        non_recoverable
    };
    let origin = match error.origin() {
        Origin::User => 1,
        Origin::System => 2,
    };
    Writer::to_bytes(|w| {
        let end = w.len();
        w.string_nonempty(6, worker.as_deref().unwrap_or_default());
        let timestamp = w.len();
        w.int64_nonzero(2, nanos);
        w.int64_nonzero(1, seconds);
        w.message(5, timestamp);
        w.int64_nonzero(4, origin);
        w.int64_nonzero(3, kind);
        w.string_nonempty(2, &message);
        w.string_nonempty(1, error.code());
        w.message(1, end);
    })
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}

/// Seconds and nanoseconds since 1970.
fn now() -> (i64, i64) {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    (since.as_secs().cast_signed(), since.subsec_nanos().into())
}
