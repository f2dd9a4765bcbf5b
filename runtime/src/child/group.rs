//! Child processes, together with all processes that they start.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The ids of children that lead a process group.
static LIVE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// The pauses between checks of a child: short at first, for a child that takes milliseconds.
const FIRST_LOOK: Duration = Duration::from_millis(1);
const LAST_LOOK: Duration = Duration::from_millis(20);

/// A child that leads a process group of its own. The child and the rest of its group are ended when this is
/// dropped.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    /// False if the child shares this process's group.
    leads: bool,
    status: Option<ExitStatus>,
}

impl Group {
    /// Starts a program that does not get the terminal's signals: Ctrl-C is for this process, which then ends
    /// the program.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        // With the lock held, so that ending all groups does not miss one that is just starting.
        let mut live = live();
        let child = command.spawn()?;
        live.push(child.id());
        Ok(Group {
            child,
            leads: true,
            status: None,
        })
    }

    /// Like [`start`](Self::start), for a program that may ask people for something: in a group of its own it
    /// could not read from the terminal. If there is a terminal, only the program itself is ended when this
    /// is dropped, and Ctrl-C reaches the whole group.
    #[cfg(feature = "register")]
    pub(crate) fn start_before_people(command: &mut Command) -> io::Result<Self> {
        if !has_terminal() {
            return Group::start(command);
        }
        Ok(Group {
            child: command.spawn()?,
            leads: false,
            status: None,
        })
    }

    /// The child, for access to its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The child's exit status, if it has ended. Then the processes that it left behind have ended, too.
    pub(crate) fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.status.is_none() && has_ended(&mut self.child)? {
            self.end()?;
        }
        Ok(self.status)
    }

    /// Waits until the child has ended, or `go_on` returns false.
    pub(crate) fn wait_while(
        &mut self,
        mut go_on: impl FnMut() -> bool,
    ) -> io::Result<Option<ExitStatus>> {
        let mut pause = FIRST_LOOK;
        loop {
            let status = self.try_wait()?;
            if status.is_some() || !go_on() {
                return Ok(status);
            }
            std::thread::sleep(pause);
            pause = LAST_LOOK.min(pause * 2);
        }
    }

    /// Kills the child and its group.
    pub(crate) fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        if self.leads {
            // Before the child is reaped: until then no other process can have its id.
            let mut live = live();
            kill_group(self.child.id());
            live.retain(|id| *id != self.child.id());
        }
        // A child that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let status = self.child.wait()?;
        self.status = Some(status);
        Ok(status)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::debug!(%error, "a child cannot be ended");
        }
    }
}

/// Kills all groups when the process ends. No group can be started afterwards.
pub(crate) fn end_all() {
    let live = live();
    live.iter().copied().for_each(kill_group);
    // The process is about to end; keeping the lock prevents new groups.
    std::mem::forget(live);
}

fn live() -> MutexGuard<'static, Vec<u32>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the signals that end a process also end its groups, in a program without other handlers for them.
#[cfg(feature = "register")]
pub(crate) fn end_at_signals() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
            return;
        };
        let watch = move || {
            for signal in signals.forever() {
                end_all();
                // The process ends here, as it would without a handler.
                let _ = emulate_default_handler(signal);
            }
        };
        let _ = std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(watch);
    });
}

#[cfg(unix)]
fn has_ended(child: &mut Child) -> io::Result<bool> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    // The child stays a zombie, so that its id is not reused.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(waitid(WaitId::Pid(Pid::from_child(child)), options)?.is_some())
}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> io::Result<bool> {
    Ok(child.try_wait()?.is_some())
}

#[cfg(unix)]
fn kill_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};

    let group = i32::try_from(id).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // If the group is gone, there is nothing to end.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill_group(_: u32) {}

/// Whether this process may read from a terminal with people.
#[cfg(all(unix, feature = "register"))]
fn has_terminal() -> bool {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else {
        return false;
    };
    rustix::termios::tcgetpgrp(&terminal).is_ok_and(|group| group == rustix::process::getpgrp())
}

#[cfg(all(not(unix), feature = "register"))]
fn has_terminal() -> bool {
    true
}
