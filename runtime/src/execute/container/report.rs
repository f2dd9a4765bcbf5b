//! The report of a container's run: `outputs.pb`, `futures.pb` or `error.pb`, and never two of them.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::document::{Said, now};
use super::failed;
use crate::console::tell;
use crate::context::{has_siblings, must_look_failed};
use crate::error::Error;
use crate::execute::{UnderWay, during_run, on_termination};
use crate::store::{self, StoreError};
use crate::types::EncodedOutputs;

/// The place of a run's report; only the first report counts.
#[derive(Debug)]
pub(super) struct Report {
    /// The requested task.
    asked: String,
    /// The task's name, when it is found.
    found: OnceLock<&'static str>,
    prefix: String,
    done: Mutex<bool>,
}

impl Report {
    /// A report of a task under an output prefix.
    pub(super) fn new(task: &str, prefix: &str) -> Arc<Self> {
        Arc::new(Report {
            asked: task.to_owned(),
            found: OnceLock::new(),
            prefix: prefix.to_owned(),
            done: Mutex::new(false),
        })
    }

    /// Sets the task of all later reports.
    pub(super) fn is_of(&self, task: &'static str) {
        // The task is found only once.
        let _ = self.found.set(task);
    }

    fn task(&self) -> &str {
        self.found.get().copied().unwrap_or(&self.asked)
    }

    /// Reports an end of the process that its run does not notice, while the returned value exists.
    pub(super) fn at_abrupt_end(self: &Arc<Self>) -> UnderWay {
        let report = Arc::clone(self);
        during_run(move |error| {
            if report.is_done() {
                ExitCode::SUCCESS
            } else {
                report.failed(error)
            }
        })
    }

    fn is_done(&self) -> bool {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports signals that end the process.
    pub(super) fn at_termination(self: &Arc<Self>) -> Result<(), Error> {
        let report = Arc::clone(self);
        let handled = on_termination(move |signal| {
            let error = Error::system(format!("the process was told to end by {signal}"));
            let said = Said::of(&error, report.task());
            if let Err(error) = report.error(&said) {
                tell(format_args!("error: {error}"));
            }
        });
        handled.map_err(|error| {
            Error::system("cannot listen for signals: no thread or no descriptor is left")
                .with_source(error)
        })
    }

    /// Writes `outputs.pb`.
    pub(super) fn outputs(&self, outputs: &EncodedOutputs) -> Result<(), StoreError> {
        self.once(|| {
            store::write_pieces(&self.prefix, "outputs.pb", outputs.len(), outputs.pieces())
        })
    }

    /// Writes `futures.pb`, which replaces the outputs: the graph that produces them.
    pub(super) fn futures(&self, job: &[u8]) -> Result<(), StoreError> {
        self.once(|| store::write(&self.prefix, "futures.pb", job))
    }

    /// Writes `error.pb`, prints the error, and returns the exit code. The backend reads the document only if
    /// the exit code is 0, unless a failed run must look failed on this host.
    pub(super) fn failed(&self, error: &Error) -> ExitCode {
        let said = Said::of(error, self.task());
        tell(format_args!("error: task {}: {}", self.task(), said.line));
        if let Err(unwritten) = self.error(&said) {
            return failed(&unwritten);
        }
        if must_look_failed() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    /// Writes `error.pb`.
    fn error(&self, said: &Said) -> Result<(), StoreError> {
        self.once(|| store::write(&self.prefix, &error_file(), &said.document))
    }

    /// Calls `write`, unless a report was written; a failed write allows another one.
    fn once(&self, write: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if !*done {
            write()?;
            *done = true;
        }
        Ok(())
    }
}

/// `error.pb`, or a unique name if several workers of one task report.
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
