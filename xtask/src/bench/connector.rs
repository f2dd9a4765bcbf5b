//! Load on a connector server, compared with flytekit's.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::build;
use super::finding::{Comparison, Findings};
use super::programs;
use super::samples::{Series, Unit};
use crate::setup::Tools;
use crate::{process, report, workspace};

/// How often each server is measured.
const ROUNDS: usize = 3;

const CALLERS: &str = "64";

/// Jobs of each caller.
const JOBS: &str = "32";

/// The number of runs that are watched at the same time. `pyflyte`'s server cancels some calls of 10,000.
const WATCHED: &str = "10000";
const WATCHED_BY_RIVAL: &str = "1000";

/// Measurements, the series that they are in, and the wanted ratios of flytekit's cost to ours.
const KINDS: [(&str, &str, Unit, Option<f64>); 8] = [
    (
        "create, get and delete, CPU time of the server",
        "cpu_seconds",
        Unit::Seconds,
        Some(20.0),
    ),
    (
        "create, get and delete, wall time with 64 callers",
        "wall_seconds",
        Unit::Seconds,
        Some(20.0),
    ),
    (
        "a call, latency with 64 callers",
        "latency_seconds",
        Unit::Seconds,
        Some(1.0),
    ),
    (
        "a get among 10,000 (1,000) at once, CPU time of the server",
        "watch_cpu_seconds",
        Unit::Seconds,
        Some(20.0),
    ),
    (
        "a get among 10,000 (1,000) at once, wall time",
        "watch_wall_seconds",
        Unit::Seconds,
        Some(1.0),
    ),
    (
        "memory after one job",
        "idle_bytes",
        Unit::Bytes,
        Some(10.0),
    ),
    (
        "memory after the jobs of 64 callers",
        "called_bytes",
        Unit::Bytes,
        Some(10.0),
    ),
    (
        "memory after 10,000 (1,000) gets at once",
        "watched_bytes",
        Unit::Bytes,
        None,
    ),
];

/// Measures both servers in turns, with a workspace that answers immediately.
pub(super) fn measure(tools: &Tools, findings: &mut Findings) -> Result<()> {
    report::say("Building", "the connector server and its load");
    let ours = build_program("flytekit-connector", "flytekit-connector", &[])?;
    let load = Load {
        program: build_program(
            "flytekit-bench",
            "connector_load",
            &["--features", "connector"],
        )?,
        certificates: programs::empty_folder("connector")?,
    };
    load.write_certificates(tools)?;
    let theirs = tools.python.with_file_name("pyflyte");
    let our_words = ["serve", "--port=PORT", "--prometheus-port=none"];
    let their_words = ["serve", "connector", "--port=PORT"];
    let (mut our_series, mut their_series) = (Series::default(), Series::default());
    for _ in 0..ROUNDS {
        report::say("Measuring", "the connector server against pyflyte's");
        our_series.read(&load.put(tools, WATCHED, &ours, &our_words)?)?;
        their_series.read(&load.put(tools, WATCHED_BY_RIVAL, &theirs, &their_words)?)?;
    }
    for (what, series, unit, at_least) in KINDS {
        findings.comparisons.push(Comparison {
            what: what.to_owned(),
            unit,
            ours: our_series.take(series)?,
            rival: "`pyflyte serve connector`",
            theirs: their_series.take(series)?,
            at_least,
        });
    }
    Ok(())
}

fn build_program(package: &str, program: &str, features: &[&str]) -> Result<PathBuf> {
    let mut cargo = workspace::cargo(["build", "--quiet", "--package", package]);
    cargo.args(["--bin", program]).args(features);
    let build = build::stripped(cargo.arg("--target-dir").arg(build::target()))?;
    build.program(program)
}

/// The program that calls a server and plays its workspace, which would be too slow in Python.
struct Load {
    program: PathBuf,
    certificates: PathBuf,
}

impl Load {
    fn write_certificates(&self, tools: &Tools) -> Result<()> {
        let script = workspace::root().join("tests/python/certificates.py");
        let mut python = Command::new(&tools.python);
        process::output(python.arg(script).arg(&self.certificates))?;
        Ok(())
    }

    fn put(&self, tools: &Tools, watched: &str, server: &Path, words: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.arg(&self.certificates);
        command.args([CALLERS, JOBS, watched]);
        command.arg(server).args(words);
        command.env("PYTHONPATH", &tools.connector);
        process::output(&mut command)
    }
}
