//! Runs of registered tasks in Flyte, also of tasks that other programs have registered.

mod elements;
mod follow;
mod start;
mod task;
mod watch;

pub(crate) use start::{Start, StartError, Started, start};
pub(crate) use task::{FindError, RemoteTask, find};
pub(crate) use watch::{Ended, Watch};
