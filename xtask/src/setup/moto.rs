//! The server that stands for S3 in the tests.

use std::path::PathBuf;

use anyhow::Result;

use super::python::Python;

/// A folder of packages, for `PYTHONPATH`.
pub(super) fn provide(python: &Python) -> Result<PathBuf> {
    python.provide_folder("moto", "moto.txt", "moto, a server that speaks like S3,")
}
