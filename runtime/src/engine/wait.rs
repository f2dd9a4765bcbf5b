//! Waits with a time limit, for other threads and for conditions.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::deadline::Deadline;

/// The interval for polling.
pub(super) const POLL: Duration = Duration::from_millis(50);

/// Does `work` on a thread of its own, and returns a channel for its result.
///
/// Calls of an engine's client cannot always be cancelled: if nobody waits any more, the thread is left
/// behind, and ends when the client gives up. The thread also keeps the blocking client out of any async
/// runtime.
pub(super) fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (result, answer) = mpsc::channel();
    thread::spawn(move || result.send(work()));
    answer
}

/// Does `work` on a thread of its own, and waits at most for `limit`.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    apart(work).recv_timeout(limit).ok()
}

/// Polls until `look` returns a value, or `limit` is over.
pub(super) fn wait_for<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Deadline::after(limit);
    loop {
        let found = look();
        if found.is_some() || deadline.left().is_zero() {
            return found;
        }
        thread::sleep(POLL / 5);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_never_ends_is_left_behind() {
        let (_keep, never) = mpsc::channel::<()>();
        assert!(within(Duration::from_millis(20), move || never.recv()).is_none());
        assert_eq!(within(Duration::from_secs(5), || 7), Some(7));
    }
}
