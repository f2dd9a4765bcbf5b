//! SIGTERM and SIGINT end a run with a report, not in silence.

use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Calls `report` with the signal's name when the process is told to end, then ends it with
/// 128 + the signal's number. Children that an engine started die with the process.
///
/// # Errors
///
/// When the handlers cannot be installed.
pub(crate) fn on_termination(report: impl FnOnce(&str) + Send + 'static) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            if let Some(signal) = signals.forever().next() {
                report(if signal == SIGTERM {
                    "SIGTERM"
                } else {
                    "SIGINT"
                });
                std::process::exit(128 + signal);
            }
        })?;
    Ok(())
}
