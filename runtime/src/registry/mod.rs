//! Which entities a binary holds: in this process, and in a file.

#[cfg(feature = "package")]
mod file;
mod frame;
mod images;
mod program;
mod section;
mod table;
mod task;

#[cfg(feature = "package")]
pub use file::{ProgramError, read_file, read_object};
#[doc(hidden)]
pub use frame::Draft;
pub use frame::{EntityKind, FORMAT_VERSION, Release, SECTION};
#[cfg(feature = "package")]
pub(crate) use images::ImagePaths;
pub use program::Program;
pub use section::{Frame, FrameError, read_frames};
pub use table::{Duplicate, Entry, Noun, Table};
pub use task::{FoundTask, RegisteredTask};

/// What to say when a binary holds no tasks.
pub(crate) const NO_TASKS: &str = "no tasks found: is a function marked with #[task]? Tasks of a \
    library crate are linked only if the binary names that crate; `use my_tasks as _;` is enough";

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
