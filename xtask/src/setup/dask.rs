//! The version of Dask beside the one that the tests' Python environment has.

use std::path::PathBuf;

use anyhow::Result;

use super::folder;
use super::installer::Installer;

/// A folder of packages that replace the environment's where it stands before them, as it does on
/// `PYTHONPATH`.
pub(super) fn provide(installer: &Installer) -> Result<PathBuf> {
    folder::provide(installer, "dask-2025.7", "dask-2025.7.txt", "Dask 2025.7")
}
