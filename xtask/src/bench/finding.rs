//! What was found out, and whether it is as good as wanted.

use std::fmt;

use super::samples::{Samples, Unit, three_digits};
use super::table::Table;

/// All findings of one run.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) comparisons: Vec<Comparison>,
    pub(super) growth: Option<Growth>,
    pub(super) costs: Vec<Cost>,
}

/// Something that was done in two ways.
pub(super) struct Comparison {
    pub(super) what: String,
    pub(super) unit: Unit,
    pub(super) ours: Samples,
    pub(super) rival: &'static str,
    pub(super) theirs: Samples,
    /// How many times as much the rival should need.
    pub(super) at_least: Option<f64>,
}

impl Comparison {
    /// How many times as much the rival needs, by the medians.
    fn ratio(&self) -> f64 {
        self.theirs.median() / self.ours.median()
    }

    fn row(&self) -> [String; 5] {
        let ratio = self.ratio();
        let wanted = self.at_least.map_or_else(String::new, |least| {
            format!("at least {least}×: {}", verdict(ratio >= least))
        });
        [
            self.what.clone(),
            format!("{}×", three_digits(ratio)),
            self.ours.spread(self.unit),
            format!("{}: {}", self.rival, self.theirs.spread(self.unit)),
            wanted,
        ]
    }
}

/// How the time of a build grows with the number of tasks.
pub(super) struct Growth {
    /// The build without tasks.
    pub(super) none: Samples,
    pub(super) steps: Vec<Step>,
    /// How much a task should add at most, in seconds.
    pub(super) at_most: f64,
    /// Lines of expanded code of one task.
    pub(super) expanded_lines: usize,
}

/// The build with some number of tasks.
pub(super) struct Step {
    pub(super) tasks: u32,
    pub(super) whole: Samples,
    /// What each task adds, round by round.
    pub(super) added: Samples,
}

impl Growth {
    fn table(&self) -> Table<5> {
        let mut table = Table::new([
            "tasks",
            "added per task",
            "wanted",
            "build of the app's crate",
            "of that without tasks",
        ]);
        let nothing = String::new;
        let none = self.none.spread(Unit::Seconds);
        table.row(["0".to_owned(), nothing(), nothing(), none, "1×".to_owned()]);
        for Step {
            tasks,
            whole,
            added,
        } in &self.steps
        {
            let limit = Unit::Seconds.show(self.at_most);
            table.row([
                tasks.to_string(),
                added.spread(Unit::Seconds),
                format!(
                    "at most {limit}: {}",
                    verdict(added.median() <= self.at_most)
                ),
                whole.spread(Unit::Seconds),
                format!("{}×", three_digits(whole.median() / self.none.median())),
            ]);
        }
        table
    }
}

/// A number that stands for itself.
pub(super) struct Cost {
    pub(super) what: &'static str,
    pub(super) amount: Amount,
}

/// A cost, and what it should be at most.
pub(super) enum Amount {
    Count { count: usize, at_most: usize },
    Seconds { samples: Samples, at_most: f64 },
    Bytes { bytes: f64, at_most: f64 },
}

impl Cost {
    fn row(&self) -> [String; 3] {
        let (amount, wanted) = match &self.amount {
            Amount::Count { count, at_most } => {
                let wanted = format!("at most {at_most}: {}", verdict(count <= at_most));
                (count.to_string(), wanted)
            }
            Amount::Seconds { samples, at_most } => {
                let verdict = verdict(samples.median() <= *at_most);
                (
                    samples.spread(Unit::Seconds),
                    format!("at most {}: {verdict}", Unit::Seconds.show(*at_most)),
                )
            }
            Amount::Bytes { bytes, at_most } => {
                let limit = Unit::Bytes.show(*at_most);
                let wanted = format!("at most {limit}: {}", verdict(bytes <= at_most));
                (Unit::Bytes.show(*bytes), wanted)
            }
        };
        [self.what.to_owned(), amount, wanted]
    }
}

impl fmt::Display for Findings {
    /// The tables of what was measured, ratios first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.comparisons.is_empty() {
            let mut table = Table::new(["running", "ratio", "this", "compared with", "wanted"]);
            for comparison in &self.comparisons {
                table.row(comparison.row());
            }
            writeln!(f, "{table}")?;
        }
        if let Some(growth) = &self.growth {
            writeln!(f, "{}", growth.table())?;
            let lines = growth.expanded_lines;
            writeln!(
                f,
                "A task expands to {lines} lines, the function included.\n"
            )?;
        }
        if !self.costs.is_empty() {
            let mut table = Table::new(["of a plain app", "measured", "wanted"]);
            for cost in &self.costs {
                table.row(cost.row());
            }
            writeln!(f, "{table}")?;
        }
        Ok(())
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Samples {
        Samples::new(values.to_vec()).unwrap()
    }

    #[test]
    fn a_ratio_is_that_of_the_medians() {
        let comparison = Comparison {
            what: "no-op".to_owned(),
            unit: Unit::Seconds,
            ours: samples(&[0.002, 0.001, 0.009]),
            rival: "Python",
            theirs: samples(&[1.0, 0.8, 1.2]),
            at_least: Some(300.0),
        };
        assert_eq!(comparison.row()[1], "500×");
        assert_eq!(comparison.row()[4], "at least 300×: met");
    }

    #[test]
    fn a_limit_is_kept_by_the_median() {
        let cost = Cost {
            what: "cold build",
            amount: Amount::Seconds {
                samples: samples(&[29.0, 31.0, 33.0]),
                at_most: 30.0,
            },
        };
        assert_eq!(cost.row()[2], "at most 30.0 s: missed");
    }

    #[test]
    fn only_what_was_measured_has_a_table() {
        assert_eq!(Findings::default().to_string(), "");
    }
}
