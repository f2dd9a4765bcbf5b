//! Tasks and the executable that runs them.

use std::io;
#[cfg(feature = "package")]
use std::path::Path;
use std::path::PathBuf;

use super::{FoundTask, RegisteredTask, Registry, Table};
#[cfg(feature = "package")]
use super::{ProgramError, read_file};

/// The entities of an executable.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Program {
    /// Its tasks.
    pub tasks: Table<FoundTask>,
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
            tasks: registry.tasks.map(RegisteredTask::found),
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
            tasks: read_file(path)?,
            executable: path.to_owned(),
        })
    }
}
