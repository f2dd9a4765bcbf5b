//! A local Sail server: Spark Connect without a JVM, from the Python package `pysail`.

use std::ffi::OsString;
use std::path::PathBuf;

use super::server::Launch;
use super::variables::SparkVariables;
use crate::engine::programs::is_executable;

/// The places that were searched for Sail, for the message that nothing was found.
pub(super) const PLACES: &str = "`sail` beside $FLYTEKIT_PYTHON and on PATH, the package pysail of \
    $FLYTEKIT_PYTHON and of python3";

/// Finds Sail.
pub(super) fn find(variables: &SparkVariables) -> Option<Launch> {
    let beside_python = || {
        let folder = variables.interpreters.preferred.as_ref()?.parent()?;
        // A bare `python3` is on PATH, not in the working directory.
        let script = (!folder.as_os_str().is_empty()).then(|| folder.join("sail"))?;
        is_executable(&script).then_some(script)
    };
    if let Some(script) = beside_python().or_else(|| variables.programs.find_on_path("sail")) {
        return Some(launch(script, &[]));
    }
    let (python, _) = variables
        .interpreters
        .with_package("pysail", &variables.programs)?;
    Some(launch(python, &["-m", "pysail"]))
}

fn launch(program: PathBuf, before: &'static [&'static str]) -> Launch {
    let args = move |port: u16, _: &std::path::Path| {
        let port = port.to_string();
        let server = ["spark", "server", "--ip", "127.0.0.1", "--port", &port];
        let args = before.iter().copied().chain(server);
        Ok(args.map(OsString::from).collect())
    };
    Launch {
        name: "Sail",
        program,
        args: Box::new(args),
        env: Vec::new(),
        // Sail cannot keep other users of the machine out.
        token: None,
    }
}
