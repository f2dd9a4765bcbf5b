//! The first process of a container, whose children all others become when their parents end: it runs the
//! task in a process of its own and does nothing but wait, so that none of them stays.

use std::env;
use std::io::{self, IsTerminal as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, wait};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use signal_hook::low_level::signal_name;

use super::report::Report;
use crate::error::Error;

/// What is passed on to the task's process.
const PASSED_ON: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// Runs this command in another process if this one is the first of its container, and gives the exit
/// code of that one. Reports how it ended if it could not.
pub(super) fn run_below(report: &Arc<Report>) -> Option<ExitCode> {
    if std::process::id() != 1 {
        return None;
    }
    match start_and_wait() {
        Ok(status) => Some(code(status, report)),
        Err(error) => {
            tracing::warn!(%error, "the task runs in the container's first process");
            None
        }
    }
}

fn start_and_wait() -> io::Result<WaitStatus> {
    // Before the child, whose end might be missed.
    let mut signals = Signals::new(PASSED_ON.iter().chain([&SIGCHLD]))?;
    let mut words = env::args_os();
    let mut command = Command::new(env::current_exe()?);
    command.arg0(words.next().unwrap_or_default());
    let child = Pid::from_child(&command.args(words).spawn()?);
    for signal in signals.forever() {
        if signal == SIGCHLD {
            if let Some(status) = reap(child) {
                return Ok(status);
            }
        } else if signal != SIGINT || !io::stdin().is_terminal() {
            // A terminal tells the child itself.
            pass_on(signal, child);
        }
    }
    Err(io::Error::other("signals have an end"))
}

/// Takes note of all that have ended, and says how the child did if it is among them.
fn reap(child: Pid) -> Option<WaitStatus> {
    let mut ended = None;
    while let Ok(Some((process, status))) = wait(WaitOptions::NOHANG) {
        if process == child {
            ended = Some(status);
        }
    }
    ended
}

fn pass_on(signal: i32, child: Pid) {
    if let Some(signal) = Signal::from_named_raw(signal) {
        // It may have ended meanwhile.
        let _ = kill_process(child, signal);
    }
}

/// The exit code of a process that ended like this.
fn code(status: WaitStatus, report: &Arc<Report>) -> ExitCode {
    if let Some(code) = status.exit_status() {
        return u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from);
    }
    let signal = status.terminating_signal().unwrap_or_default();
    let name = signal_name(signal).unwrap_or("a signal without a name");
    report.failed(&Error::system(format!(
        "the task's process was ended by {name} ({signal}) and could not say why: SIGKILL is the machine's \
         word where memory is short, SIGABRT and SIGSEGV follow a crash of the task's code, of which \
         standard error may tell more"
    )))
}
