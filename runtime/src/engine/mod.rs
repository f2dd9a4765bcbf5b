//! What surrounds a task's function: an engine gets a session ready before it and cleans up after.

#[cfg(feature = "container")]
pub mod container;
#[cfg(feature = "dask")]
pub mod dask;
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
#[cfg(feature = "spark")]
pub mod spark;
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
/// /// What a run has of its cluster: the client, and what it takes to end it.
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

    /// What a run has of the engine: the session, and what it takes to watch and to end it.
    type Running: 'static;

    /// Gets the session ready. Must end within a deadline, and say what it waits for.
    ///
    /// # Errors
    ///
    /// A system error when the engine does not come up; the task's function is then not called.
    fn pre_execute(
        config: &'static Self::Config,
        task: &TaskContext<'_>,
    ) -> Result<Self::Running, Error>;

    /// The session of a run.
    fn session(running: &Self::Running) -> &Self::Session;

    /// A view on the run, which looks through it while the function works: the calls of an engine that
    /// is lost may never return.
    fn watch(_running: &Self::Running) -> Watch {
        Watch::nothing()
    }

    /// Says what an error of the engine's client, which the function returned, means for the task.
    ///
    /// It is asked about errors of other types that became an [`Error`] by `?` and say nothing else,
    /// before the run is cleaned up:
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

    /// Cleans up, whether the function returned, failed or panicked.
    ///
    /// # Errors
    ///
    /// When cleaning up fails; this fails the task only if its function did not.
    fn post_execute(running: Self::Running, outcome: Outcome) -> Result<(), Error>;
}

/// How the task's function ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It returned a value.
    Succeeded,
    /// It returned an error, or panicked.
    Failed,
}

/// How long an engine may take to come up unless `FLYTEKIT_ENGINE_TIMEOUT` (seconds) says otherwise.
const DEADLINE: Duration = Duration::from_secs(120);

/// What an engine is told about the run.
#[derive(Debug)]
#[non_exhaustive]
pub struct TaskContext<'a> {
    /// The task's name.
    pub task: &'a str,
    /// Where the run happens.
    pub mode: Mode,
    /// What the user chose with `run --<task type> TARGET`.
    pub target: Option<&'a str>,
    /// How long the engine may take to come up.
    pub deadline: Duration,
    /// Whom to tell what is being waited for.
    pub progress: Progress,
}

impl<'a> TaskContext<'a> {
    /// Of a task by this name, without a target. The environment says how long an engine may take
    /// (`FLYTEKIT_ENGINE_TIMEOUT`, in seconds; two minutes if it does not).
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

    /// With what the user chose, if anything.
    #[must_use]
    pub fn with_target(mut self, target: Option<&'a str>) -> Self {
        self.target = target;
        self
    }

    /// With another time for the engine to come up.
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
