//! Signals: SIGTERM and SIGINT end a run with a report, and within a time limit.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag::{register, register_conditional_shutdown};
use signal_hook::iterator::Signals;
use signal_hook::low_level;

use super::cancel::RUNS;
use crate::console::tell;

const SIGNALS: [i32; 2] = [SIGTERM, SIGINT];

/// The time limit of a report. Kubernetes waits half a minute between SIGTERM and SIGKILL, unless a pod sets
/// another time, and a store that does not answer takes minutes.
const REPORTING: Duration = Duration::from_secs(10);

/// The time limit after the report for cancelling the runs, and for removing unfinished files.
pub(super) const CANCELLING: Duration = Duration::from_secs(5);

/// Calls `report` with the signal's name when a signal ends the process. Then cancels the runs of the
/// process, and exits with 128 + the signal's number, in at most [`REPORTING`] and [`CANCELLING`]. Children
/// that an engine started end with the process. A second signal ends the process immediately.
///
/// A file that grows beyond the machine's limit becomes an error of its writer, instead of a signal.
///
/// # Errors
///
/// If the handlers cannot be installed.
pub(crate) fn on_termination(report: impl FnOnce(&str) + Send + 'static) -> io::Result<()> {
    ends_with(Box::new(report))
}

fn ends_with(report: Box<dyn FnOnce(&str) + Send>) -> io::Result<()> {
    let is_told = Arc::new(AtomicBool::new(false));
    for signal in SIGNALS {
        // This order is necessary, so that the first signal does not trigger its own shutdown.
        register_conditional_shutdown(signal, 128 + signal, Arc::clone(&is_told))?;
        register(signal, Arc::clone(&is_told))?;
    }
    register(SIGXFSZ, Arc::default())?;
    let mut signals = Signals::new(SIGNALS)?;
    let end = move || {
        if let Some(signal) = signals.forever().next() {
            let name = if signal == SIGTERM {
                "SIGTERM"
            } else {
                "SIGINT"
            };
            let report = Box::new(move || {
                report(name);
                ExitCode::FAILURE
            });
            match reported(report) {
                Ok(Err(RecvTimeoutError::Timeout)) => tell(format_args!(
                    "error: the end of the process is not reported: the report was not written within {REPORTING:?}"
                )),
                Err(error) => tell(format_args!(
                    "error: the end of the process is not reported: {error}"
                )),
                Ok(_) => {}
            }
            let _cancelled = RUNS.cancel(CANCELLING);
            #[cfg(feature = "children")]
            crate::child::end_all();
            // This skips the process's exit handlers, which may wait for threads that do not end.
            low_level::exit(128 + signal);
        }
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(end)?;
    Ok(())
}

/// Calls `report` in a thread of its own, waits no longer than [`REPORTING`], and returns the exit code of the
/// report.
///
/// # Errors
///
/// If there is no thread for it.
pub(super) fn reported(
    report: Box<dyn FnOnce() -> ExitCode + Send>,
) -> io::Result<Result<ExitCode, RecvTimeoutError>> {
    let (say, said) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        // If the receiver is gone, it has waited long enough.
        let _ = say.send(report());
    })?;
    Ok(said.recv_timeout(REPORTING))
}
