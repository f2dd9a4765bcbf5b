//! Another version of Dask than the one in the tests' Python environment.

use std::path::PathBuf;

use anyhow::Result;

use super::folder;
use super::installer::Installer;

/// A folder of packages that replace the environment's if it comes before them, as on `PYTHONPATH`.
pub(super) fn provide(installer: &Installer) -> Result<PathBuf> {
    folder::provide(installer, "dask-2025.7", "dask-2025.7.txt", "Dask 2025.7")
}
