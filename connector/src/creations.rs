//! Jobs that are being started.
//!
//! Flyte cannot cancel a job if the answer to its creation is lost. Therefore the server finishes each
//! creation, and deletes the job if no caller takes the answer. After a broken connection, Flyte may ask
//! again with the same key. After its deadline, Flyte has given up the attempt.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::time::sleep;
use tracing::{error, warn};

use crate::Failure;
use crate::registry::Jobs;
use crate::task::{Call, NewTask};

/// The number of tries to delete an abandoned job, and the first pause between them.
const DELETIONS: u32 = 6;
const PAUSE: Duration = Duration::from_secs(1);

type Answer = Result<Vec<u8>, Failure>;

/// The creations of a server.
pub(crate) struct Creations {
    by_key: Mutex<HashMap<String, Arc<Creation>>>,
    /// The number of creations in progress.
    busy: watch::Sender<usize>,
    /// The time before an abandoned job is deleted; `None` keeps it.
    abandoned_after: Option<Duration>,
}

/// A creation.
struct Creation {
    answer: watch::Sender<Option<Answer>>,
    is_taken: AtomicBool,
}

impl Creation {
    fn new() -> Self {
        Creation {
            answer: watch::Sender::new(None),
            is_taken: AtomicBool::new(false),
        }
    }
}

impl Creations {
    pub(crate) fn new(abandoned_after: Option<Duration>) -> Arc<Self> {
        Arc::new(Creations {
            by_key: Mutex::default(),
            busy: watch::Sender::new(0),
            abandoned_after,
        })
    }

    /// Starts a job, or waits with others for it.
    pub(crate) async fn create(self: &Arc<Self>, jobs: Arc<dyn Jobs>, task: NewTask) -> Answer {
        let (creation, mut answer) = self.begin(jobs, task);
        let found = answer.wait_for(Option::is_some).await;
        let found = found.ok().and_then(|found| found.clone());
        creation.is_taken.store(true, Ordering::Release);
        found.unwrap_or_else(|| Err(Failure::internal("the server ends")))
    }

    /// Waits until no creation is in progress.
    pub(crate) async fn settled(&self) {
        // The channel cannot be closed, because `self` has a sender.
        let _ = self.busy.subscribe().wait_for(|count| *count == 0).await;
    }

    fn begin(
        self: &Arc<Self>,
        jobs: Arc<dyn Jobs>,
        task: NewTask,
    ) -> (Arc<Creation>, watch::Receiver<Option<Answer>>) {
        let key = task
            .key()
            .map(|key| format!("{}/{key}", task.template.r#type));
        let mut by_key = self.by_key();
        if let Some(creation) = key.as_ref().and_then(|key| by_key.get(key)) {
            return (creation.clone(), creation.answer.subscribe());
        }
        let creation = Arc::new(Creation::new());
        let receiver = creation.answer.subscribe();
        if let Some(key) = &key {
            by_key.insert(key.clone(), creation.clone());
        }
        drop(by_key);
        self.busy.send_modify(|count| *count += 1);
        let work = self.clone().work(creation.clone(), key, jobs, task);
        tokio::spawn(work);
        (creation, receiver)
    }

    async fn work(
        self: Arc<Self>,
        creation: Arc<Creation>,
        key: Option<String>,
        jobs: Arc<dyn Jobs>,
        task: NewTask,
    ) {
        let call = task.call.clone();
        let answer = caught(jobs.create(task)).await;
        let job = answer.as_ref().ok().cloned();
        creation.answer.send_replace(Some(answer));
        creation.answer.closed().await;
        if let Some(job) = &job
            && call.is_over()
            && self.forget(&creation, key.as_deref())
        {
            delete(&*jobs, job).await;
        }
        self.busy.send_modify(|count| *count -= 1);
        if let Some(job) = &job {
            self.wait_for_callers(&creation, key.as_deref(), &*jobs, job)
                .await;
        } else {
            self.forget(&creation, key.as_deref());
        }
    }

    /// Waits some time for a caller to take the job, and deletes the job otherwise.
    async fn wait_for_callers(
        &self,
        creation: &Creation,
        key: Option<&str>,
        jobs: &dyn Jobs,
        job: &[u8],
    ) {
        let Some(time) = self.abandoned_after else {
            self.forget(creation, key);
            return;
        };
        if key.is_some() && !creation.is_taken.load(Ordering::Acquire) {
            sleep(time).await;
        }
        creation.answer.closed().await;
        if self.forget(creation, key) {
            self.busy.send_modify(|count| *count += 1);
            delete(jobs, job).await;
            self.busy.send_modify(|count| *count -= 1);
        }
    }

    /// Removes a creation, and returns whether its job has to be deleted. A later creation with the same key stays.
    fn forget(&self, creation: &Creation, key: Option<&str>) -> bool {
        let mut by_key = self.by_key();
        let is_taken =
            creation.is_taken.swap(true, Ordering::AcqRel) || creation.answer.receiver_count() > 0;
        if let Some(key) = key
            && by_key
                .get(key)
                .is_some_and(|it| ptr::eq(it.as_ref(), creation))
        {
            by_key.remove(key);
        }
        !is_taken
    }

    fn by_key(&self) -> MutexGuard<'_, HashMap<String, Arc<Creation>>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deletes a job of which no caller knows.
async fn delete(jobs: &dyn Jobs, job: &[u8]) {
    let name = jobs.name();
    warn!(connector = name, "deletes a job whose caller went away");
    let mut pause = PAUSE;
    for left in (0..DELETIONS).rev() {
        match caught(jobs.delete(job, &Call::default())).await {
            Ok(()) => return,
            Err(failure) if left == 0 => {
                error!(connector = name, %failure, "a job runs that Flyte does not know of");
            }
            Err(failure) => {
                warn!(connector = name, %failure, "tries to delete it again");
                sleep(pause).await;
                pause *= 2;
            }
        }
    }
}

/// Turns a panic into a failure of the job, so that the server goes on.
pub(crate) async fn caught<T>(
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => Err(Failure::internal(format!(
            "the connector panicked: {}",
            words(&*panic)
        ))),
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_creation_forgets_only_itself() {
        let creations = Creations::new(None);
        let (first, second) = (Arc::new(Creation::new()), Arc::new(Creation::new()));
        let key = || "task/run/attempt".to_owned();
        creations.by_key().insert(key(), second.clone());
        creations.forget(&first, Some(&key()));
        assert!(creations.by_key().contains_key(&key()));
        creations.forget(&second, Some(&key()));
        assert!(!creations.by_key().contains_key(&key()));
    }
}
