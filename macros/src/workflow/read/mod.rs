//! What is written in `#[workflow(…)]`, as it is written.

pub(crate) mod function;

use crate::syntax::group::options;
use crate::syntax::value::{ItemPath, Text};

options! {
    /// `#[workflow(…)]`
    pub(crate) struct WorkflowOptions {
        name: Text,
        krate as "crate": ItemPath,
    }
}
