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

/// Measures an app without features, and with each of them alone.
pub(super) fn measure(write: bool) -> Result<()> {
    let names = feature_table::rows()?;
    // The first build also reads the compiler and the sources of crates from the disk, which no later build
    // does. All rows are compared with the app without features, so this build does not count.
    cost_of(&[])?;
    let mut base = None;
    for name in names {
        report::say("Measuring", &format!("an app with the feature {name}"));
        let features: &[&str] = match &*name {
            feature_table::NONE => &[],
            feature => &[feature],
        };
        let cost = cost_of(features)?;
        let base = *base.get_or_insert(cost);
        let numbers = match &*name {
            feature_table::NONE => cost.whole(),
            _ => cost.beyond(base),
        };
        println!("| `{name}` | {} |", numbers.join(" | "));
        // Each row is written when it is measured, because all rows take an hour.
        if write {
            feature_table::write(&[(name, numbers)])?;
            report::say("Wrote", feature_table::PAGE);
        }
    }
    Ok(())
}

fn cost_of(features: &[&str]) -> Result<Cost> {
    let app = App::bare(features)?;
    // Downloads come first, so that they are not measured.
    app.fetch()?;
    let target = super::folder().join("features");
    programs::remove(&target)?;
    let mut cargo = app.cargo_into(&target, "build");
    let (build, seconds) = cpu::measured(|| Build::run(&mut cargo))?;
    programs::remove(&target)?;
    let program = app.release()?;
    let bytes = fs::metadata(program)
        .context("cannot look at the app")?
        .len();
    Ok(Cost {
        crates: build.compiled.len(),
        seconds,
        bytes,
    })
}

impl Cost {
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
        assert_eq!(cost.beyond(base), ["+130", "+92", "+2.9 MiB"]);
        assert_eq!(base.beyond(cost), ["+0", "+0", "+0 KiB"]);
        assert_eq!(base.whole(), ["50", "40", "1.9 MiB"]);
    }
}
