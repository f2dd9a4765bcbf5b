//! SIGTERM and SIGINT end a run with a report, not in silence.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::register_conditional_shutdown;
use signal_hook::iterator::Signals;

use super::cancel::RUNS;

const SIGNALS: [i32; 2] = [SIGTERM, SIGINT];

/// How long cancelling the runs may take. A container has half a minute between SIGTERM and
/// SIGKILL, and a user at the terminal less patience.
const CANCELLING: Duration = Duration::from_secs(5);

/// Calls `report` with the signal's name when the process is told to end, cancels its runs, then
/// ends it with 128 + the signal's number. Children that an engine started die with the process. A
/// second signal ends it at once.
///
/// # Errors
///
/// When the handlers cannot be installed.
pub(crate) fn on_termination(report: impl FnOnce(&str) + Send + 'static) -> std::io::Result<()> {
    let ending = Arc::new(AtomicBool::new(false));
    for signal in SIGNALS {
        register_conditional_shutdown(signal, 128 + signal, Arc::clone(&ending))?;
    }
    let mut signals = Signals::new(SIGNALS)?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            if let Some(signal) = signals.forever().next() {
                report(if signal == SIGTERM {
                    "SIGTERM"
                } else {
                    "SIGINT"
                });
                ending.store(true, Ordering::Relaxed);
                let _cancelled = RUNS.cancel(CANCELLING);
                std::process::exit(128 + signal);
            }
        })?;
    Ok(())
}
