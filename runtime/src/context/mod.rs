//! The context of a run: its execution, task and attempt, and its own resources: a working directory,
//! checkpoints, a place for raw data. See [`context`].
//!
//! ```
//! use flytekit::prelude::*;
//!
//! #[task]
//! fn fetch(url: String) -> Result<u64> {
//!     let context = flytekit::context();
//!     tracing::info!(execution = %context.execution(), "fetching");
//!     let copy = context.working_directory()?.join("copy");
//!     std::fs::write(&copy, url)?;
//!     Ok(std::fs::metadata(&copy)?.len())
//! }
//! # mod tracing { macro_rules! info { ($($tokens:tt)*) => {{}} } pub(crate) use info; }
//! ```
//!
//! # Threads
//!
//! A run's own thread has its context, and an `async fn` has it, too. Other threads, and tasks of an async
//! runtime, find the context as long as the process has no other run in progress, as in Flyte's containers.
//! Where there may be several runs, as in local runs of workflows, pass the context on: [`Context::spawn`]
//! starts a thread, [`Context::scope`] wraps a future, and [`Context::within`] calls a closure in any thread.
//!
//! # Tracing
//!
//! Each run has a span of the crate `tracing` with the fields `task`, `execution` and `attempt`. All log
//! lines of the run's thread have these fields.

mod current;
mod node;
mod platform;
mod run;
mod scope;
mod secrets;
mod temporary;

pub use current::{Scoped, context};
pub use platform::{ExecutionId, Mode, TaskId, execution};
pub use run::Context;
pub use scope::{raw_output, with_session};
pub use secrets::secret;

pub(crate) use platform::{has_siblings, must_look_failed, variable, worker};
pub(crate) use run::{RunContext, SPAN, Whereabouts};
#[cfg(any(test, feature = "container"))]
pub(crate) use scope::within_place;
pub(crate) use scope::{Lender, lending, unique, unique_place};
pub(crate) use secrets::{ask_for_secrets, hide_secrets};
pub(crate) use temporary::TemporaryFolder;
