//! `#[dynamic]`: a task whose function builds a graph. Everything else is in `task/`.

mod check;
mod expand;
mod read;

pub(crate) use check::check;
pub(crate) use expand::{descriptor, output, run_here, written};
pub(crate) use read::{DYNAMIC_AND_WORKFLOW, REFUSALS, TASK_AND_DYNAMIC, is_graph};

/// The variable of a dynamic task's container with the settings of its registration.
pub(crate) const SETTINGS: &str = "_F_SS_C";
