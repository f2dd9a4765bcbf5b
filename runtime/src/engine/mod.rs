//! What surrounds a task's function: an engine gets a session ready before it and cleans up after.

#[cfg(feature = "dask")]
pub mod dask;
#[cfg(any(feature = "spark", feature = "dask"))]
mod deadline;
#[cfg(any(feature = "spark", feature = "dask"))]
mod log;
#[cfg(any(feature = "spark", feature = "dask"))]
mod programs;
#[cfg(feature = "spark")]
pub mod spark;

use std::fmt;
#[cfg(any(feature = "spark", feature = "dask"))]
use std::io::IsTerminal;
use std::time::Duration;

use crate::console::tell;
use crate::error::Error;
use crate::execute::Cancel;

/// A place where tasks run, written here or in any other crate.
///
/// The attribute's open form names it: `#[task(engine = Ray, config = RayConfig::new(4))]`. The
/// configuration is a constant, and tells the backend what to build through an inherent
/// `const fn custom(&self, out: &mut Custom<'_>)`, which the compiler evaluates into the template:
///
/// ```
/// use flytekit::engine::{Engine, Outcome, TaskContext};
/// use flytekit::declare::{Custom, Json};
///
/// pub struct RayConfig { pub workers: u32 }
///
/// impl RayConfig {
///     pub const fn custom(&self, out: &mut Custom<'_>) {
///         out.object(&[("workers", Json::Number(self.workers as f64))]);
///     }
/// }
///
/// pub struct RayClient { address: String }
///
/// pub struct Ray;
///
/// impl Engine for Ray {
///     const TASK_TYPE: &'static str = "ray";
///     type Config = RayConfig;
///     type Session = RayClient;
///
///     fn pre_execute(_: &'static RayConfig, _: &TaskContext<'_>) -> flytekit::Result<RayClient> {
///         Ok(RayClient { address: "ray://127.0.0.1".to_owned() })
///     }
///
///     fn post_execute(session: RayClient, _: Outcome) -> flytekit::Result<()> {
///         drop(session);
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an engine that tasks can run on",
    label = "not an engine",
    note = "implement `flytekit::engine::Engine` for `{Self}`, or name a type that does"
)]
pub trait Engine: 'static {
    /// `TaskTemplate.type`, by which the backend chooses a plugin.
    const TASK_TYPE: &'static str;

    /// Whether the session blocks its thread, so that an `async fn` must not hold it.
    const BLOCKING: bool = false;

    /// What `run --<task type> TARGET` accepts, for the help text, where there is a choice.
    const TARGETS: Option<&'static str> = None;

    /// What the attribute says about the engine.
    type Config: Sync + 'static;

    /// What the function borrows as its first parameter.
    type Session: 'static;

    /// Gets the session ready. Must end within a deadline, and say what it waits for.
    ///
    /// # Errors
    ///
    /// A system error when the engine does not come up; the task's function is then not called.
    fn pre_execute(
        config: &'static Self::Config,
        task: &TaskContext<'_>,
    ) -> Result<Self::Session, Error>;

    /// A view on the session for the run, which looks through it while the function works: the calls
    /// of an engine that is lost may never return.
    fn watch(_session: &Self::Session) -> Watch {
        Watch::nothing()
    }

    /// Cleans up, whether the function returned, failed or panicked.
    ///
    /// # Errors
    ///
    /// When cleaning up fails; this fails the task only if its function did not.
    fn post_execute(session: Self::Session, outcome: Outcome) -> Result<(), Error>;
}

/// Tells a run that its engine is lost, and ends what the run has under way there.
///
/// ```
/// use flytekit::engine::{Engine, Watch};
/// use flytekit::Error;
/// # struct Client;
/// # impl Client {
/// #     fn is_connected(&self) -> bool { true }
/// #     fn cancel_jobs(&self) {}
/// # }
/// # let client = std::sync::Arc::new(Client);
///
/// let cancelled = client.clone();
/// let watch = Watch::new(move |_| {
///     (!client.is_connected()).then(|| Error::system("the cluster is gone"))
/// })
/// .cancelled_by(move || cancelled.cancel_jobs());
/// ```
pub struct Watch {
    lost: Option<Lost>,
    cancel: Option<Cancel>,
}

