//! Tasks: in this process, and in a file.

use std::time::Instant;

use super::images::ImagePaths;
use super::table::{Entry, Noun};
use crate::context::RunContext;
use crate::declare::{Args, TaskDescriptor, task_spec_bytes};
use crate::execute::{Abandon, Dispatch, Inputs, Run, RunResult};

pub(super) const TASK: &Noun = &Noun {
    singular: "task",
    plural: "tasks",
    renaming: "#[task(name = \"…\")]",
};

/// A task of this process: its descriptor, and the function that runs it.
#[derive(Clone, Copy, Debug)]
pub struct RegisteredTask {
    /// The descriptor that the attribute has created.
    pub descriptor: &'static TaskDescriptor,
    /// The values of `run --<task type>`, if its engine has a choice.
    pub(crate) targets: Option<&'static str>,
    /// Decodes the inputs, calls the function, and encodes the outputs.
    dispatch: Dispatch,
}

impl RegisteredTask {
    /// The entry that `#[task]` submits for each function; `targets` are those of its engine.
    #[doc(hidden)]
    pub const fn new(
        descriptor: &'static TaskDescriptor,
        targets: Option<&'static str>,
        dispatch: Dispatch,
    ) -> Self {
        RegisteredTask {
            descriptor,
            targets,
            dispatch,
        }
    }

    /// The entry that `#[workflow]` submits for each map.
    #[doc(hidden)]
    pub const fn mapped(descriptor: &'static TaskDescriptor) -> Self {
        RegisteredTask::new(descriptor, None, Dispatch::Mapped)
    }

    /// Whether its elements are runs of another task.
    pub(crate) fn is_mapped(&self) -> bool {
        matches!(self.dispatch, Dispatch::Mapped)
    }

    /// Runs the task in this context on the bytes of a `flyteidl.core.LiteralMap`.
    ///
    /// # Errors
    ///
    /// If the inputs are wrong, or the engine, the function or its outputs fail, or the function panics. Each
    /// error names the variable or the engine that it is about.
    pub(crate) fn run(
        &self,
        inputs: &[u8],
        run: &RunContext,
        target: Option<&str>,
        abandon: Abandon<'_>,
    ) -> RunResult {
        run.context().within(|| {
            let inputs = Inputs::new(self.descriptor, inputs)?;
            self.dispatched(inputs, run, target, abandon)
        })
    }

    /// Like `run`, with parsed inputs.
    pub(crate) fn run_on(
        &self,
        inputs: Inputs<'_>,
        run: &RunContext,
        target: Option<&str>,
        abandon: Abandon<'_>,
    ) -> RunResult {
        run.context()
            .within(|| self.dispatched(inputs, run, target, abandon))
    }

    fn dispatched(
        &self,
        inputs: Inputs<'_>,
        run: &RunContext,
        target: Option<&str>,
        abandon: Abandon<'_>,
    ) -> RunResult {
        let task = self.descriptor.name;
        let context = run.context();
        let mode = context.mode();
        tracing::debug!(task, ?mode, "running");
        let started = Instant::now();
        #[cfg(feature = "deck")]
        let given = context.decks().map(|_| inputs.encoded());
        let run = Run::new(self.descriptor, inputs, context, target, abandon);
        let result = self.dispatch.run(run);
        let (succeeded, seconds) = (result.is_ok(), started.elapsed().as_secs_f64());
        tracing::debug!(task, succeeded, seconds, "done");
        #[cfg(feature = "deck")]
        crate::deck::ran(context, &given.unwrap_or_default(), &result);
        result
    }

    /// The bytes of the `flyteidl.admin.TaskSpec`, equal to those in the binary.
    pub fn spec(&self) -> Vec<u8> {
        self.found().spec
    }

    /// The task as it is in this process's file.
    pub(crate) fn found(&self) -> FoundTask {
        FoundTask::of(self.descriptor)
    }
}

inventory::collect!(RegisteredTask);

impl Entry for RegisteredTask {
    const NOUN: &'static Noun = TASK;

    fn name(&self) -> &str {
        self.descriptor.name
    }

    fn location(&self) -> String {
        self.descriptor.location.to_string()
    }

    /// Several workflows may map one task.
    fn is_again(&self, other: &Self) -> bool {
        let (one, other) = (self.descriptor, other.descriptor);
        let is_mapped = matches!(one.args, Args::Map(_));
        is_mapped && one.args == other.args && one.location == other.location
    }
}

/// A task in a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundTask {
    /// The name in Flyte.
    pub name: String,
    /// The bytes of the `flyteidl.admin.TaskSpec`.
    pub spec: Vec<u8>,
    /// The location of its function: `file:line`.
    pub location: String,
    /// The paths of images in it.
    pub(crate) images: ImagePaths,
}

impl FoundTask {
    /// The task as found in a file.
    pub(crate) fn of(descriptor: &TaskDescriptor) -> Self {
        let images = descriptor.custom.map_or(&[][..], |custom| custom.images);
        FoundTask {
            name: descriptor.name.to_owned(),
            spec: task_spec_bytes(descriptor),
            location: descriptor.location.to_string(),
            // The paths come from this crate's own encoder, so they are valid.
            images: ImagePaths::of(images).unwrap_or_default(),
        }
    }
}

impl Entry for FoundTask {
    const NOUN: &'static Noun = TASK;

    fn name(&self) -> &str {
        &self.name
    }

    fn location(&self) -> String {
        self.location.clone()
    }

    /// A file has a mapped task once for each map.
    fn is_again(&self, other: &Self) -> bool {
        self == other
    }
}
