//! The first process of a container. It runs the task in another process and only waits, so that it can
//! report the end of that process. As the first process, it also reaps all processes whose parents have
//! ended.

use std::env;
use std::io::{self, IsTerminal as _};
use std::os::unix::process::{CommandExt as _, parent_id};
use std::process::{self, Command, ExitCode};
use std::sync::Arc;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process, wait};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use signal_hook::low_level::signal_name;

use super::report::Report;
use crate::context::Mode;
use crate::error::Error;

/// The signals that this process passes on to the task's process.
const PASSED_ON: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// The variable with the process that waits for the task's process.
const WAITED_FOR_BY: &str = "FLYTEKIT_WAITED_FOR_BY";

/// The position of this process.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first process of a container.
    First,
    /// Another process that Flyte started: below a Spark driver's JVM, or below a program that is the first
    /// process.
    Started,
    /// Below a process that waits for it.
    Below,
    /// Outside of a container.
    Elsewhere,
}

impl Place {
    fn of_process() -> Self {
        let waits = env::var(WAITED_FOR_BY).ok();
        if process::id() == 1 {
            Place::First
        } else if waits == Some(parent_id().to_string()) {
            Place::Below
        } else if cfg!(target_os = "linux") && Mode::of_process() == Mode::Container {
            Place::Started
        } else {
            Place::Elsewhere
        }
    }
}

/// Runs this command in another process, if this one is the first of its container, or one of Flyte's
/// execution. Returns the exit code of that process, and reports its end if it could not report itself.
pub(super) fn run_below(report: &Arc<Report>) -> Option<ExitCode> {
    let place = Place::of_process();
    match place {
        Place::First | Place::Started => {}
        Place::Below => {
            end_with_parent();
            return None;
        }
        Place::Elsewhere => return None,
    }
    match start_and_wait(place) {
        Ok(status) => Some(code(status, report)),
        Err(error) => {
            tracing::warn!(%error, "no process waits for the task's process");
            None
        }
    }
}

/// Ends this process when the waiting process ends, because nothing else would notify it.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_parent_process_death_signal(Some(Signal::KILL)) {
        tracing::warn!(%error, "the task's process may outlive the process that waits for it");
    }
}

fn start_and_wait(place: Place) -> io::Result<WaitStatus> {
    // This happens before the child starts, because its end could be missed otherwise.
    let mut signals = Signals::new(PASSED_ON.iter().chain([&SIGCHLD]))?;
    let mut words = env::args_os();
    let mut command = Command::new(env::current_exe()?);
    command.arg0(words.next().unwrap_or_default());
    command.env(WAITED_FOR_BY, process::id().to_string());
    // The container's first process may signal its whole group, and the child would get the signal twice.
    let has_own_group = place == Place::Started;
    if has_own_group {
        command.process_group(0);
    }
    let child = Pid::from_child(&command.args(words).spawn()?);
    for signal in signals.forever() {
        if signal == SIGCHLD {
            if let Some(status) = reap(child) {
                return Ok(status);
            }
        } else if signal != SIGINT || has_own_group || !io::stdin().is_terminal() {
            // A terminal signals the child itself.
            pass_on(signal, child);
        }
    }
    Err(io::Error::other("the stream of signals has ended"))
}

/// Reaps all processes that have ended, and returns the status of the child if it is among them.
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
        // The child may have ended meanwhile.
        let _ = kill_process(child, signal);
    }
}

/// The exit code for this status.
fn code(status: WaitStatus, report: &Arc<Report>) -> ExitCode {
    if let Some(code) = status.exit_status() {
        return u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from);
    }
    let signal = status.terminating_signal().unwrap_or_default();
    let name = signal_name(signal).unwrap_or("a signal without a name");
    report.failed(&Error::system(format!(
        "the task's process was ended by {name} ({signal}) and could not report the reason: SIGKILL usually \
         means that memory ran out, and SIGABRT and SIGSEGV follow a crash of the task's code, about which \
         standard error may tell more"
    )))
}
