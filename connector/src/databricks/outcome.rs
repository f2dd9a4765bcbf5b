//! What a successful run has left.
//!
//! Flyte does not look for the error of a task that declares no outputs when its connector says that it has
//! succeeded. Where a run cannot be told to fail with its task, as on a cluster that was there before, a failed
//! task would count as done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use flytekit::store;
use flytekit_proto::flyteidl::core::{ErrorDocument, container_error};
use prost::Message as _;
use tokio::time::timeout;
use tracing::warn;

use crate::{Call, Phase, Resource};

/// How long a store may take; Flyte waits for the whole answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a store is left alone that did not answer: a connector without rights there does not need any.
const PAUSE: Duration = Duration::from_secs(300);

/// Looks at them.
pub(super) struct Outcomes {
    is_wanted: bool,
    since: Instant,
    /// In milliseconds since then; nothing is read before.
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

    /// A success, unless the task has left an error.
    pub(super) async fn checked(&self, resource: Resource, call: &Call) -> Resource {
        let prefix = call.output_prefix.trim_end_matches('/');
        if !self.is_wanted
            || prefix.is_empty()
            || self.now() < self.not_before.load(Ordering::Relaxed)
        {
            return resource;
        }
        let uri = format!("{prefix}/error.pb");
        let read = tokio::task::spawn_blocking(move || store::read(&uri));
        match timeout(PATIENCE, read).await {
            Ok(Ok(Ok(bytes))) => with_error(resource, &bytes),
            Ok(Ok(Err(error))) if error.is_not_found() => resource,
            Ok(Ok(Err(error))) => self.without(resource, &error.to_string()),
            Ok(Err(error)) => self.without(resource, &error.to_string()),
            Err(_) => self.without(resource, &format!("no answer within {PATIENCE:?}")),
        }
    }

    fn without(&self, resource: Resource, why: &str) -> Resource {
        warn!(
            why,
            "cannot look for a task's error document, and takes Databricks' word for {PAUSE:?}"
        );
        let pause = u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX);
        self.not_before
            .store(self.now().saturating_add(pause), Ordering::Relaxed);
        resource
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A failure, as its document has it.
fn with_error(mut resource: Resource, bytes: &[u8]) -> Resource {
    let error = match ErrorDocument::decode(bytes) {
        Ok(document) => document.error.unwrap_or_default(),
        Err(error) => {
            warn!(%error, "a task's error document cannot be read");
            resource.phase = Phase::Failed;
            resource.message = format!("the task has left an error.pb that is none: {error}");
            return resource;
        }
    };
    resource.phase = match error.kind() {
        container_error::Kind::Recoverable => Phase::RetryableFailed,
        container_error::Kind::NonRecoverable => Phase::Failed,
    };
    resource.message = format!("[{}] {}", error.code, error.message);
    resource
}
