//! The server that plays S3 in the tests.

use std::path::PathBuf;

use anyhow::Result;

use super::folder;
use super::installer::Installer;

/// A folder of packages, for `PYTHONPATH`.
pub(super) fn provide(installer: &Installer) -> Result<PathBuf> {
    folder::provide(
        installer,
        "moto",
        "moto.txt",
        "moto, a server that speaks like S3,",
    )
}
