//! A debug build of a plain app in an empty target folder, compared with an app that uses the official crate
//! of Flyte 2.

use anyhow::Result;

use super::app::App;
use super::build::Build;
use super::finding::{Amount, Comparison, Cost, Findings};
use super::samples::{Samples, Unit};
use super::{cpu, official, programs};
use crate::report;

const ROUNDS: usize = 3;

/// The maximum number of packages, including the app's own.
const MOST_PACKAGES: usize = 60;

/// The wanted ratio to the official crate.
const TIMES: f64 = 5.0;

/// The maximum in seconds of CPU time: half a minute on a machine with two cores.
const AT_MOST: f64 = 60.0;

/// Downloads the sources of both apps, and builds them.
pub(super) fn measure(findings: &mut Findings) -> Result<()> {
    let app = App::noop()?;
    report::say("Building", "a plain app, which downloads its dependencies");
    Build::run(&mut app.cargo("build"))?;

    let target = super::folder().join("cold");
    let mut packages = 0;
    let mut ours = Vec::new();
    for round in 1..=ROUNDS {
        report::say("Measuring", &format!("a cold build ({round} of {ROUNDS})"));
        programs::remove(&target)?;
        let mut cargo = app.cargo_into(&target, "build");
        let (build, spent) = cpu::measured(|| Build::run(&mut cargo))?;
        packages = build.compiled.len();
        ours.push(spent);
    }
    programs::remove(&target)?;
    let mut cargo = official::app(&target)?;
    report::say("Measuring", &format!("a cold build of {}", official::NAME));
    let (_, officials) = cpu::measured(|| Build::run(&mut cargo))?;
    programs::remove(&target)?;

    findings.comparisons.push(Comparison {
        what: "a cold debug build of a plain app, CPU time".to_owned(),
        unit: Unit::Seconds,
        ours: Samples::new(ours.clone())?,
        rival: official::NAME,
        theirs: Samples::new(vec![officials])?,
        at_least: Some(TIMES),
    });

    findings.costs.push(Cost {
        what: "crates of a cold debug build",
        amount: Amount::Count {
            count: packages,
            at_most: MOST_PACKAGES,
        },
    });
    findings.costs.push(Cost {
        what: "CPU time of a cold debug build",
        amount: Amount::Seconds {
            samples: Samples::new(ours)?,
            at_most: AT_MOST,
        },
    });
    Ok(())
}
