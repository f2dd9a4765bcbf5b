//! Where am I? [`context`] says: which execution, task and attempt this is, and what the run has for
//! itself: a working directory, checkpoints, a place for raw data.
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
//! A run's own thread knows its context, and an `async fn` with it. Other threads, and tasks of an async
//! runtime, find it by themselves while the process has no other run under way, as in Flyte's containers.
//! Where there may be several, as in local runs of workflows, hand it on: [`Context::spawn`] starts a thread,
//! [`Context::scope`] wraps a future, and [`Context::within`] calls a closure in any thread.
//!
//! # Tracing
//!
//! A run is in a span of the crate `tracing` with the fields `task`, `execution` and `attempt`, so that
//! whatever is logged in its thread has them.

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
