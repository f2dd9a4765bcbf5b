//! Finds Python packages on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::programs::{Programs, variable};
use crate::child::{Limits, output};

/// How long an interpreter may take to find a package, and how much it may print.
const ANSWER: Limits = Limits {
    time: Duration::from_secs(20),
    bytes: 1 << 16,
};

/// The Python interpreters of this machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Interpreters {
    /// `FLYTEKIT_PYTHON`, the interpreter whose packages are used.
    pub(super) preferred: Option<PathBuf>,
}

impl Interpreters {
    pub(super) fn of_process() -> Self {
        Interpreters {
            preferred: variable("FLYTEKIT_PYTHON").map(PathBuf::from),
        }
    }

    /// The interpreters to ask for packages, the preferred one first.
    pub(super) fn all(&self, programs: &Programs) -> impl Iterator<Item = PathBuf> {
        let preferred = self.preferred.clone().into_iter();
        preferred.chain(programs.find_on_path("python3"))
    }

    /// The first interpreter that has the package, and the package's folder.
    pub(super) fn with_package(
        &self,
        package: &str,
        programs: &Programs,
    ) -> Option<(PathBuf, PathBuf)> {
        self.all(programs).find_map(|python| {
            let folder = package_folder(&python, package)?;
            Some((python, folder))
        })
    }
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
