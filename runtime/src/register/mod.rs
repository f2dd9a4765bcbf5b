//! Registration: project, domain, version and images, and the connection to Flyte itself.
//!
//! ```text
//! Program ──────────► complete() ──► package     an archive for flytectl
//! entities of a binary    ▲      └─► submit      Flyte Admin, over gRPC
//!                     Settings
//! ```
//!
//! Everything here works on [`Program`](crate::registry::Program): the entities in an executable, which is
//! the running one or a file for another machine.

#[cfg(feature = "register")]
pub(crate) mod admin;
pub(crate) mod complete;
#[cfg(feature = "register")]
pub(crate) mod console;
pub(crate) mod difference;
pub(crate) mod fast;
mod object;
pub(crate) mod order;
#[doc(hidden)]
pub mod package;
#[cfg(feature = "register")]
pub(crate) mod primary;
mod references;
#[cfg(feature = "register")]
pub(crate) mod registered;
#[cfg(feature = "register")]
pub(crate) mod remote;
pub(crate) mod settings;
pub(crate) mod spec;
#[cfg(feature = "register")]
pub(crate) mod submit;
#[cfg(feature = "register")]
pub(crate) mod tally;
#[cfg(feature = "register")]
pub(crate) mod upload;
#[cfg(feature = "register")]
pub(crate) mod version;

/// Runs a future with network access to its end, on this thread.
///
/// # Errors
///
/// If the system cannot open more files.
#[cfg(feature = "register")]
pub(crate) fn block_on<F: Future>(future: F) -> std::io::Result<F::Output> {
    // One thread is enough for thousands of futures that mostly wait.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}
