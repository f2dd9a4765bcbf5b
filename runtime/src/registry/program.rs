//! An executable with its entities.

use std::io;
#[cfg(feature = "package")]
use std::path::Path;
use std::path::PathBuf;

use super::{Entities, RegisteredTask, Registry};
#[cfg(feature = "package")]
use super::{ProgramError, read_file};

/// An executable and its entities.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Program {
    /// The entities.
    pub entities: Entities,
    /// The path of the executable.
    pub executable: PathBuf,
}

impl Program {
    /// The running program.
    ///
    /// # Errors
    ///
    /// If the system does not tell the path of the executable.
    pub(crate) fn of_process(registry: &Registry) -> io::Result<Self> {
        Ok(Program {
            entities: Entities {
                tasks: registry.tasks.map(RegisteredTask::found),
                workflows: registry.workflows.map(|it| it.found()),
                launch_plans: registry.launch_plans.map(|it| it.found()),
            },
            executable: std::env::current_exe()?,
        })
    }

    /// The program in a file, which is not run.
    ///
    /// # Errors
    ///
    /// Like [`read_file`].
    #[cfg(feature = "package")]
    pub fn of_file(path: &Path) -> Result<Self, ProgramError> {
        Ok(Program {
            entities: read_file(path)?,
            executable: path.to_owned(),
        })
    }
}
