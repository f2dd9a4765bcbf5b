//! flytekit's connector server, and the stubs that call both servers.

use std::path::PathBuf;

use anyhow::Result;

use super::folder;
use super::installer::Installer;

/// A folder of packages, for `PYTHONPATH`.
pub(super) fn provide(installer: &Installer) -> Result<PathBuf> {
    folder::provide(
        installer,
        "connector",
        "connector.txt",
        "flytekit's connector server",
    )
}
