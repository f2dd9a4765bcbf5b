//! The one thing a container run leaves behind: `outputs.pb`, or `error.pb`, never both.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::{ContainerError, ErrorDocument};
use prost::Message;

use super::secrets::Redacted;
use crate::error::{Error, Origin};
use crate::store::{self, StoreError};

/// Where a run reports to; the first report counts.
#[derive(Debug)]
pub(crate) struct Report {
    prefix: String,
    secrets: Redacted,
    done: Mutex<bool>,
}

impl Report {
    /// A report under an output prefix.
    pub(crate) fn new(prefix: String, secrets: Redacted) -> Self {
        Report {
            prefix,
            secrets,
            done: Mutex::new(false),
        }
    }

    /// Writes `outputs.pb`.
    pub(crate) fn outputs(&self, literal_map: &[u8]) -> Result<(), StoreError> {
        self.once(|| store::write(&self.prefix, "outputs.pb", literal_map))
    }

    /// Writes `error.pb`.
    pub(crate) fn error(&self, task: &str, error: &Error) -> Result<(), StoreError> {
        let document = document(task, error, &self.secrets);
        self.once(|| store::write(&self.prefix, &error_file(), &document.encode_to_vec()))
    }

    /// `text` without the task's secrets.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.secrets.redact(text)
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

/// `error.pb`, or a name of its own where several workers of one task report
/// (`FLYTE_INTERNAL_DIST_ERROR_STRATEGY`, which only the backend sets).
fn error_file() -> String {
    let distributed = ["FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "_F_DES"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !distributed {
        return "error.pb".to_owned();
    }
    let now = now();
    let unique = u128::from(std::process::id()) << 96
        | u128::from(now.0.unsigned_abs()) << 32
        | u128::from(now.1.unsigned_abs());
    format!("error-{unique:032x}.pb")
}

/// The document in flytekit's layout: a trace, indented, then the message.
fn document(task: &str, error: &Error, secrets: &Redacted) -> ErrorDocument {
    let trace = format!("task {task}\n{}", error.trace());
    let message = format!(
        "Trace:\n\n{}\nMessage:\n\n    {}: {error}",
        indented(trace.trim_end()),
        error.code(),
    );
    let (seconds, nanos) = now();
    let worker = ["FLYTE_INTERNAL_WORKER_NAME", "_F_WN"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    ErrorDocument {
        error: Some(ContainerError {
            code: error.code().to_owned(),
            message: secrets.redact(&message),
            kind: if error.is_recoverable() {
                Kind::Recoverable
            } else {
                Kind::NonRecoverable
            }
            .into(),
            origin: match error.origin() {
                Origin::User => ErrorKind::User,
                Origin::System => ErrorKind::System,
            }
            .into(),
            timestamp: Some(prost_types::Timestamp { seconds, nanos }),
            worker: worker.unwrap_or_default(),
        }),
    }
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}

/// Seconds and nanoseconds since 1970.
fn now() -> (i64, i32) {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    (
        since.as_secs().cast_signed(),
        since.subsec_nanos().cast_signed(),
    )
}
