//! The costs that each feature of flytekit adds to an app: crates, CPU time of a build, and bytes.

use std::fs;

use anyhow::{Context as _, Result};

use super::app::App;
use super::build::Build;
use super::{cpu, programs};
use crate::{feature_table, report};

/// The cost of an app with one task that does nothing.
#[derive(Clone, Copy)]
struct Cost {
    crates: usize,
    seconds: f64,
    bytes: u64,
}

/// How often each app is built. What else runs on the hardware adds CPU time, for minutes at a time, so the
/// builds of one app are far apart, and the smallest time counts.
const ROUNDS: usize = 2;

/// Measures an app without features, and with each of them alone.
pub(super) fn measure(write: bool) -> Result<()> {
    let names = feature_table::rows()?;
    let mut costs = Vec::new();
    for name in &names {
        report::say("Measuring", &format!("the size of an app, feature {name}"));
        costs.push(Cost::of_program(name)?);
    }
    for round in 1..=ROUNDS {
        for (name, cost) in names.iter().zip(&mut costs) {
            let what = format!("the build of an app, feature {name}, {round} of {ROUNDS}");
            report::say("Measuring", &what);
            cost.add_build(name)?;
        }
    }
    let rows = rows(names, &costs);
    for (name, numbers) in &rows {
        println!("| `{name}` | {} |", numbers.join(" | "));
    }
    if write {
        feature_table::write(&rows)?;
        report::say("Wrote", feature_table::PAGE);
    }
    Ok(())
}

/// The numbers of each row: those of the app without features, and how much more the others cost.
fn rows(names: Vec<String>, costs: &[Cost]) -> Vec<(String, [String; 3])> {
    let mut base = None;
    let rows = names.into_iter().zip(costs);
    rows.map(|(name, cost)| {
        let numbers = match base {
            None => cost.whole(),
            Some(base) => cost.beyond(base),
        };
        base.get_or_insert(*cost);
        (name, numbers)
    })
    .collect()
}

fn app(name: &str) -> Result<App> {
    let features = (name != feature_table::NONE).then_some(name);
    App::bare(features.as_slice())
}

impl Cost {
    fn of_program(name: &str) -> Result<Self> {
        let program = app(name)?.release()?;
        let bytes = fs::metadata(program)
            .context("cannot look at the app")?
            .len();
        Ok(Cost {
            crates: 0,
            seconds: f64::INFINITY,
            bytes,
        })
    }

    fn add_build(&mut self, name: &str) -> Result<()> {
        let app = app(name)?;
        // Downloads come first, so that they are not measured.
        app.fetch()?;
        let target = super::folder().join("features");
        programs::remove(&target)?;
        let mut cargo = app.cargo_into(&target, "build");
        let (build, seconds) = cpu::measured(|| Build::run(&mut cargo))?;
        programs::remove(&target)?;
        self.crates = build.compiled.len();
        self.seconds = self.seconds.min(seconds);
        Ok(())
    }

    fn whole(self) -> [String; 3] {
        let seconds = self.seconds;
        [
            self.crates.to_string(),
            format!("{seconds:.0}"),
            size(self.bytes),
        ]
    }

    /// The difference to an app without features. Features that add nothing measurable add nothing.
    fn beyond(self, base: Self) -> [String; 3] {
        let seconds = (self.seconds - base.seconds).max(0.0);
        [
            format!("+{}", self.crates.saturating_sub(base.crates)),
            format!("+{seconds:.0}"),
            format!("+{}", size(self.bytes.saturating_sub(base.bytes))),
        ]
    }
}

/// A number of bytes in KiB or MiB.
fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no program has 2^53 bytes")]
    let kibibytes = bytes as f64 / 1024.0;
    if kibibytes < 1000.0 {
        format!("{kibibytes:.0} KiB")
    } else {
        format!("{:.1} MiB", kibibytes / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_costs_the_difference() {
        let base = Cost {
            crates: 50,
            seconds: 40.0,
            bytes: 2_000_000,
        };
        let cost = Cost {
            crates: 180,
            seconds: 131.6,
            bytes: 5_000_000,
        };
        let names = ["none", "spark", "jiff"].map(str::to_owned);
        let rows = rows(names.to_vec(), &[base, cost, base]);
        let numbers: Vec<_> = rows.into_iter().map(|(_, numbers)| numbers).collect();
        assert_eq!(numbers[0], ["50", "40", "1.9 MiB"]);
        assert_eq!(numbers[1], ["+130", "+92", "+2.9 MiB"]);
        assert_eq!(numbers[2], ["+0", "+0", "+0 KiB"]);
    }
}