type Lost = Box<dyn Fn(Moment) -> Option<Error> + Send>;

/// When a run asks whether its engine is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Several times a second, while the function works.
    Working,
    /// Once, when the function has failed: whether that is the engine's doing may be worth a look
    /// that takes a second or two.
    Failed,
}

impl Watch {
    /// Nothing to watch: the engine's calls fail by themselves.
    pub fn nothing() -> Self {
        Watch {
            lost: None,
            cancel: None,
        }
    }

    /// Asks `lost`, which gives a recoverable system error when the engine is lost.
    pub fn new(lost: impl Fn(Moment) -> Option<Error> + Send + 'static) -> Self {
        Watch {
            lost: Some(Box::new(lost)),
            cancel: None,
        }
    }

    /// Calls `cancel` when the process is told to end (SIGTERM, Ctrl-C) while the function works,
    /// on a thread of its own. It has a few seconds; after that the process ends regardless.
    #[must_use]
    pub fn cancelled_by(self, cancel: impl FnOnce() + Send + 'static) -> Self {
        Watch {
            cancel: Some(Box::new(cancel)),
            ..self
        }
    }

    /// Whether the engine can be lost.
    pub(crate) fn is_needed(&self) -> bool {
        self.lost.is_some()
    }

    /// What cancels the run; the second time nothing.
    pub(crate) fn take_cancel(&mut self) -> Option<Cancel> {
        self.cancel.take()
    }

    /// Why the engine is lost, if it is.
    pub fn lost(&self, moment: Moment) -> Option<Error> {
        self.lost.as_ref().and_then(|lost| lost(moment))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("lost", &self.lost(Moment::Working))
            .field("can_cancel", &self.cancel.is_some())
            .finish()
    }
}

/// How the task's function ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned a value.
    Succeeded,
    /// It returned an error, or panicked.
    Failed,
}

/// What an engine is told about the run.
#[derive(Debug)]
pub struct TaskContext<'a> {
    /// The task's name.
    pub task: &'a str,
    /// Where the run happens.
    pub mode: Mode,
    /// What the user chose with `run --<task type> TARGET`.
    pub target: Option<&'a str>,
    /// How long the engine may take to come up.
    pub deadline: Duration,
}

impl TaskContext<'_> {
    /// Whether somebody looks at a terminal.
    #[cfg(any(feature = "spark", feature = "dask"))]
    fn can_draw(&self) -> bool {
        self.mode == Mode::Local && std::io::stderr().is_terminal()
    }

    /// Whom the run's progress is shown to.
    #[cfg(any(feature = "spark", feature = "dask"))]
    fn audience(&self) -> crate::meter::Audience<'_> {
        crate::meter::Audience {
            name: self.task,
            can_draw: self.can_draw(),
        }
    }

    /// Tells the user what is being waited for (on standard error, and in the log).
    pub fn progress(&self, what: &str) {
        tracing::info!(task = self.task, "{what}");
        tell(format_args!("{}: {what}", self.task));
    }
}

/// Where a run happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `run`, on somebody's machine.
    Local,
    /// `execute`, in a container that Flyte started.
    Container,
}

impl Mode {
    /// Where this process is: Flyte names the execution in its containers.
    #[cfg(feature = "spark")]
    pub(crate) fn of_process() -> Self {
        let in_flyte = ["FLYTE_INTERNAL_EXECUTION_ID", "_F_NM"]
            .iter()
            .any(|name| std::env::var_os(name).is_some());
        if in_flyte {
            Mode::Container
        } else {
            Mode::Local
        }
    }
}

/// No engine: a plain task in its container.
#[derive(Debug)]
pub struct Plain;

impl Engine for Plain {
    const TASK_TYPE: &'static str = "python-task";
    type Config = ();
    type Session = ();

    fn pre_execute((): &'static (), _: &TaskContext<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn post_execute((): (), _: Outcome) -> Result<(), Error> {
        Ok(())
    }
}
