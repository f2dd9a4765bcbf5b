//! The one thing a container run leaves behind: `outputs.pb`, `futures.pb` or `error.pb`, never two of them.

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

/// Where a run reports to; the first report counts.
#[derive(Debug)]
pub(super) struct Report {
    /// The task as it is asked for.
    asked: String,
    /// Its name, once it is found.
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

    /// What is reported from now on is of the task of this name.
    pub(super) fn is_of(&self, task: &'static str) {
        // It is found once.
        let _ = self.found.set(task);
    }

    fn task(&self) -> &str {
        self.found.get().copied().unwrap_or(&self.asked)
    }

    /// Reports an end of the process that its run does not see, if that comes while what this gives lives.
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

    /// Reports that the process is told to end, when it is.
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
            Error::system("nothing is left to hear of signals with: no thread, or no descriptor")
                .with_source(error)
        })
    }

    /// Writes `outputs.pb`.
    pub(super) fn outputs(&self, outputs: &EncodedOutputs) -> Result<(), StoreError> {
        self.once(|| {
            store::write_pieces(&self.prefix, "outputs.pb", outputs.len(), outputs.pieces())
        })
    }

    /// Writes `futures.pb`, which stands in the place of outputs: the graph that gives them.
    pub(super) fn futures(&self, job: &[u8]) -> Result<(), StoreError> {
        self.once(|| store::write(&self.prefix, "futures.pb", job))
    }

    /// Writes `error.pb`, says the error, and gives the exit code. Only the document with exit code 0
    /// makes the backend read it, unless the host is one where a run must look failed.
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
