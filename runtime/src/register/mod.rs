//! What is known only at registration: project, domain, version and images, and Flyte itself.
//!
//! ```text
//! Program ──────────► complete() ──► package     an archive for flytectl
//! tasks of a binary       ▲      └─► submit      Flyte Admin, over gRPC
//!                     Settings
//! ```
//!
//! Everything here works on [`Program`](crate::registry::Program): the tasks as they lie in an executable, be it the one that
//! runs or a file that another machine will run.

#[cfg(feature = "register")]
pub(crate) mod admin;
pub(crate) mod fast;
pub(crate) mod settings;
