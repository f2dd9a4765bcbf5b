//! What surrounds the function of a task: one file or folder an engine.

pub(crate) mod generic_spark;
pub(crate) mod spark;
