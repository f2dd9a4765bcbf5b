//! Dask: calls on a cluster's workers, compared with Dask's own client.

use std::process::Command;

use anyhow::Result;

use super::build;
use super::finding::{Comparison, Findings};
use super::programs;
use super::samples::{Series, Unit};
use crate::setup::Tools;
use crate::{process, report, workspace};

/// How often each client runs.
const ROUNDS: &str = "5";

/// Measures one client after the other, on the same cluster.
pub(super) fn measure(tools: &Tools, findings: &mut Findings) -> Result<()> {
    report::say("Building", "the program that uses Dask");
    let mut cargo = workspace::cargo(["build", "--quiet", "--package", "flytekit-bench"]);
    cargo.args(["--features", "dask"]);
    let build = build::stripped(cargo.arg("--target-dir").arg(build::target()))?;

    report::say("Measuring", "calls against Dask's client");
    let mut command = Command::new(build.program("dask_client")?);
    command
        .env("FLYTEKIT_TEST_PYTHON", &tools.python)
        .env("FLYTEKIT_PYTHON", &tools.python)
        .arg("compare")
        .arg(&tools.python)
        .arg(programs::python().join("dask_client.py"));
    let mut series = Series::default();
    series.read(&process::output(command.arg(ROUNDS))?)?;
    for (what, name, at_least) in [
        ("start, connect, and the first result", "first", None),
        (
            "an item of a map over a trivial function",
            "item",
            Some(50.0),
        ),
        ("a chunk of one item, against a task", "chunk", None),
        ("a gigabyte to the workers and back", "gigabyte", None),
    ] {
        findings.comparisons.push(Comparison {
            what: what.to_owned(),
            unit: Unit::Seconds,
            ours: series.take(&format!("ours.{name}"))?,
            rival: "Dask's client",
            theirs: series.take(&format!("theirs.{name}"))?,
            at_least,
        });
    }
    Ok(())
}
