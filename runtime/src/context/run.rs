//! The facts of a run.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use tracing::Span;

use super::node;
use super::platform::{self, ExecutionId, Mode, TaskId};
use super::{TemporaryFolder, current};
use crate::checkpoint::CheckpointPlace;
#[cfg(feature = "deck")]
use crate::deck::Decks;
#[cfg(feature = "deck")]
use crate::declare::DeckOptions;
use crate::declare::TaskDescriptor;
use crate::store::StoreError;

/// The facts that the start of a run provides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whereabouts<'a> {
    pub(crate) mode: Mode,
    /// The place for files and tables that the task creates; may be empty.
    pub(crate) raw_output_prefix: &'a str,
    /// The place for the outputs, in a container.
    pub(crate) output_prefix: &'a str,
    /// The node, if the program runs the workflow itself.
    pub(crate) node: &'a str,
    /// The number of earlier attempts, unless the platform provides it.
    pub(crate) attempt: u32,
    /// The place for this attempt's checkpoint; nowhere if empty.
    pub(crate) checkpoint: &'a str,
    /// The place of the previous attempt's checkpoint, if there is one.
    pub(crate) previous_checkpoint: &'a str,
}

impl<'a> Whereabouts<'a> {
    /// The facts of a local run.
    pub(crate) fn here(raw_output_prefix: &'a str) -> Self {
        Whereabouts {
            mode: Mode::Local,
            raw_output_prefix,
            output_prefix: "",
            node: "",
            attempt: 0,
            checkpoint: "",
            previous_checkpoint: "",
        }
    }
}

/// The context of a run: see [`context`](super::context()). Clones share the same context.
///
/// ```
/// let context = flytekit::context();
/// // Outside of a run, the values are those of a local run.
/// assert_eq!(context.execution().to_string(), "local:local:local");
/// assert_eq!((context.node(), context.attempt()), (None, 0));
/// ```
#[derive(Clone)]
pub struct Context(pub(super) Arc<Facts>);

pub(super) struct Facts {
    mode: Mode,
    task: Option<&'static TaskDescriptor>,
    started: SystemTime,
    raw_output_prefix: String,
    output_prefix: String,
    given_node: String,
    given_attempt: u32,
    execution: OnceLock<ExecutionId>,
    task_id: OnceLock<TaskId>,
    workflow: OnceLock<Option<String>>,
    launch_plan: OnceLock<Option<String>>,
    console_url: OnceLock<Option<String>>,
    node: OnceLock<Option<String>>,
    working_directory: Mutex<WorkingDirectory>,
    /// Only for a task with a deck.
    #[cfg(feature = "deck")]
    decks: Option<Decks>,
    /// Only for a run.
    checkpoint: Option<CheckpointPlace>,
    /// The span of the run; outside of a run it records nothing.
    pub(super) span: OnceLock<Span>,
}

/// A folder that the first request creates.
enum WorkingDirectory {
    NotAskedFor,
    There(TemporaryFolder),
    /// The run has ended, and the folder is removed.
    Gone,
}

impl Context {
    /// The context of a run of this task.
    pub(super) fn of_run(task: Option<&'static TaskDescriptor>, it: Whereabouts<'_>) -> Self {
        Context(Arc::new(Facts {
            mode: it.mode,
            task,
            started: SystemTime::now(),
            raw_output_prefix: it.raw_output_prefix.to_owned(),
            output_prefix: it.output_prefix.to_owned(),
            given_node: it.node.to_owned(),
            given_attempt: it.attempt,
            execution: OnceLock::new(),
            task_id: OnceLock::new(),
            workflow: OnceLock::new(),
            launch_plan: OnceLock::new(),
            console_url: OnceLock::new(),
            node: OnceLock::new(),
            working_directory: Mutex::new(WorkingDirectory::NotAskedFor),
            #[cfg(feature = "deck")]
            decks: task.and_then(|task| task.deck).map(|_| Decks::default()),
            checkpoint: task.map(|_| CheckpointPlace::new(it.checkpoint, it.previous_checkpoint)),
            span: OnceLock::new(),
        }))
    }

    /// The context outside of a run.
    pub(super) fn of_process() -> Self {
        let mode = Mode::of_process();
        let nowhere = Whereabouts::here("");
        Context::of_run(None, Whereabouts { mode, ..nowhere })
    }

    /// Whether this is a container of Flyte, or a user's machine.
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// The execution that this run is a part of.
    pub fn execution(&self) -> &ExecutionId {
        self.0.execution.get_or_init(platform::execution_id)
    }

    /// The task that runs.
    pub fn task(&self) -> &TaskId {
        let name = self.0.task.map_or("", |task| task.name);
        self.0.task_id.get_or_init(|| platform::task_id(name))
    }

    /// The workflow of the execution, as `project:domain:name`. `None` in a local run.
    pub fn workflow(&self) -> Option<&str> {
        let workflow = self.0.workflow.get_or_init(platform::workflow);
        workflow.as_deref()
    }

    /// The launch plan of the execution, as `project:domain:name`, if the platform provides it: like
    /// flytekit, this reads `FLYTE_INTERNAL_EXECUTION_LAUNCHPLAN`, which Flyte 1.16 does not set.
    pub fn launch_plan(&self) -> Option<&str> {
        let launch_plan = self.0.launch_plan.get_or_init(platform::launch_plan);
        launch_plan.as_deref()
    }

