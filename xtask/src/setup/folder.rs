//! Folders of packages that run without an environment.

use std::path::PathBuf;

use anyhow::Result;

use super::installer::{Installer, Into};
use super::python::Requirements;
use super::stamp::{self, Stamp};
use super::{cost, make_tools_folder, spark};
use crate::{report, workspace};

/// A folder below `.tools/` with the packages of a requirement file. It is created first if necessary.
pub(super) fn provide(
    installer: &Installer,
    name: &str,
    requirements_file: &str,
    what: &str,
) -> Result<PathBuf> {
    let folder = workspace::tools().join(name);
    let requirements = Requirements::read(requirements_file)?;
    let stamp = Stamp::new(&folder, &[&requirements.text()]);
    if stamp.is_there() {
        return Ok(folder);
    }
    let what = format!("{what} in .tools/{name} ({})", cost::of(name)?);
    report::step(&what, |ticker| {
        make_tools_folder()?;
        stamp::clear(&folder)?;
        let (sparks, others): (Vec<_>, Vec<_>) =
            requirements.pins().partition(|pin| spark::is_spark(pin));
        if !others.is_empty() {
            installer.install(&others, &Into::Folder(&folder), ticker)?;
        }
        for pin in sparks {
            spark::unpack(installer, pin, &folder, ticker)?;
        }
        stamp.write()
    })?;
    Ok(folder)
}
