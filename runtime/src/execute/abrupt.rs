//! Handles ends of the process that its run does not notice: the task's code calls `exit`, a panic aborts, or
//! the code that formats an error never returns.

use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use signal_hook::low_level;

use super::cancel::RUNS;
use super::signals::{CANCELLING, reported};
use crate::console::tell;
use crate::error::Error;

/// Reports an error like the run of the process, and returns the exit code.
type LastWords = Arc<dyn Fn(&Error) -> ExitCode + Send + Sync>;

/// The last words of the run in progress.
static LAST_WORDS: Mutex<Option<LastWords>> = Mutex::new(None);

/// The time limit for formatting an error, which runs the code of the error's type.
const SAYING: Duration = Duration::from_secs(10);

/// A run in progress, until this is dropped.
#[must_use]
#[derive(Debug)]
pub(crate) struct UnderWay(());

/// Calls `last_words` if the process ends before the returned value is dropped.
pub(crate) fn during_run(
    last_words: impl Fn(&Error) -> ExitCode + Send + Sync + 'static,
) -> UnderWay {
    set(Some(Arc::new(last_words)));
    UnderWay(())
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        set(None);
    }
}

fn set(last_words: Option<LastWords>) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = last_words;
}

/// Ends the process with the last words of its run, if one is in progress. The error is created only then,
/// because its backtrace may cost more than a whole run.
pub(super) fn end(error: &mut dyn FnMut() -> Error) {
    // The lock is held to the end, so that nothing else ends the process meanwhile, not even the run itself.
    let mut run = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(last_words) = run.take() else {
        return;
    };
    let error = error();
    // This thread may hold locks that the report needs, or have lost its thread-local variables, so another
    // thread reports.
    let code = match reported(Box::new(move || last_words(&error))) {
        Ok(said) => said.unwrap_or(ExitCode::FAILURE),
        Err(error) => {
            tell(format_args!(
                "error: the process is ending, and cannot report the reason: {error}"
            ));
            ExitCode::FAILURE
        }
    };
    let _cancelled = RUNS.cancel(CANCELLING);
    low_level::exit(i32::from(code != ExitCode::SUCCESS))
}

/// Ends the process from any thread, with the run's exit code.
pub(crate) fn leave(code: ExitCode) -> ! {
    set(None);
    std::process::exit(i32::from(code != ExitCode::SUCCESS))
}

/// Calls `say`, which runs the user's code. If it does not return in time, the run ends with that error.
pub(crate) fn in_time<T>(say: impl FnOnce() -> T) -> T {
    let is_said = wait_for_words();
    let said = say();
    drop(is_said);
    said
}

/// Ends the run if the returned sender is not dropped in time.
fn wait_for_words() -> Sender<()> {
    let (is_said, said) = mpsc::channel();
    let wait = move || {
        // Nothing is sent: the channel closes when `say` has returned.
        if said.recv_timeout(SAYING) == Err(RecvTimeoutError::Timeout) {
            end(&mut || {
                Error::user(format!(
                    "the task failed with an error that does not say why within {SAYING:?}: its `Display` \
                     or its `source` does not end"
                ))
            });
        }
    };
    // If there is no thread, nobody waits.
    let _waiting = thread::Builder::new().spawn(wait);
    is_said
}

dtor::declarative::dtor! {
    #[dtor(unsafe)]
    fn at_exit() {
        end(&mut || {
            Error::user(
                "the task's code ended the process, by `std::process::exit` or an `exit` of another \
                 language: return from the function instead, with an error if it failed",
            )
        });
    }
}
