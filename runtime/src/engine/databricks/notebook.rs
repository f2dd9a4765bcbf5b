//! Notebooks, which run on Databricks only.

use super::Databricks;
use crate::entity::Configured;
use crate::error::Error;

/// The body of a notebook task's function.
///
/// # Errors
///
/// Always, because a notebook only runs on Databricks.
#[doc(hidden)]
pub fn run_notebook<T: Configured<Databricks>>() -> Result<(), Error> {
    let path = T::CONFIG.notebook_path().unwrap_or_default();
    Err(is_elsewhere(T::NAME, path))
}

/// The error of a notebook task in a local run.
pub(super) fn is_elsewhere(task: &str, path: &str) -> Error {
    Error::user(format!(
        "task {task} is the notebook `{path}`, which runs on Databricks only: Flyte starts it there, also by \
         `run --remote`"
    ))
}
