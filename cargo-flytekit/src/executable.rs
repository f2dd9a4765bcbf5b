//! Finds the executable with tasks among those that were built.

use std::path::{Path, PathBuf};

use flytekit::registry::{Program, ProgramError};

use crate::build::Artifact;

/// A program with tasks, and the folder in which the command looks for its settings.
#[derive(Debug)]
pub(crate) struct Executable {
    pub(crate) program: Program,
    pub(crate) crate_folder: Option<PathBuf>,
}

impl Executable {
    /// No executable, for verbs that need only a crate.
    pub(crate) fn of_folder(manifest: Option<&str>) -> Self {
        let folder = manifest.and_then(|path| Path::new(path).parent());
        Executable {
            program: Program::default(),
            // The folder of a bare `Cargo.toml` is the working directory, which is searched anyway.
            crate_folder: folder
                .filter(|it| !it.as_os_str().is_empty())
                .map(Path::to_owned),
        }
    }
}

/// The only executable with tasks.
///
/// # Errors
///
/// If there is no such executable, if there are several, or if one of them cannot be read.
pub(crate) fn with_tasks(artifacts: Vec<Artifact>) -> Result<Executable, String> {
    if artifacts.is_empty() {
        return Err(
            "the build has no executable: tasks are registered from a binary, such as a \
             src/main.rs with `fn main() -> std::process::ExitCode { flytekit::main() }` and, for \
             tasks of a library, `use my_tasks as _;`"
                .to_owned(),
        );
    }
    let names: Vec<String> = artifacts.iter().map(|it| it.name.clone()).collect();
    let mut found = Vec::new();
    for artifact in artifacts {
        match Program::of_file(&artifact.executable) {
            Ok(program) => found.push((artifact, program)),
            Err(ProgramError::NoTasks) => {}
            Err(error) => return Err(format!("{}: {error}", artifact.executable.display())),
        }
    }
    match found.pop() {
        None => Err(format!("{}: {}", names.join(", "), ProgramError::NoTasks)),
        Some((artifact, program)) if found.is_empty() => Ok(Executable {
            program,
            crate_folder: artifact.folder,
        }),
        Some((last, _)) => {
            let found = found.into_iter().map(|(artifact, _)| artifact.name);
            let names: Vec<String> = found.chain([last.name]).collect();
            Err(format!(
                "several binaries have tasks: {}; choose one with `--bin NAME`",
                names.join(", ")
            ))
        }
    }
}
