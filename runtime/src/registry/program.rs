//! Entities and the executable that runs them.

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
    /// What it holds.
    pub entities: Entities,
    /// The file that runs them.
    pub executable: PathBuf,
}

impl Program {
    /// The one that runs.
    ///
    /// # Errors
    ///
    /// When the system does not say which file that is.
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

    /// A file's, of which nothing runs.
    ///
    /// # Errors
    ///
    /// As [`read_file`].
    #[cfg(feature = "package")]
    pub fn of_file(path: &Path) -> Result<Self, ProgramError> {
        Ok(Program {
            entities: read_file(path)?,
            executable: path.to_owned(),
        })
    }
}
