//! Spark: queries compared with PySpark's client, and whole jobs on a cluster compared with Python drivers.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::build::{self, Build};
use super::finding::{Comparison, Findings};
use super::programs;
use super::samples::{Series, Unit};
use crate::setup::Tools;
use crate::{process, report, workspace};

/// How often each client runs. Python takes about a minute for the rows.
const CLIENT_ROUNDS: &str = "3";

/// How often each job runs.
const JOB_ROUNDS: &str = "5";

const ROWS: &str = "10000000";

/// Measures both.
pub(super) fn measure(tools: &Tools, findings: &mut Findings) -> Result<()> {
    let build = build_programs()?;
    measure_client(&build, tools, findings)?;
    measure_driver(&build, tools, findings)
}

/// Measures queries of the clients in turns, on the same server.
fn measure_client(build: &Build, tools: &Tools, findings: &mut Findings) -> Result<()> {
    report::say("Measuring", "queries against PySpark's client");
    let mut command = program(build, "spark_client", tools)?;
    command.arg(&tools.python);
    command.arg(programs::python().join("spark_client.py"));
    let mut series = Series::default();
    series.read(&process::output(command.args([CLIENT_ROUNDS, ROWS]))?)?;
    for (what, name) in [
        ("connect to Spark, and the first result", "first"),
        ("a small query on an open session", "next"),
        ("10 million rows, collected as Arrow", "arrow"),
        ("10 million rows, collected as rows", "rows"),
    ] {
        findings.comparisons.push(Comparison {
            what: what.to_owned(),
            unit: Unit::Seconds,
            ours: series.take(&format!("ours.{name}"))?,
            rival: "PySpark's Connect client",
            theirs: series.take(&format!("theirs.{name}"))?,
            at_least: Some(1.0),
        });
    }
    Ok(())
}

/// Measures jobs from `spark-submit` to its end, in turns.
fn measure_driver(build: &Build, tools: &Tools, findings: &mut Findings) -> Result<()> {
    report::say("Measuring", "jobs on a cluster against Python drivers");
    let mut command = program(build, "spark_driver", tools)?;
    command.arg(build.program("measure")?);
    command.arg(build.program("spark_app")?);
    command
        .arg(&tools.python)
        .arg(programs::python())
        .arg(JOB_ROUNDS);
    let mut series = Series::default();
    series.read(&process::output(&mut command)?)?;
    for (what, name, unit) in [
        (
            "a job on a Spark cluster, wall time",
            "seconds",
            Unit::Seconds,
        ),
        (
            "its driver's memory beside the JVM",
            "peak_bytes",
            Unit::Bytes,
        ),
    ] {
        let ours = series.take(&format!("ours.{name}"))?;
        for (rival, side) in [
            ("flytekit's Spark plugin", "flytekit"),
            ("a PySpark script", "pyspark"),
        ] {
            findings.comparisons.push(Comparison {
                what: what.to_owned(),
                unit,
                ours: ours.clone(),
                rival,
                theirs: series.take(&format!("{side}.{name}"))?,
                at_least: None,
            });
        }
    }
    Ok(())
}

fn build_programs() -> Result<Build> {
    report::say("Building", "the programs that run Spark");
    let mut cargo = workspace::cargo(["build", "--quiet", "--package", "flytekit-bench"]);
    cargo.args(["--features", "spark"]);
    build::stripped(cargo.arg("--target-dir").arg(build::target()))
}

fn program(build: &Build, name: &str, tools: &Tools) -> Result<Command> {
    let program: &Path = &build.program(name)?;
    let mut command = Command::new(program);
    command
        .env("FLYTEKIT_TEST_PYTHON", &tools.python)
        .env("FLYTEKIT_PYTHON", &tools.python)
        .env("JAVA_HOME", &tools.java_home);
    Ok(command)
}
