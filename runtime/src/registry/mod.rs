//! The entities of a binary: in this process, and in a file.

mod entities;
#[cfg(feature = "package")]
mod file;
mod frame;
mod images;
mod launch_plan;
mod program;
mod section;
mod table;
mod task;
mod unknown;
mod workflow;

pub use entities::{Entities, Found};
#[cfg(feature = "package")]
pub(crate) use file::is_of_this_program;
#[cfg(feature = "package")]
pub use file::{ProgramError, read_file, read_object};
#[doc(hidden)]
pub use frame::{Declaration, Draft};
pub use frame::{EntityKind, FORMAT_VERSION, Release, SECTION};
pub(crate) use images::DeclaredImages;
#[cfg(feature = "package")]
pub(crate) use images::ImagePaths;
pub use launch_plan::{FoundLaunchPlan, RegisteredLaunchPlan};
pub use program::Program;
pub use section::{Frame, FrameError, read_frames};
pub use table::{Duplicate, Entry, Noun, Table};
pub use task::{FoundTask, RegisteredTask};
#[cfg(feature = "register")]
pub(crate) use unknown::nearest;
pub(crate) use unknown::{unknown_entity, unknown_task};
pub use workflow::{FoundWorkflow, RegisteredWorkflow};

/// The message for a binary without entities.
pub(crate) const NO_TASKS: &str = "no tasks found: is a function marked with #[task]? Tasks of a \
    library crate are linked only if the binary names that crate; `use my_tasks as _;` is enough";

/// The entities of this process.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Registry {
    /// The tasks.
    pub tasks: Table<RegisteredTask>,
    /// The workflows.
    pub workflows: Table<RegisteredWorkflow>,
    /// The launch plans with their own names.
    pub launch_plans: Table<RegisteredLaunchPlan>,
}

impl Registry {
    /// Collects all entities that are linked into this process.
    ///
    /// # Errors
    ///
    /// If two entities have the same name, also if they are of different kinds: `run` accepts any kind.
    pub fn load() -> Result<Self, Duplicate> {
        let tasks = Table::new(inventory::iter::<RegisteredTask>.into_iter().copied())?;
        let workflows = Table::new(inventory::iter::<RegisteredWorkflow>.into_iter().copied())?;
        let plans = inventory::iter::<RegisteredLaunchPlan>.into_iter();
        let launch_plans = Table::new(plans.copied())?;
        entities::keep_apart(&tasks, &workflows, &launch_plans)?;
        Ok(Registry {
            tasks,
            workflows,
            launch_plans,
        })
    }
}
