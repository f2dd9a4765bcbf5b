//! Notebooks, which run on Databricks only.

use super::Databricks;
use crate::entity::Configured;
use crate::error::Error;

/// The body of the function of a task that is a notebook.
///
/// # Errors
///
/// Always: there is no Databricks here.
#[doc(hidden)]
pub fn run_notebook<T: Configured<Databricks>>() -> Result<(), Error> {
    let path = T::CONFIG.notebook_path().unwrap_or_default();
    Err(is_elsewhere(T::NAME, path))
}

/// What a task says here that is a notebook there.
pub(super) fn is_elsewhere(task: &str, path: &str) -> Error {
    Error::user(format!(
        "task {task} is the notebook `{path}`, which runs on Databricks only: Flyte starts it there, also by \
         `run --remote`"
    ))
}
