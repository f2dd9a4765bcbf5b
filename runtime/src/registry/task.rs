//! Tasks: of this process, and as they lie in a file.

use std::time::Instant;

use super::images::ImagePaths;
use super::table::{Entry, Noun};
use crate::context::RunContext;
use crate::declare::{TaskDescriptor, task_spec_bytes};
use crate::execute::{Abandon, Dispatch, Run, RunResult};

pub(super) const TASK: &Noun = &Noun {
    singular: "task",
    plural: "tasks",
    renaming: "#[task(name = \"…\")]",
};

/// A task of this process: what it is, and how to run it.
#[derive(Clone, Copy, Debug)]
pub struct RegisteredTask {
    /// What the attribute says about it.
    pub descriptor: &'static TaskDescriptor,
    /// What `run --<task type>` takes, where its engine leaves a choice.
    pub(crate) targets: Option<&'static str>,
    /// Decodes the inputs, calls the function, encodes the outputs.
    dispatch: Dispatch,
}

impl RegisteredTask {
    /// What `#[task]` submits for each function; `targets` are those of its engine.
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

    /// Runs it in this context on the bytes of a `flyteidl.core.LiteralMap`.
    ///
    /// # Errors
    ///
    /// Whatever makes the run fail: bad inputs, the engine, the function, a panic in it, or its
    /// outputs. Each names the task's variable or engine that it is about.
    pub(crate) fn run(
        &self,
        inputs: &[u8],
        run: &RunContext,
        target: Option<&str>,
        abandon: Abandon<'_>,
    ) -> RunResult {
        run.call(|| {
            let task = self.descriptor.name;
            let context = run.context();
            let mode = context.mode();
            tracing::debug!(task, ?mode, "running");
            let started = Instant::now();
            let run = Run::new(self.descriptor, inputs, context, target, abandon);
            let result = run.and_then(|run| self.dispatch.run(run));
            let (succeeded, seconds) = (result.is_ok(), started.elapsed().as_secs_f64());
            tracing::debug!(task, succeeded, seconds, "done");
            #[cfg(feature = "deck")]
            crate::deck::ran(context, inputs, &result);
            result
        })
    }

    /// The bytes of its `flyteidl.admin.TaskSpec`, equal to those in the binary.
    pub fn spec(&self) -> Vec<u8> {
        self.found().spec
    }

    /// It, as it lies in this process's file.
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
}

/// A task as it lies in a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundTask {
    /// Its name in Flyte.
    pub name: String,
    /// The bytes of its `flyteidl.admin.TaskSpec`.
    pub spec: Vec<u8>,
    /// Where its function is written: `file:line`.
    pub location: String,
    /// Where images lie in it.
    pub(crate) images: ImagePaths,
}

impl FoundTask {
    /// As it would lie in a file.
    pub(crate) fn of(descriptor: &TaskDescriptor) -> Self {
        let images = descriptor.custom.map_or(&[][..], |custom| custom.images);
        FoundTask {
            name: descriptor.name.to_owned(),
            spec: task_spec_bytes(descriptor),
            location: descriptor.location.to_string(),
            // They were written by its own encoder.
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
}
