//! Helpers that the tests of all packages share: processes, servers and Python.

pub mod backend;
pub mod browser;
mod daemon;
mod diff;
mod example;
pub mod flyte;
mod process;
mod snapshots;
pub mod store;
mod tree;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub use daemon::{Daemon, after};
pub use diff::diff;
pub use example::example;
pub use process::{DEADLINE, Ended, build, eventually, run, run_within};
pub use snapshots::check_snapshots;
pub use tree::{Process, below, is_running, kill, signal};

/// The Python interpreter whose environment has flytekit, flyteidl and the other packages that the tests
/// compare with.
///
/// `cargo xtask test` sets it up in `.tools/`; the environment variable `FLYTEKIT_TEST_PYTHON` names
/// another one.
///
/// # Panics
///
/// If there is no such interpreter.
///
/// ```no_run
/// let version = std::process::Command::new(flytekit_test_support::python())
///     .args(["-c", "import flytekit; print(flytekit.__version__)"])
///     .output()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn python() -> PathBuf {
    if let Some(path) = std::env::var_os("FLYTEKIT_TEST_PYTHON") {
        return path.into();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python/bin/python");
    assert!(
        path.exists(),
        "the tests' Python environment is not set up: run `cargo xtask test`, or name an interpreter \
         that has flytekit in FLYTEKIT_TEST_PYTHON"
    );
    path
}

/// A program of [`python`]'s environment, to which arguments can be added.
///
/// # Panics
///
/// Like [`python`].
///
/// ```no_run
/// let ended = flytekit_test_support::run(flytekit_test_support::python_program("pyflyte").arg("info"));
/// assert!(ended.success(), "{ended}");
/// ```
pub fn python_program(name: &str) -> Command {
    with_bytecode(Command::new(python().with_file_name(name)))
}

/// A run of [`python`], to which arguments can be added.
///
/// # Panics
///
/// Like [`python`].
///
/// ```no_run
/// let mut server = flytekit_test_support::interpreter();
/// server.args(["-m", "http.server"]);
/// ```
pub fn interpreter() -> Command {
    with_bytecode(Command::new(python()))
}

/// Python's variable for the folder of the modules that it compiles, and the folder, which is not among the
/// sources. Without it, each process spends most of its time on compiling its imports.
pub fn bytecode() -> (&'static str, PathBuf) {
    const VARIABLE: &str = "PYTHONPYCACHEPREFIX";
    let folder = std::env::var_os(VARIABLE).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/pycache"),
        PathBuf::from,
    );
    (VARIABLE, folder)
}

fn with_bytecode(mut python: Command) -> Command {
    let (variable, folder) = bytecode();
    python.env(variable, folder);
    // Images for containers often set it.
    python.env_remove("PYTHONDONTWRITEBYTECODE");
    python
}

/// The folder of a Python package of [`python`].
///
/// # Panics
///
/// If it has no such package.
///
/// ```no_run
/// let jars = flytekit_test_support::python_package("pyspark").join("jars");
/// ```
pub fn python_package(name: &str) -> PathBuf {
    let find = "import importlib.util, sys
print(importlib.util.find_spec(sys.argv[1]).submodule_search_locations[0])";
    let found = run(interpreter().args(["-c", find, name]));
    assert!(found.success(), "{found}");
    found.text().trim_end().into()
}

/// The value of a text in YAML.
///
/// # Panics
///
/// If it is not YAML, and like [`python`].
///
/// ```no_run
/// assert_eq!(flytekit_test_support::yaml("a: [1]"), serde_json::json!({ "a": [1] }));
/// ```
pub fn yaml(text: &str) -> Value {
    let parse = "import json, sys, yaml\nprint(json.dumps(yaml.safe_load(sys.argv[1])))";
    let parsed = run(Command::new(python()).args(["-c", parse, text]));
    assert!(parsed.success(), "{parsed}\n{text}");
    serde_json::from_slice(&parsed.stdout).expect("JSON")
}

/// A run of a script in `tests/python/`, to which arguments can be added.
///
/// # Panics
///
/// Like [`python`].
///
/// ```no_run
/// let ended = flytekit_test_support::run(flytekit_test_support::script("templates.py").arg("folder"));
/// assert!(ended.success(), "{ended}");
/// ```
pub fn script(name: &str) -> Command {
    let mut command = interpreter();
    command.arg(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../python")
            .join(name),
    );
    command
}
