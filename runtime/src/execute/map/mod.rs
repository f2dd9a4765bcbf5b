//! Maps: a task runs once for each element of lists.
//!
//! Flyte starts a container for each element, and passes the whole lists to each container, which only
//! decodes its own element. If a map runs in one process, its elements run on a few threads.

mod element;
mod given;
mod index;
mod mapping;

pub(crate) use element::{Work, at_once, run_all};
pub(crate) use given::Given;
pub(crate) use mapping::Mapping;
