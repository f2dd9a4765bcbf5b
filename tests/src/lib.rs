//! Tests that cross crates, and what they share.

use std::path::{Path, PathBuf};

/// The Python interpreter whose environment holds flytekit, flyteidl and what else the tests compare with.
///
/// `cargo xtask test` sets it up in `.tools/`; the environment variable `FLYTEKIT_TEST_PYTHON` names
/// another one.
///
/// # Panics
///
/// When there is none.
///
/// ```no_run
/// let version = std::process::Command::new(flytekit_tests::python())
///     .args(["-c", "import flytekit; print(flytekit.__version__)"])
///     .output()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn python() -> PathBuf {
    if let Some(path) = std::env::var_os("FLYTEKIT_TEST_PYTHON") {
        return path.into();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python/bin/python");
    assert!(
        path.exists(),
        "the tests' Python environment is not set up: run `cargo xtask test`, or name an interpreter \
         that has flytekit in FLYTEKIT_TEST_PYTHON"
    );
    path
}
