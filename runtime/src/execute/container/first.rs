//! A process that runs the task in another one and does nothing but wait, so that there is somebody left
//! to say how that one ended. As the first process of a container it also reaps all others, whose parent
//! it becomes when theirs end.

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

/// What is passed on to the task's process.
const PASSED_ON: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// The variable that tells the task's process who waits for it.
const WAITED_FOR_BY: &str = "FLYTEKIT_WAITED_FOR_BY";

/// Where this process stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first one of a container.
    First,
    /// Another one that Flyte started: below a Spark driver's JVM, or a program that is first in its place.
    Started,
    /// Below one that waits for it.
    Below,
    /// Nothing to do with a container.
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

/// Runs this command in another process if this one is the first of its container, or one of Flyte's
/// execution, and gives the exit code of that one. Reports how it ended if it could not.
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
            tracing::warn!(%error, "nobody waits for the task's process");
            None
        }
    }
}

/// Lets this process end when the one ends that waits for it, which nothing else would tell it of.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_parent_process_death_signal(Some(Signal::KILL)) {
        tracing::warn!(%error, "the task's process may outlive the one that waits for it");
    }
}

fn start_and_wait(place: Place) -> io::Result<WaitStatus> {
    // Before the child, whose end might be missed.
    let mut signals = Signals::new(PASSED_ON.iter().chain([&SIGCHLD]))?;
    let mut words = env::args_os();
    let mut command = Command::new(env::current_exe()?);
    command.arg0(words.next().unwrap_or_default());
    command.env(WAITED_FOR_BY, process::id().to_string());
    // What is first in place of this process may tell its whole group to end, and the child would hear of
    // it twice.
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
