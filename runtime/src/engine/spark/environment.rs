//! What the process's environment says about where Spark may be found.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::deadline::output_within;

/// How long an interpreter may take to say where a package lies.
const ANSWER: Duration = Duration::from_secs(20);

/// The variables that are looked at; an empty one counts as not set.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    /// `SPARK_REMOTE`, Spark's own name for the server to use. May hold a token: never shown.
    pub(super) spark_remote: Option<OsString>,
    /// `SPARK_HOME`, a Spark distribution.
    pub(super) spark_home: Option<PathBuf>,
    /// `JAVA_HOME`.
    pub(super) java_home: Option<PathBuf>,
    /// `FLYTEKIT_PYTHON`, the Python interpreter whose packages are used.
    pub(super) python: Option<PathBuf>,
    /// `PYSPARK_GATEWAY_PORT`, which spark-submit gives to the driver that it starts.
    pub(super) gateway_port: Option<OsString>,
    /// `PYSPARK_GATEWAY_SECRET`, which goes with it: never shown.
    pub(super) gateway_secret: Option<OsString>,
    /// `SPARK_CONNECT_AUTHENTICATE_TOKEN`, which the client takes when the address has no token.
    pub(super) has_token: bool,
    /// `PATH`.
    pub(super) path: OsString,
}

impl Environment {
    pub(super) fn of_process() -> Self {
        Environment {
            spark_remote: variable("SPARK_REMOTE"),
            spark_home: variable("SPARK_HOME").map(PathBuf::from),
            java_home: variable("JAVA_HOME").map(PathBuf::from),
            python: variable("FLYTEKIT_PYTHON").map(PathBuf::from),
            gateway_port: variable("PYSPARK_GATEWAY_PORT"),
            gateway_secret: variable("PYSPARK_GATEWAY_SECRET"),
            has_token: variable("SPARK_CONNECT_AUTHENTICATE_TOKEN").is_some(),
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
    fn interpreters(&self) -> impl Iterator<Item = PathBuf> {
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

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether a file is there and may be executed by somebody.
#[cfg(unix)]
pub(super) fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|entry| entry.is_file() && entry.permissions().mode() & 0o111 != 0)
}

/// Whether a file is there; elsewhere its name alone says whether it may be executed.
#[cfg(not(unix))]
pub(super) fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// Finds a package without importing it, which for pyspark takes a second, and not in the working
/// directory, where a folder may have the package's name.
const FIND_PACKAGE: &str = "import importlib.util, sys
sys.path = [folder for folder in sys.path if folder]
found = importlib.util.find_spec(sys.argv[1])
print(found.submodule_search_locations[0] if found else '')";

fn package_folder(python: &Path, package: &str) -> Option<PathBuf> {
    let mut command = Command::new(python);
    command.args(["-c", FIND_PACKAGE, package]);
    let output = match output_within(&mut command, ANSWER) {
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
