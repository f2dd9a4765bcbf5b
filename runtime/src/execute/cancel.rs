//! Cancellation: a process that receives a signal first cancels the work that its runs have in progress
//! elsewhere.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The number of simultaneous cancellations: some of them may hang.
const AT_ONCE: usize = 32;

/// The runs of this process, with their unfinished work.
pub(super) static RUNS: Cancels = Cancels(Mutex::new(Vec::new()));

/// Cancels the work of a run, from any thread.
pub(crate) type Cancel = Box<dyn FnOnce() + Send>;

/// The runs in progress, each with its cancellation.
pub(super) struct Cancels(Mutex<Vec<Entry>>);

struct Entry {
    id: u64,
    cancel: Cancel,
}

/// Work that can be cancelled, until this is dropped.
pub struct Cancellable<'a> {
    runs: &'a Cancels,
    id: u64,
}

/// Makes the end of the process (SIGTERM, Ctrl-C) call `cancel`, until the returned value is dropped. This is
/// for an engine's work outside of a run; in a run, use its [`Watch`](crate::engine::Watch).
///
/// ```
/// use flytekit::engine::cancellable;
///
/// let session = cancellable(|| { /* stop the session's work on its cluster */ });
/// drop(session);
/// ```
pub fn cancellable(cancel: impl FnOnce() + Send + 'static) -> Cancellable<'static> {
    RUNS.add(Box::new(cancel))
}

/// Runs that were cancelled. While this exists, none of them reports a failure, and no other run starts.
#[must_use]
pub(super) struct Cancelled<'a> {
    _runs: MutexGuard<'a, Vec<Entry>>,
}

impl Cancels {
    /// Adds a run.
    pub(super) fn add(&self, cancel: Cancel) -> Cancellable<'_> {
        let mut runs = self.lock();
        let id = runs.last().map_or(0, |last| last.id + 1);
        runs.push(Entry { id, cancel });
        Cancellable { runs: self, id }
    }

    /// Cancels all runs at the same time, and waits for that no longer than `limit`.
    pub(super) fn cancel(&self, limit: Duration) -> Cancelled<'_> {
        let mut runs = self.lock();
        let start = Instant::now();
        let (done, all_done) = mpsc::channel::<()>();
        let threads = runs.len().min(AT_ONCE);
        let left = Arc::new(Mutex::new(runs.drain(..).collect::<VecDeque<_>>()));
        for _ in 0..threads {
            let (done, left) = (done.clone(), Arc::clone(&left));
            let cancelling = thread::Builder::new().spawn(move || {
                let next = || {
                    left.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .pop_front()
                };
                while let Some(Entry { cancel, .. }) = next() {
                    // A panic does not stop the other cancellations.
                    let _ = catch_unwind(AssertUnwindSafe(cancel));
                }
                drop(done);
            });
            if let Err(error) = cancelling {
                tracing::warn!(%error, "cannot cancel all runs");
            }
        }
        drop(done);
        // Nothing is sent: the channel closes with the last cancellation.
        if all_done.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!("some runs are not cancelled after {:?}", start.elapsed());
        }
        Cancelled { _runs: runs }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cancellable<'_> {
    fn drop(&mut self) {
        self.runs.lock().retain(|run| run.id != self.id);
    }
}

impl fmt::Debug for Cancellable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cancellable").field(&self.id).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use super::*;

    const AMPLE: Duration = Duration::from_secs(30);

    #[test]
    fn runs_that_are_under_way_are_cancelled_once() {
        let runs = Cancels(Mutex::default());
        let calls = Arc::new(AtomicU32::new(0));
        let call = |worth: u32| {
            let calls = Arc::clone(&calls);
            runs.add(Box::new(move || {
                calls.fetch_add(worth, Ordering::Relaxed);
            }))
        };
        let (ended, _first, _second) = (call(100), call(10), call(1));
        drop(ended);
        drop(runs.cancel(AMPLE));
        drop(runs.cancel(AMPLE));
        assert_eq!(calls.load(Ordering::Relaxed), 11);
    }

    #[test]
    fn what_cannot_be_cancelled_does_not_hold_up_the_end() {
        let runs = Cancels(Mutex::default());
        let (_keep, never) = mpsc::channel::<()>();
        let _hangs = runs.add(Box::new(move || _ = never.recv()));
        let _panics = runs.add(Box::new(|| panic!("no server")));
        let start = Instant::now();
        drop(runs.cancel(Duration::from_millis(50)));
        assert!(start.elapsed() < AMPLE);
    }

    #[test]
    fn a_cancelled_run_does_not_go_on() {
        let runs = Cancels(Mutex::default());
        let (told, is_told) = mpsc::channel();
        thread::scope(|scope| {
            let run = runs.add(Box::new(move || told.send(()).expect("a run waits")));
            let cancelled = runs.cancel(AMPLE);
            let run = scope.spawn(move || {
                is_told.recv().expect("a run is told");
                drop(run);
            });
            thread::sleep(Duration::from_millis(50));
            assert!(!run.is_finished());
            drop(cancelled);
            run.join().expect("the run goes on");
        });
    }
}
