//! Runs of registered tasks in Flyte, whoever has registered them.

mod elements;
mod follow;
mod start;
mod task;
mod watch;

pub(crate) use start::{Start, StartError, Started, start};
pub(crate) use task::{FindError, RemoteTask, find};
pub(crate) use watch::{Ended, Watch};
