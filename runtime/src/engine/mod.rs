//! Engines: an engine prepares a session before a task's function runs, and cleans up after it.

#[cfg(feature = "container")]
pub mod container;
#[cfg(feature = "dask")]
pub mod dask;
#[cfg(feature = "spark")]
pub mod databricks;
#[cfg(any(feature = "spark", feature = "dask", feature = "container"))]
mod deadline;
#[cfg(any(feature = "spark", feature = "container"))]
mod go;
mod linked;
#[cfg(any(feature = "spark", feature = "dask", feature = "container"))]
mod log;
#[cfg(any(feature = "spark", feature = "container"))]
mod output;
#[cfg(any(feature = "spark", feature = "dask", feature = "container"))]
mod programs;
mod progress;
#[cfg(any(feature = "spark", feature = "dask"))]
mod python;
#[cfg(feature = "spark")]
pub mod spark;
#[cfg(any(feature = "spark", feature = "dask"))]
mod wait;
mod watch;

use std::env;
use std::time::Duration;

pub use progress::{Gauge, Progress};
pub use watch::{Moment, Watch};

pub(crate) use linked::{arguments, commands, explain};

pub use crate::context::Mode;
use crate::error::Error;
#[doc(hidden)]
pub use crate::execute::IsSession;
pub use crate::execute::{Cancellable, cancellable};

/// An engine that runs tasks, in this crate or in any other.
///
/// The attribute's open form names the engine: `#[task(engine = Ray, config = RayConfig::new(4))]`. The
/// configuration is a constant. It tells the backend what to build through an inherent
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
/// /// The state of a run: the client, and the server that the run ends.
/// pub struct RayCluster { client: RayClient, server: std::process::Child }
///
/// impl Engine for Ray {
///     const TASK_TYPE: &'static str = "ray";
///     type Config = RayConfig;
///     type Session = RayClient;
///     type Running = RayCluster;
///
///     fn pre_execute(_: &'static RayConfig, task: &TaskContext<'_>) -> flytekit::Result<RayCluster> {
///         task.progress.tell("starting a local Ray");
///         let server = std::process::Command::new("ray").args(["start", "--head", "--block"]).spawn()?;
///         let client = RayClient { address: "ray://127.0.0.1:10001".to_owned() };
///         Ok(RayCluster { client, server })
///     }
///
///     fn session(running: &RayCluster) -> &RayClient {
///         &running.client
///     }
///
///     fn post_execute(mut running: RayCluster, _: Outcome) -> flytekit::Result<()> {
///         Ok(running.server.kill()?)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an engine that tasks can run on",
    label = "not an engine",
    note = "implement `flytekit::engine::Engine` for `{Self}`, or name a type that does"
)]
pub trait Engine: 'static {
    /// `TaskTemplate.type`, by which the backend selects a plugin.
    const TASK_TYPE: &'static str;

    /// Whether the session blocks its thread, so that an `async fn` must not hold it.
    const BLOCKING: bool = false;

    /// The values that `run --<task type> TARGET` accepts, for the help text, if there is a choice.
    const TARGETS: Option<&'static str> = None;

    /// The engine's configuration in the attribute.
    type Config: Sync + 'static;

    /// The session that the function borrows as its first parameter.
    type Session: 'static;

    /// The engine's state of a run: the session, and everything that is needed to watch and to end it.
    type Running: 'static;

    /// Prepares the session. It must end within the deadline, and report what it waits for.
    ///
    /// # Errors
    ///
    /// A system error if the engine does not start; the task's function is then not called.
    fn pre_execute(
        config: &'static Self::Config,
        task: &TaskContext<'_>,
    ) -> Result<Self::Running, Error>;

    /// The session of a run.
    fn session(running: &Self::Running) -> &Self::Session;

    /// A view of the run that is checked while the function works: the calls of a lost engine may never
    /// return.
    fn watch(_running: &Self::Running) -> Watch {
        Watch::nothing()
    }

    /// Classifies an error of the engine's client that the function returned.
    ///
    /// The runtime calls it for errors of other types that `?` has converted to an [`Error`] without a
    /// classification, before the run is cleaned up:
    ///
    /// ```
    /// # use std::{error, fmt};
    /// use flytekit::Error;
    /// # #[derive(Debug)]
    /// # struct RayError { is_lost: bool }
    /// # impl fmt::Display for RayError {
    /// #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("gone") }
    /// # }
    /// # impl error::Error for RayError {}
    ///
    /// fn explain(error: Error) -> Error {
    ///     match error.find_cause::<RayError>() {
    ///         Some(cause) if cause.is_lost => {
    ///             let message = format!("the Ray cluster is lost: {cause}");
    ///             error.explained(Error::system(message))
    ///         }
    ///         _ => error,
    ///     }
    /// }
    /// assert!(explain(RayError { is_lost: true }.into()).is_recoverable());
    /// ```
    fn explain(_running: &Self::Running, error: Error) -> Error {
        error
    }

    /// Cleans up after the function has returned, failed or panicked.
    ///
    /// # Errors
    ///
    /// If the clean-up fails; this fails the task only if its function succeeded.
    fn post_execute(running: Self::Running, outcome: Outcome) -> Result<(), Error>;
}

/// How the task's function ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The function returned a value.
    Succeeded,
    /// The function returned an error, or panicked.
    Failed,
}

/// How long an engine may take to start unless `FLYTEKIT_ENGINE_TIMEOUT` (seconds) says otherwise.
const DEADLINE: Duration = Duration::from_secs(120);

/// The information about a run that an engine gets.
#[derive(Debug)]
#[non_exhaustive]
pub struct TaskContext<'a> {
    /// The task's name.
    pub task: &'a str,
    /// The mode of the run: local, or in a container.
    pub mode: Mode,
    /// The target that the user has chosen with `run --<task type> TARGET`.
    pub target: Option<&'a str>,
    /// How long the engine may take to start.
    pub deadline: Duration,
    /// Receives reports of what is being waited for.
    pub progress: Progress,
}

impl<'a> TaskContext<'a> {
    /// The context of a task with this name, without a target. The environment sets how long an engine may
    /// take (`FLYTEKIT_ENGINE_TIMEOUT`, in seconds; two minutes by default).
    pub fn new(task: &'a str, mode: Mode) -> Self {
        let seconds = env::var("FLYTEKIT_ENGINE_TIMEOUT").ok();
        let seconds = seconds.and_then(|text| text.parse().ok());
        TaskContext {
            task,
            mode,
            target: None,
            deadline: seconds.map_or(DEADLINE, Duration::from_secs),
            progress: Progress::new(task, mode),
        }
    }

    /// This context with the user's choice, if there is one.
    #[must_use]
    pub fn with_target(mut self, target: Option<&'a str>) -> Self {
        self.target = target;
        self
    }

    /// This context with another time for the engine to start.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

/// No engine: a plain task in its container.
#[derive(Debug)]
pub struct Plain;

impl Engine for Plain {
    const TASK_TYPE: &'static str = "python-task";
    type Config = ();
    type Session = ();
    type Running = ();

    fn pre_execute((): &'static (), _: &TaskContext<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn session((): &()) -> &() {
        &()
    }

    fn post_execute((): (), _: Outcome) -> Result<(), Error> {
        Ok(())
    }
}
