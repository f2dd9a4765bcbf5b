//! How one run goes: inputs, `pre_execute`, the function, `post_execute`, then products or an error.

mod cancel;
pub(crate) mod container;
mod inputs;
mod panics;
mod products;
mod run;
mod scope;
mod secrets;
mod signals;
mod watch;

pub use inputs::{Decode, Inputs};
pub use products::{Product, Products};
pub use run::{Dispatch, IsSession, Run, RunResult, block_on, session};
pub use scope::{raw_output, with_session};
pub use secrets::secret;

pub(crate) use cancel::Cancel;
#[cfg(feature = "spark")]
pub(crate) use cancel::{Cancellable, cancellable};
#[cfg(feature = "dask")]
pub(crate) use panics::catch;
#[cfg(feature = "spark")]
pub(crate) use run::engine_deadline;
pub(crate) use scope::unique;
#[cfg(test)]
pub(crate) use scope::within;
pub(crate) use secrets::Redacted;
pub(crate) use signals::on_termination;
pub(crate) use watch::Abandon;
