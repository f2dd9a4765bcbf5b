//! A debug build of a plain app in a fresh target folder.

use anyhow::Result;

use super::app::App;
use super::build::Build;
use super::finding::{Amount, Cost, Findings};
use super::programs;
use super::samples::Samples;
use crate::report;

const ROUNDS: usize = 3;

/// How many packages, the app's own included.
const MOST_PACKAGES: usize = 60;

/// In seconds.
const AT_MOST: f64 = 30.0;

/// Builds with all sources downloaded.
pub(super) fn measure(findings: &mut Findings) -> Result<()> {
    let app = App::noop()?;
    report::say(
        "Building",
        "a plain app, which downloads what it depends on",
    );
    Build::run(&mut app.cargo("build"))?;

    let target = super::folder().join("cold");
    let mut packages = 0;
    let mut seconds = Vec::new();
    for round in 1..=ROUNDS {
        report::say("Measuring", &format!("a cold build ({round} of {ROUNDS})"));
        programs::remove(&target)?;
        let build = Build::run(&mut app.cargo_into(&target, "build"))?;
        packages = build.compiled.len();
        seconds.push(build.took.as_secs_f64());
    }
    programs::remove(&target)?;

    findings.costs.push(Cost {
        what: "crates of a cold debug build",
        amount: Amount::Count {
            count: packages,
            at_most: MOST_PACKAGES,
        },
    });
    findings.costs.push(Cost {
        what: "time of a cold debug build",
        amount: Amount::Seconds {
            samples: Samples::new(seconds)?,
            at_most: AT_MOST,
        },
    });
    Ok(())
}
