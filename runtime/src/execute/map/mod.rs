//! Maps: a task runs once for each element of lists.
//!
//! Flyte starts a container an element, and gives each the whole lists: it decodes its own element alone.
//! Where a map runs in one process, its elements do so on a few threads.

mod element;
mod given;
mod index;
mod mapping;

pub(crate) use element::{Work, at_once, run_all};
pub(crate) use given::Given;
pub(crate) use mapping::Mapping;
