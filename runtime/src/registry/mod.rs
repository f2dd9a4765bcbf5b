//! Which entities a binary holds: in this process, and in a file.

#[cfg(feature = "package")]
mod file;
mod frame;
mod images;
mod program;
mod section;
mod table;
mod task;
mod unknown;
mod workflow;

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
#[cfg(feature = "register")]
pub(crate) use unknown::nearest;
pub(crate) use unknown::unknown_task;
pub use workflow::RegisteredWorkflow;

/// What to say when a binary holds no tasks.
pub(crate) const NO_TASKS: &str = "no tasks found: is a function marked with #[task]? Tasks of a \
    library crate are linked only if the binary names that crate; `use my_tasks as _;` is enough";

/// The entities of this process.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Registry {
    /// Its tasks.
    pub tasks: Table<RegisteredTask>,
    /// Its workflows.
    pub workflows: Table<RegisteredWorkflow>,
}

impl Registry {
    /// Every entity that is linked into this process.
    ///
    /// # Errors
    ///
    /// When two have one name, also a task and a workflow: `run` takes either.
    pub fn load() -> Result<Self, Duplicate> {
        let tasks = inventory::iter::<RegisteredTask>.into_iter().copied();
        let workflows = inventory::iter::<RegisteredWorkflow>.into_iter().copied();
        let (tasks, workflows) = (Table::new(tasks)?, Table::new(workflows)?);
        for workflow in &workflows {
            if let Some(task) = tasks.get(workflow.name()) {
                return Err(Duplicate {
                    noun: Noun {
                        plural: "entities",
                        renaming: "#[task(name = \"…\")] or #[workflow(name = \"…\")]",
                    },
                    name: task.name().to_owned(),
                    locations: [task.location(), workflow.location()],
                });
            }
        }
        Ok(Registry { tasks, workflows })
    }
}
