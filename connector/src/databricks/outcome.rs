//! The error document of a run.
//!
//! When a connector reports a success, Flyte does not look for the error document of a task without outputs.
//! On an existing cluster, a task cannot make its run fail, so a failed task would count as succeeded.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use flytekit::store;
use flytekit_proto::flyteidl::core::{ErrorDocument, container_error};
use prost::Message as _;
use tokio::time::timeout;
use tracing::warn;

use super::state::joined;
use crate::{Call, Phase, Resource};

/// The time for a store to answer, while Flyte waits.
const PATIENCE: Duration = Duration::from_secs(3);

/// The pause after a store has failed to answer. The connector also works without access to the store.
const PAUSE: Duration = Duration::from_secs(300);

/// Reads error documents.
pub(super) struct Outcomes {
    is_wanted: bool,
    since: Instant,
    /// The time until which nothing is read, in milliseconds since `since`.
    not_before: AtomicU64,
}

impl Outcomes {
    pub(super) fn new(is_wanted: bool) -> Self {
        Outcomes {
            is_wanted,
            since: Instant::now(),
            not_before: AtomicU64::new(0),
        }
    }

    /// The error of a task whose run has failed.
    pub(super) async fn of_failure(&self, call: &Call) -> Option<TaskError> {
        self.error(call).await
    }

    /// The error of a task whose run has succeeded. If there are outputs, too, the error is that of an
    /// earlier try in the run.
    pub(super) async fn of_success(&self, call: &Call) -> Option<TaskError> {
        let error = self.error(call).await?;
        let outputs = self.read(call, "outputs.pb").await;
        matches!(outputs, File::Absent).then_some(error)
    }

    async fn error(&self, call: &Call) -> Option<TaskError> {
        match self.read(call, "error.pb").await {
            File::Content(bytes) => Some(TaskError::read(&bytes)),
            File::Absent | File::Unknown => None,
        }
    }

    /// A file below the output prefix.
    async fn read(&self, call: &Call, name: &str) -> File {
        let prefix = call.output_prefix.trim_end_matches('/');
        let is_left_alone = self.now() < self.not_before.load(Ordering::Relaxed);
        if !self.is_wanted || prefix.is_empty() || is_left_alone {
            return File::Unknown;
        }
        let uri = format!("{prefix}/{name}");
        let read = tokio::task::spawn_blocking(move || store::read(&uri));
        let why = match timeout(PATIENCE, read).await {
            Ok(Ok(Ok(bytes))) => return File::Content(bytes),
            Ok(Ok(Err(error))) if error.is_not_found() => return File::Absent,
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {PATIENCE:?}"),
        };
        self.leave_alone(&why);
        File::Unknown
    }

    fn leave_alone(&self, why: &str) {
        warn!(
            why,
            "cannot look for a task's error document, and reports Databricks' result alone for {PAUSE:?}"
        );
        let pause = u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX);
        self.not_before
            .store(self.now().saturating_add(pause), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A file that a task may have left.
enum File {
    Content(Vec<u8>),
    Absent,
    /// The connector cannot find out whether the file exists.
    Unknown,
}

/// A task's own error.
pub(super) struct TaskError {
    phase: Phase,
    message: String,
}

impl TaskError {
    fn read(bytes: &[u8]) -> Self {
        let error = match ErrorDocument::decode(bytes) {
            Ok(document) => document.error.unwrap_or_default(),
            Err(error) => {
                return TaskError {
                    phase: Phase::Failed,
                    message: format!(
                        "the task has left an error.pb that cannot be decoded: {error}"
                    ),
                };
            }
        };
        let phase = match error.kind() {
            container_error::Kind::Recoverable => Phase::RetryableFailed,
            container_error::Kind::NonRecoverable => Phase::Failed,
        };
        let message = format!("[{}] {}", error.code, error.message);
        TaskError { phase, message }
    }

    /// Adds the error to a run's state.
    pub(super) fn told(&self, mut resource: Resource) -> Resource {
        resource.phase = self.phase;
        resource.message = joined(&resource.message, Some(&self.message));
        resource
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[tokio::test]
    async fn outputs_that_cannot_be_read_may_be_there() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("error.pb"),
            ErrorDocument::default().encode_to_vec(),
        )
        .unwrap();
        let call = Call {
            output_prefix: folder.path().display().to_string(),
            ..Call::default()
        };
        assert!(Outcomes::new(true).of_success(&call).await.is_some());
        // A folder is not a file that can be read.
        fs::create_dir(folder.path().join("outputs.pb")).unwrap();
        assert!(Outcomes::new(true).of_success(&call).await.is_none());
    }
}
