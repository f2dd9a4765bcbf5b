//! Load on a connector server, compared with flytekit's.

use std::path::Path;
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

/// Jobs of each caller, and runs that are watched at once.
const JOBS: &str = "8";
const WATCHED: &str = "10000";

/// Measurements, the series that they are in, and the wanted ratios of flytekit's cost to ours.
const KINDS: [(&str, &str, Unit, Option<f64>); 6] = [
    (
        "create, get and delete, CPU time of the server",
        "cpu_seconds",
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
        "a get among 10,000 at once, CPU time of the server",
        "watch_cpu_seconds",
        Unit::Seconds,
        Some(20.0),
    ),
    (
        "10,000 gets at once, wall time",
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
        "memory after all jobs",
        "peak_bytes",
        Unit::Bytes,
        Some(10.0),
    ),
];

/// Measures both servers in turns. The workspace of both is the tests', in Python: it limits the wall time of
/// ours, so the CPU time of the server is the measure.
pub(super) fn measure(tools: &Tools, findings: &mut Findings) -> Result<()> {
    report::say("Building", "the connector server");
    let mut cargo = workspace::cargo(["build", "--quiet", "--package", "flytekit-connector"]);
    let build = build::stripped(cargo.arg("--target-dir").arg(build::target()))?;
    let ours = build.program("flytekit-connector")?;
    let theirs = tools.python.with_file_name("pyflyte");
    let arguments = |words: &[&str]| words.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let our_words = arguments(&["serve", "--port=PORT", "--prometheus-port=none"]);
    let their_words = arguments(&["serve", "connector", "--port=PORT"]);
    let (mut our_series, mut their_series) = (Series::default(), Series::default());
    for _ in 0..ROUNDS {
        report::say("Measuring", "the connector server against pyflyte's");
        our_series.read(&load(tools, &ours, &our_words)?)?;
        their_series.read(&load(tools, &theirs, &their_words)?)?;
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

fn load(tools: &Tools, program: &Path, words: &[String]) -> Result<String> {
    let mut command = Command::new(&tools.python);
    command.arg(programs::python().join("connector.py"));
    command.args([CALLERS, JOBS, WATCHED]);
    command.arg(program).args(words);
    command.env("PYTHONPATH", &tools.connector);
    process::output(&mut command)
}
