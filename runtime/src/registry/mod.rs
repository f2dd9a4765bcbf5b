//! Which entities a binary holds: in this process, and in a file.

mod file;
mod frame;
mod images;
mod program;
mod section;
mod table;
mod task;

pub(crate) use file::NO_TASKS;
pub use file::{ProgramError, read_file, read_object};
pub use frame::{Draft, EntityKind, FORMAT_VERSION, Release, SECTION};
#[cfg(feature = "package")]
pub(crate) use images::ImagePaths;
pub use program::Program;
pub use section::{Frame, FrameError, read_frames};
pub use table::{Duplicate, Entry, Noun, Table};
pub use task::{FoundTask, RegisteredTask};

/// The entities of this process.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Registry {
    /// Its tasks.
    pub tasks: Table<RegisteredTask>,
}

impl Registry {
    /// Every entity that is linked into this process.
    ///
    /// # Errors
    ///
    /// When two have one name.
    pub fn load() -> Result<Self, Duplicate> {
        let tasks = inventory::iter::<RegisteredTask>.into_iter().copied();
        Ok(Registry {
            tasks: Table::new(tasks)?,
        })
    }
}
