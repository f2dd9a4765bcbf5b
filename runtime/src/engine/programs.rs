//! Finds programs on this machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where to search for programs; an empty variable counts as unset.
#[derive(Clone, Debug, Default)]
pub(super) struct Programs {
    /// `PATH`.
    pub(super) path: OsString,
}

impl Programs {
    pub(super) fn of_process() -> Self {
        Programs {
            path: variable("PATH").unwrap_or_default(),
        }
    }

    /// The executable that a shell would start for `program`.
    pub(super) fn find_on_path(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(&self.path)
            .map(|folder| folder.join(program))
            .find(|file| is_executable(file))
    }
}

/// A variable of the process; an empty one counts as unset.
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether the file exists and somebody may execute it.
#[cfg(unix)]
pub(super) fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|entry| entry.is_file() && entry.permissions().mode() & 0o111 != 0)
}

/// Whether the file exists; on other systems only its name says whether it is executable.
#[cfg(not(unix))]
pub(super) fn is_executable(file: &Path) -> bool {
    file.is_file()
}
