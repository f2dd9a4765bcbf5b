//! Finds the program that runs containers on this machine.

use std::path::{Path, PathBuf};

use crate::engine::programs::{Programs, is_executable, variable};
use crate::error::Error;

/// The variable with the name or the path of the program.
const VARIABLE: &str = "FLYTEKIT_CONTAINER_ENGINE";

/// The programs that are searched; podman first, because it needs neither a daemon nor privileges.
const KNOWN: [&str; 2] = ["podman", "docker"];

/// The path of podman or docker, or of the program that the variable names.
///
/// # Errors
///
/// If no such program is found.
pub(super) fn find(task: &str) -> Result<PathBuf, Error> {
    let programs = Programs::of_process();
    let Some(named) = variable(VARIABLE) else {
        let mut found = KNOWN.iter().filter_map(|name| programs.find_on_path(name));
        return found.next().ok_or_else(|| {
            Error::user(format!(
                "task {task} is a container, and there is neither podman nor docker on PATH to run it: \
                 install one of them, or set {VARIABLE} to a program that takes their command line"
            ))
        });
    };
    let path = Path::new(&named);
    let found = if path.components().count() > 1 {
        Some(path.to_owned()).filter(|path| is_executable(path))
    } else {
        programs.find_on_path(&named.to_string_lossy())
    };
    found.ok_or_else(|| {
        Error::user(format!(
            "task {task} is a container, and {VARIABLE} ({}) is not a program to run it: set the variable to \
             podman, docker, or the path of one of them",
            path.display()
        ))
    })
}
