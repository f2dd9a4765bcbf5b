//! An engine that is lost while the function uses it ends the run, even if the function hangs.

use std::fmt;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::engine::Watch;
use crate::error::Error;

/// How often the engine is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// How long a function may take to return after its engine was lost.
const GRACE: Duration = Duration::from_secs(30);

/// What to do about a function that does not return: reports the error, and ends the process.
#[derive(Clone, Copy)]
pub(crate) struct Abandon<'a>(pub(crate) &'a (dyn Fn(&Error) + Sync));

impl fmt::Debug for Abandon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Abandon")
    }
}

/// Calls the function. If it fails and its engine was lost, that is the error, and a retry may
/// help; what the function made of it is the error's source.
pub(super) fn during<T>(
    watch: Watch,
    abandon: Abandon<'_>,
    call: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    if watch.is_nothing() {
        return call();
    }
    let (running, ended) = mpsc::channel();
    thread::scope(|scope| {
        let watcher = scope.spawn(move || look(&watch, &ended, abandon));
        let called = call();
        drop(running);
        let lost = watcher.join().ok().flatten();
        match (called, lost) {
            (Err(error), Some(lost)) => Err(lost.with_source(error)),
            (called, _) => called,
        }
    })
}

/// Looks at the engine until the function has `ended`; gives the reason if it was lost.
fn look(watch: &Watch, ended: &Receiver<()>, abandon: Abandon<'_>) -> Option<Error> {
    let is_running = |wait| matches!(ended.recv_timeout(wait), Err(RecvTimeoutError::Timeout));
    while is_running(LOOK) {
        if let Some(lost) = watch.lost() {
            if is_running(GRACE) {
                abandon.0(&lost);
            }
            return Some(lost);
        }
    }
    watch.lost()
}

#[cfg(test)]
mod tests {
    use super::{Abandon, during};
    use crate::engine::Watch;
    use crate::error::Error;

    const NEVER: Abandon<'_> = Abandon(&|error| panic!("nothing hangs: {error}"));

    #[test]
    fn a_lost_engine_is_the_error_of_a_function_that_fails() {
        let lost = Watch::new(|| Some(Error::system("the server ended")));
        let error = during::<()>(lost, NEVER, || Err(Error::user("no rows"))).expect_err("lost");
        assert!(error.is_recoverable());
        assert_eq!(error.to_string(), "the server ended: no rows");
    }

    #[test]
    fn an_engine_that_is_there_changes_nothing() {
        let there = Watch::new(|| None);
        let error = during::<()>(there, NEVER, || Err(Error::user("no rows"))).expect_err("own");
        assert_eq!(error.to_string(), "no rows");
        assert_eq!(during(Watch::nothing(), NEVER, || Ok(1)).expect("one"), 1);
    }
}
