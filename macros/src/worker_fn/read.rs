//! Parses `#[worker_fn(…)]`.

use crate::syntax::group::options;
use crate::syntax::value::{ItemPath, Text};

options! {
    /// `#[worker_fn(…)]`
    pub(crate) struct WorkerFnOptions {
        name: Text,
        krate as "crate": ItemPath,
    }
}
