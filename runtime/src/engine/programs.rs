//! Finds programs and Python packages on this machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::child::{Limits, output};

/// How long an interpreter may take to find a package, and how much it may print.
const ANSWER: Limits = Limits {
    time: Duration::from_secs(20),
    bytes: 1 << 16,
};

/// Where to search for programs and packages; an empty variable counts as unset.
#[derive(Clone, Debug, Default)]
pub(super) struct Programs {
    /// `FLYTEKIT_PYTHON`, the Python interpreter whose packages are used.
    pub(super) python: Option<PathBuf>,
    /// `PATH`.
    pub(super) path: OsString,
}

impl Programs {
    pub(super) fn of_process() -> Self {
        Programs {
            python: variable("FLYTEKIT_PYTHON").map(PathBuf::from),
            path: variable("PATH").unwrap_or_default(),
        }
    }

    /// The executable that a shell would start for `program`.
    pub(super) fn find_on_path(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(&self.path)
            .map(|folder| folder.join(program))
            .find(|file| is_executable(file))
    }

    /// The interpreters to ask for packages, the preferred one first.
    pub(super) fn interpreters(&self) -> impl Iterator<Item = PathBuf> {
        self.python
            .clone()
            .into_iter()
            .chain(self.find_on_path("python3"))
    }

    /// The first interpreter that has the Python package, and the package's folder.
    pub(super) fn python_package(&self, package: &str) -> Option<(PathBuf, PathBuf)> {
        self.interpreters().find_map(|python| {
            let folder = package_folder(&python, package)?;
            Some((python, folder))
        })
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

/// Finds a package without importing it, because importing a large one takes a second. The working directory
/// is not searched, because a folder there may have the package's name.
const FIND_PACKAGE: &str = "import importlib.util, sys
sys.path = [folder for folder in sys.path if folder]
found = importlib.util.find_spec(sys.argv[1])
print(found.submodule_search_locations[0] if found else '')";

fn package_folder(python: &Path, package: &str) -> Option<PathBuf> {
    let mut command = Command::new(python);
    command.args(["-c", FIND_PACKAGE, package]);
    let output = match output(&mut command, &ANSWER) {
        Ok(output) if output.status.success() => output,
        Ok(output) => {
            tracing::debug!(?python, package, status = %output.status, "the interpreter did not answer");
            return None;
        }
        Err(error) => {
            tracing::debug!(?python, package, %error, "the interpreter did not start");
            return None;
        }
    };
    let folder = String::from_utf8(output.stdout).ok()?;
    let folder = folder.trim_end_matches(['\r', '\n']);
    (!folder.is_empty()).then(|| PathBuf::from(folder))
}
