//! The measuring programs in `xtask/bench/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::build;
use super::samples::Series;
use crate::{process, report, workspace};

/// The compiled programs.
pub(super) struct Programs {
    measure: PathBuf,
    pub(super) values: PathBuf,
}

impl Programs {
    pub(super) fn build() -> Result<Self> {
        report::say("Building", "the programs that measure");
        let mut cargo = workspace::cargo(["build", "--quiet", "--package", "flytekit-bench"]);
        let build = build::stripped(cargo.arg("--target-dir").arg(build::target()))?;
        Ok(Self {
            measure: build.program("measure")?,
            values: build.program("values")?,
        })
    }

    /// Runs a command and adds its `seconds` and `peak_bytes` to the series.
    pub(super) fn measure(&self, command: &Command, series: &mut Series) -> Result<()> {
        let mut measure = Command::new(&self.measure);
        measure.arg(command.get_program()).args(command.get_args());
        // With this variable an error looks up its frames, which a container does only on request.
        measure.env_remove("RUST_BACKTRACE");
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => measure.env(name, value),
                None => measure.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            measure.current_dir(folder);
        }
        series.read(&process::output(&mut measure)?)
    }
}

/// The folder of the Python programs.
pub(super) fn python() -> PathBuf {
    workspace::root().join("xtask/bench/python")
}

/// An empty folder for the files of a benchmark.
pub(super) fn empty_folder(name: &str) -> Result<PathBuf> {
    let folder = super::folder().join(name);
    remove(&folder)?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Removes a folder, if there is one.
pub(super) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}
