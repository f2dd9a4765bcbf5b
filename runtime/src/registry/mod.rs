//! Which tasks a binary holds: in this process, and in a file.

mod file;
mod frame;
mod program;
mod section;

pub(crate) use file::NO_TASKS;
pub use file::{DuplicateTask, FoundTask, ReadError, read_file, read_object};
pub use frame::{Draft, EntityKind, FORMAT_VERSION, Release, SECTION};
pub use program::Program;
pub use section::{Frame, FrameError, read_frames};

use std::time::Instant;

use crate::declare::TaskDescriptor;
use crate::engine::Mode;
use crate::execute::{Abandon, Dispatch, Run, RunResult};

/// A task of this process: what it is, and how to run it.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// What the attribute says about it.
    pub descriptor: &'static TaskDescriptor,
    /// What `run --<task type>` takes, where its engine leaves a choice.
    pub(crate) targets: Option<&'static str>,
    /// Decodes the inputs, calls the function, encodes the outputs.
    dispatch: Dispatch,
}

impl Task {
    /// What `#[task]` submits for each function; `targets` are those of its engine.
    #[doc(hidden)]
    pub const fn new(
        descriptor: &'static TaskDescriptor,
        targets: Option<&'static str>,
        dispatch: Dispatch,
    ) -> Self {
        Task {
            descriptor,
            targets,
            dispatch,
        }
    }

    /// Runs it on the bytes of a `flyteidl.core.LiteralMap`; tables and the like that it returns go
    /// below `raw_output_prefix`.
    ///
    /// # Errors
    ///
    /// Whatever makes the run fail: bad inputs, the engine, the function, a panic in it, or its
    /// outputs. Each names the task's variable or engine that it is about.
    pub(crate) fn run(
        &self,
        inputs: &[u8],
        mode: Mode,
        target: Option<&str>,
        raw_output_prefix: &str,
        abandon: Abandon<'_>,
    ) -> RunResult {
        let task = self.descriptor.name;
        tracing::debug!(task, ?mode, "running");
        let started = Instant::now();
        let run = Run::new(
            self.descriptor,
            inputs,
            mode,
            target,
            raw_output_prefix,
            abandon,
        );
        let result = run.and_then(|run| self.dispatch.run(run));
        let (succeeded, seconds) = (result.is_ok(), started.elapsed().as_secs_f64());
        tracing::debug!(task, succeeded, seconds, "done");
        result
    }

    /// The bytes of its `flyteidl.admin.TaskSpec`, equal to those in the binary.
    pub fn spec(&self) -> Vec<u8> {
        let mut bytes = vec![0; crate::declare::task_spec_len(self.descriptor)];
        crate::declare::task_spec(&mut crate::wire::Writer::new(&mut bytes), self.descriptor);
        bytes
    }
}

inventory::collect!(Task);

/// The tasks of this process, sorted by name.
#[derive(Clone, Debug)]
pub struct Registry {
    tasks: Vec<Task>,
}

impl Registry {
    /// Every task that is linked into this process.
    ///
    /// # Errors
    ///
    /// When two tasks have one name.
    pub fn load() -> Result<Self, DuplicateTask> {
        let mut tasks: Vec<Task> = inventory::iter::<Task>.into_iter().copied().collect();
        tasks.sort_by_key(|task| (task.descriptor.name, task.descriptor.location.line));
        for pair in tasks.windows(2) {
            let [first, second] = [pair[0].descriptor, pair[1].descriptor];
            if first.name == second.name {
                return Err(DuplicateTask {
                    name: first.name.to_owned(),
                    locations: [first.location.to_string(), second.location.to_string()],
                });
            }
        }
        Ok(Registry { tasks })
    }

    /// The task of this name.
    pub fn get(&self, name: &str) -> Option<Task> {
        let found = self
            .tasks
            .binary_search_by(|task| task.descriptor.name.cmp(name));
        found.ok().map(|index| self.tasks[index])
    }

    /// All of them.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The names of all of them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().map(|task| task.descriptor.name)
    }
}