    /// The node of the workflow, such as `n0`. A node inside of another one is `n0-0-n1`, with the attempt of
    /// the outer node. In a local run, the node is a path: `n0/n1`. `None` if no workflow runs, and if the
    /// output prefix is not one of Flyte's.
    pub fn node(&self) -> Option<&str> {
        let facts = &*self.0;
        let node = facts.node.get_or_init(|| match facts.mode {
            Mode::Local => Some(facts.given_node.clone()).filter(|node| !node.is_empty()),
            Mode::Container => node::of_output_prefix(
                &facts.output_prefix,
                self.execution(),
                platform::map_index(),
            ),
        });
        node.as_deref()
    }

    /// The number of earlier attempts of this task.
    pub fn attempt(&self) -> u32 {
        match self.0.mode {
            Mode::Local => self.0.given_attempt,
            Mode::Container => platform::attempt().unwrap_or(self.0.given_attempt),
        }
    }

    /// The place for files and tables that the task creates; empty outside of a run.
    pub fn raw_output_prefix(&self) -> &str {
        &self.0.raw_output_prefix
    }

    /// The start of this attempt: flytekit's execution date.
    ///
    /// ```
    /// let elapsed = flytekit::context().started().elapsed();
    /// # assert!(elapsed.is_ok());
    /// ```
    pub fn started(&self) -> SystemTime {
        self.0.started
    }

    /// The Kubernetes labels in the task's attribute. Flyte does not pass the labels of an execution to
    /// containers.
    pub fn labels(&self) -> &'static [(&'static str, &'static str)] {
        self.0.task.map_or(&[], |task| task.labels)
    }

    /// The page of the execution in Flyte's console. Flyte only passes it to tasks whose template has
    /// `link_type` in its `config`, and only if there is a console.
    pub fn console_url(&self) -> Option<&str> {
        let console_url = self.0.console_url.get_or_init(platform::console_url);
        console_url.as_deref()
    }

    /// A folder for this run only, which is empty at first. The end of the run removes the folder with its
    /// content, also after a panic or a signal.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created, and after the end of the run.
    ///
    /// ```
    /// use flytekit::prelude::*;
    ///
    /// #[task]
    /// fn count(text: String) -> Result<u64> {
    ///     let part = flytekit::context().working_directory()?.join("part");
    ///     std::fs::write(&part, text)?;
    ///     Ok(std::fs::metadata(&part)?.len())
    /// }
    /// # assert_eq!(count("abc".to_owned())?, 3);
    /// # Ok::<(), flytekit::Error>(())
    /// ```
    pub fn working_directory(&self) -> Result<PathBuf, StoreError> {
        let mut directory = self.0.directory();
        match &*directory {
            WorkingDirectory::There(folder) => Ok(folder.path().to_owned()),
            WorkingDirectory::NotAskedFor => {
                let folder = TemporaryFolder::new()?;
                let path = folder.path().to_owned();
                *directory = WorkingDirectory::There(folder);
                Ok(path)
            }
            WorkingDirectory::Gone => Err(StoreError::refused(
                "make a working directory",
                "the run of the task is over: keep the thread that needs it within the task's function",
            )),
        }
    }

    /// The decks of the run, if its task has a page.
    #[cfg(feature = "deck")]
    pub(crate) fn decks(&self) -> Option<&Decks> {
        self.0.decks.as_ref()
    }

    #[cfg(feature = "deck")]
    pub(crate) fn deck_options(&self) -> Option<&'static DeckOptions> {
        self.0.task?.deck.as_ref()
    }

    pub(crate) fn checkpoint_place(&self) -> Option<&CheckpointPlace> {
        self.0.checkpoint.as_ref()
    }

    /// A new span with the fields of the run.
    pub(super) fn new_span(&self) -> Span {
        // With the highest level, the span is kept if any event is kept.
        tracing::error_span!(
            target: SPAN,
            "run",
            task = self.task().name,
            execution = self.execution().name,
            attempt = self.attempt(),
        )
    }
}

/// The target of a run's span, for filters.
pub(crate) const SPAN: &str = "flytekit::run";

impl Facts {
    fn directory(&self) -> MutexGuard<'_, WorkingDirectory> {
        let directory = self.working_directory.lock();
        directory.unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("mode", &self.mode())
            .field("execution", self.execution())
            .field("task", self.task())
            .field("node", &self.node())
            .field("attempt", &self.attempt())
            .finish_non_exhaustive()
    }
}

/// The context of a run in progress; dropping it ends the run.
#[derive(Debug)]
pub(crate) struct RunContext(Context);

impl RunContext {
    /// Begins a run.
    pub(crate) fn begin(task: &'static TaskDescriptor, whereabouts: Whereabouts<'_>) -> Self {
        RunContext::of(Context::of_run(Some(task), whereabouts))
    }

    /// A run without a task.
    #[cfg(any(test, feature = "container"))]
    pub(super) fn without_task(whereabouts: Whereabouts<'_>) -> Self {
        RunContext::of(Context::of_run(None, whereabouts))
    }

    fn of(context: Context) -> Self {
        current::begins(&context);
        RunContext(context)
    }

    /// The context, as the run's values and its function see it.
    pub(crate) fn context(&self) -> &Context {
        &self.0
    }
}

impl Drop for RunContext {
    fn drop(&mut self) {
        current::ends(&self.0);
        // Threads of the function may still hold the context, but nothing is left in the folder.
        *self.0.0.directory() = WorkingDirectory::Gone;
    }
}
