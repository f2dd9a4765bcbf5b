//! The measuring programs in `xtask/bench/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::build;
use super::finding::{Comparison, Findings};
use super::samples::{Samples, Series, Unit};
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
        // With this variable, an error looks up its stack frames. Containers do not set it by default.
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

    /// Measures two commands in turns, each several times per round.
    pub(super) fn in_turns(
        &self,
        rounds: usize,
        ours: (&Command, usize),
        theirs: (&Command, usize),
    ) -> Result<Turns> {
        let mut turns = Turns::default();
        // The first runs fill the system's caches.
        self.measure(ours.0, &mut Series::default())?;
        self.measure(theirs.0, &mut Series::default())?;
        for _ in 0..rounds {
            for _ in 0..theirs.1 {
                self.measure(theirs.0, &mut turns.theirs)?;
            }
            for _ in 0..ours.1 {
                self.measure(ours.0, &mut turns.ours)?;
            }
        }
        Ok(turns)
    }
}

/// The costs of two commands.
#[derive(Default)]
pub(super) struct Turns {
    ours: Series,
    theirs: Series,
}

impl Turns {
    /// Adds the comparisons of time and of memory, with the wanted ratios. Returns our seconds and bytes.
    pub(super) fn compare(
        mut self,
        what: &str,
        rival: &'static str,
        at_least: [Option<f64>; 2],
        findings: &mut Findings,
    ) -> Result<[Samples; 2]> {
        let [time_at_least, memory_at_least] = at_least;
        let mut compare = |kind, series, unit, at_least| {
            let ours = self.ours.take(series)?;
            findings.comparisons.push(Comparison {
                what: format!("{what}, {kind}"),
                unit,
                ours: ours.clone(),
                rival,
                theirs: self.theirs.take(series)?,
                at_least,
            });
            anyhow::Ok(ours)
        };
        Ok([
            compare("wall time", "seconds", Unit::Seconds, time_at_least)?,
            compare("peak memory", "peak_bytes", Unit::Bytes, memory_at_least)?,
        ])
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
