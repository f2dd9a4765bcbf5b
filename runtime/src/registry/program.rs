//! Tasks and the executable that runs them.

use std::io;
use std::path::{Path, PathBuf};

use super::{FoundTask, ReadError, Registry, Task, read_file};

/// The tasks of an executable.
#[derive(Clone, Debug)]
pub struct Program {
    /// They, sorted by name.
    pub tasks: Vec<FoundTask>,
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
        let found = |task: &Task| FoundTask {
            name: task.descriptor.name.to_owned(),
            spec: task.spec(),
            location: task.descriptor.location.to_string(),
        };
        Ok(Program {
            tasks: registry.tasks().iter().map(found).collect(),
            executable: std::env::current_exe()?,
        })
    }

    /// A file's, of which nothing runs.
    ///
    /// # Errors
    ///
    /// As [`read_file`].
    pub fn of_file(path: &Path) -> Result<Self, ReadError> {
        Ok(Program {
            tasks: read_file(path)?,
            executable: path.to_owned(),
        })
    }

    /// The task of this name.
    pub fn get(&self, name: &str) -> Option<&FoundTask> {
        let found = self.tasks.binary_search_by(|task| (*task.name).cmp(name));
        found.ok().map(|index| &self.tasks[index])
    }

    /// The names of all of them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().map(|task| &*task.name)
    }
}
