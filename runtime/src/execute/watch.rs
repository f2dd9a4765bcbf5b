//! Watches the engine: if it is lost while the function uses it, the run ends, even if the function hangs.

use std::fmt;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::abrupt::in_time;
use super::cancel::RUNS;
use crate::engine::{Moment, Watch};
use crate::error::Error;

/// The time between two checks of the engine.
const LOOK: Duration = Duration::from_millis(200);

/// The time that a function has to return after its engine was lost.
const GRACE: Duration = Duration::from_secs(30);

/// The time that an ending engine may still look alive: a process closes its connections before it ends.
const MOMENT: Duration = Duration::from_secs(1);

/// Handles a function that does not return: reports the error, and ends the process.
#[derive(Clone, Copy)]
pub(crate) struct Abandon<'a>(pub(crate) &'a (dyn Fn(&Error) + Sync));

impl fmt::Debug for Abandon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Abandon")
    }
}

/// Calls the function, which can be cancelled meanwhile. If it fails and its engine was lost, the loss is the
/// error, and a retry may help. The error of the function is its source, as explained by the engine.
pub(super) fn during(
    mut watch: Watch,
    abandon: Abandon<'_>,
    explain: &dyn Fn(Error) -> Error,
    call: &mut dyn FnMut() -> Result<(), Error>,
) -> Result<(), Error> {
    // This also applies if there is nothing to cancel: the function may fail because of a cancellation
    // elsewhere.
    let cancel = watch.take_cancel().unwrap_or_else(|| Box::new(|| ()));
    let _cancellable = RUNS.add(cancel);
    // An error without a cause is this program's own, and needs no explanation.
    let explain = |error: Error| match error.cause() {
        Some(_) => in_time(|| explain(error)),
        None => error,
    };
    if !watch.is_needed() {
        return call().map_err(explain);
    }
    let (has_failed, ended) = mpsc::channel();
    thread::scope(|scope| {
        let watcher = scope.spawn(move || look(&watch, &ended, abandon));
        let called = call();
        // The watcher ends only if the engine is lost.
        let _ = has_failed.send(called.is_err());
        let lost = watcher.join().ok().flatten();
        match (called, lost) {
            (Err(error), Some(lost)) => Err(lost.with_source(explain(error))),
            (called, _) => called.map_err(explain),
        }
    })
}

/// Checks the engine until the function has `ended` and reported whether it failed. Returns the reason if the
/// engine was lost.
fn look(watch: &Watch, ended: &Receiver<bool>, abandon: Abandon<'_>) -> Option<Error> {
    loop {
        match ended.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(true) => return look_again(watch),
            Ok(false) | Err(RecvTimeoutError::Disconnected) => return None,
        }
        if let Some(lost) = watch.lost(Moment::Working) {
            if ended.recv_timeout(GRACE) == Err(RecvTimeoutError::Timeout) {
                abandon.0(&lost);
            }
            return Some(lost);
        }
    }
}

/// Checks for a moment: the function's failure may be the first sign of the engine's end.
fn look_again(watch: &Watch) -> Option<Error> {
    let start = Instant::now();
    let mut moment = Moment::Failed;
    loop {
        let lost = watch.lost(moment);
        moment = Moment::Working;
        if lost.is_some() || start.elapsed() >= MOMENT {
            return lost;
        }
        thread::sleep(LOOK / 10);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{Abandon, during};
    use crate::engine::Watch;
    use crate::error::Error;

    fn as_it_is(error: Error) -> Error {
        error
    }

    const NEVER: Abandon<'_> = Abandon(&|error| panic!("nothing hangs: {error}"));

    #[test]
    fn a_lost_engine_is_the_error_of_a_function_that_fails() {
        let lost = Watch::new(|_| Some(Error::system("the server ended")));
        let error =
            during(lost, NEVER, &as_it_is, &mut || Err(Error::user("no rows"))).expect_err("lost");
        assert!(error.is_recoverable());
        assert_eq!(error.to_string(), "the server ended: no rows");
    }

    #[test]
    fn an_engine_that_is_seen_to_end_after_the_function_failed_is_the_error_too() {
        let looks = AtomicU32::new(0);
        let ending = Watch::new(move |_| {
            let seen = looks.fetch_add(1, Ordering::Relaxed) > 2;
            seen.then(|| Error::system("the server ended"))
        });
        let error =
            during(ending, NEVER, &as_it_is, &mut || Err(Error::user("reset"))).expect_err("lost");
        assert_eq!(error.to_string(), "the server ended: reset");
    }

    #[test]
    fn an_engine_that_is_there_changes_nothing() {
        let there = Watch::new(|_| None);
        let error =
            during(there, NEVER, &as_it_is, &mut || Err(Error::user("no rows"))).expect_err("own");
        assert_eq!(error.to_string(), "no rows");
        assert!(during(Watch::nothing(), NEVER, &as_it_is, &mut || Ok(())).is_ok());
    }
}
