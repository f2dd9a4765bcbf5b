//! Decoding and encoding values of each family.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::finding::{Comparison, Findings};
use super::programs::{self, Programs};
use super::samples::{Series, Unit};
use crate::{process, report};

/// How often flytekit for Python converts. It takes half a minute for a million integers.
const ROUNDS: &str = "2";

/// How often the other ways convert, in turns.
const OUR_ROUNDS: &str = "21";

/// A family's name in the series, and in the table.
const FAMILIES: [(&str, &str); 7] = [
    ("integers", "1,000,000 integers"),
    ("floats", "100,000 floats"),
    ("texts", "100,000 texts"),
    ("options", "100,000 optional integers"),
    ("times", "100,000 date-times"),
    ("maps", "a map of 100,000 integers"),
    ("records", "20,000 dataclasses"),
];

/// Another way to convert.
struct Rival {
    series: &'static str,
    name: &'static str,
    /// The family that it converts; all families if None.
    only: Option<&'static str>,
    /// The wanted ratio of its time to ours.
    at_least: Option<f64>,
    /// The wanted ratio of its allocations to ours.
    allocations: Option<f64>,
}

const RIVALS: [Rival; 4] = [
    Rival {
        series: "python",
        name: "flytekit's `TypeEngine`",
        only: None,
        at_least: Some(1000.0),
        allocations: None,
    },
    Rival {
        series: "prost",
        name: "prost's messages",
        only: None,
        at_least: Some(3.0),
        allocations: Some(3.0),
    },
    Rival {
        series: "scan",
        name: "a loop written for it",
        only: Some("integers"),
        at_least: Some(0.5),
        allocations: None,
    },
    Rival {
        series: "json",
        name: "JSON in prost's messages",
        only: Some("records"),
        at_least: None,
        allocations: None,
    },
];

/// Measures each way within one process, without the start of the process.
pub(super) fn measure(python: &Path, findings: &mut Findings) -> Result<()> {
    let programs = Programs::build()?;
    let script = programs::python().join("values.py");
    let folder = programs::empty_folder("values")?;
    report::say("Measuring", "decode and encode of values");
    process::run(Command::new(python).arg(&script).arg("write").arg(&folder))?;

    let mut series = Series::default();
    let mut ours = Command::new(&programs.values);
    series.read(&process::output(ours.arg(&folder).arg(OUR_ROUNDS))?)?;
    let mut theirs = Command::new(python);
    theirs.arg(&script).arg("measure").arg(&folder).arg(ROUNDS);
    series.read(&process::output(&mut theirs)?)?;

    for (family, values) in FAMILIES {
        for (act, done) in [("decode", "decoded"), ("encode", "encoded")] {
            compare(
                family,
                act,
                &format!("{values}, {done}"),
                &mut series,
                findings,
            )?;
        }
    }
    Ok(())
}

fn compare(
    family: &str,
    act: &str,
    what: &str,
    series: &mut Series,
    findings: &mut Findings,
) -> Result<()> {
    let ours = series.take(&format!("{family}-{act}-flytekit"))?;
    let allocations = series.take(&format!("{family}-{act}-allocations-flytekit"))?;
    let rivals = RIVALS.iter();
    for rival in rivals.filter(|rival| rival.only.is_none_or(|only| only == family)) {
        findings.comparisons.push(Comparison {
            what: what.to_owned(),
            unit: Unit::Seconds,
            ours: ours.clone(),
            rival: rival.name,
            theirs: series.take(&format!("{family}-{act}-{}", rival.series))?,
            // Only integers have this target.
            at_least: rival
                .at_least
                .filter(|_| rival.series != "python" || family == "integers"),
        });
        if let Some(at_least) = rival.allocations {
            let theirs = format!("{family}-{act}-allocations-{}", rival.series);
            findings.comparisons.push(Comparison {
                what: what.to_owned(),
                unit: Unit::Allocations,
                ours: allocations.clone(),
                rival: rival.name,
                theirs: series.take(&theirs)?,
                at_least: Some(at_least),
            });
        }
    }
    Ok(())
}
