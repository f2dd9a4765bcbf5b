//! Child processes that do not outlive this one.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Starts a program so that it ends when this process ends, in whatever way.
///
/// The command is `sh -c GUARD sh FOLDER PROGRAM ARG…`; its standard input is a pipe from this process. The
/// system closes the pipe however the process ends, also by `kill -9`, and that ends the program. A line on
/// the pipe says that the process itself will remove FOLDER, or keep it.
///
/// The shell leads a process group and becomes the program. So the child's id and exit status are the
/// program's own, and Ctrl-C at the terminal does not reach it before the run has closed. The watcher stays
/// in the group: while it lives, the system does not reuse the group's id.
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

/// Without a shell the program ends only when the run ends normally.
#[cfg(not(unix))]
pub(super) fn guarded(_: &Path, program: &Path) -> Command {
    Command::new(program)
}

/// Variables to set for a program, or to remove.
pub(super) type Variables = Vec<(&'static str, Option<OsString>)>;

/// Applies variables to a program.
pub(super) fn set(command: &mut Command, variables: &Variables) {
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}
