//! Child processes that do not outlive this one.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Starts a program so that it ends when this process does, however that happens.
///
/// `sh -c GUARD sh FOLDER PROGRAM ARG…`; standard input is a pipe that this process holds. The
/// system closes it however the process ends, by `kill -9` too, and that ends the program. A line on
/// it says that the process is there to remove FOLDER, or to keep it.
///
/// The shell leads a process group and becomes the program, so the child's id and exit status are
/// the program's own, and Ctrl-C at the terminal does not reach it before the run has closed. The
/// watcher stays in the group: the group's id cannot be given to another process while it lives.
#[cfg(unix)]
const GUARD: &str = include_str!("guard.sh");

/// A command that starts `program` under a guard; its standard input must be a pipe.
#[cfg(unix)]
pub(super) fn guarded(folder: &Path, program: &Path) -> Command {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new("sh");
    command.process_group(0);
    command.args(["-c", GUARD, "sh"]).arg(folder).arg(program);
    command
}

/// Without a shell the program ends with an orderly end of the run only.
#[cfg(not(unix))]
pub(super) fn guarded(_: &Path, program: &Path) -> Command {
    Command::new(program)
}

/// Variables to set for a program, or to take from it.
pub(super) type Variables = Vec<(&'static str, Option<OsString>)>;

/// Gives a program its variables.
pub(super) fn set(command: &mut Command, variables: &Variables) {
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}
