//! A list of integers, from bytes to values and back.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::finding::{Comparison, Findings};
use super::programs::{self, Programs};
use super::samples::{Series, Unit};
use crate::{process, report};

const LENGTH: &str = "100000";

/// How often flytekit converts.
const ROUNDS: &str = "5";

/// How often this crate and prost do, in turns.
const OUR_ROUNDS: &str = "101";

/// Measures within one process each, without its start.
pub(super) fn measure(python: &Path, findings: &mut Findings) -> Result<()> {
    let programs = Programs::build()?;
    let script = programs::python().join("integers.py");
    let list = programs::empty_folder("integers")?.join("list.pb");
    report::say("Measuring", "decode and encode of a list of integers");
    process::run(
        Command::new(python)
            .arg(&script)
            .arg("write")
            .arg(&list)
            .arg(LENGTH),
    )?;

    let mut series = Series::default();
    let mut ours = Command::new(&programs.integers);
    series.read(&process::output(ours.arg(&list).arg(OUR_ROUNDS))?)?;
    let mut theirs = Command::new(python);
    theirs.arg(&script).arg("measure").arg(&list).arg(ROUNDS);
    series.read(&process::output(&mut theirs)?)?;

    let ours = series.take("native")?;
    for (rival, name) in [
        ("flytekit's `TypeEngine`", "flytekit"),
        ("prost's messages", "prost"),
    ] {
        findings.comparisons.push(Comparison {
            what: "100,000 integers, decoded and encoded",
            unit: Unit::Seconds,
            ours: ours.clone(),
            rival,
            theirs: series.take(name)?,
            at_least: None,
        });
    }
    Ok(())
}
