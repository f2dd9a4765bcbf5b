//! The results of measurements, compared with the targets.

use std::fmt;

use super::samples::{Samples, Unit, three_digits};
use super::table::Table;

/// All results of one run.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) comparisons: Vec<Comparison>,
    pub(super) loads: Vec<Load>,
    pub(super) growth: Option<Growth>,
    pub(super) costs: Vec<Cost>,
}

/// The same work, done in two ways.
pub(super) struct Comparison {
    pub(super) what: String,
    pub(super) unit: Unit,
    pub(super) ours: Samples,
    pub(super) rival: &'static str,
    pub(super) theirs: Samples,
    /// The wanted ratio of the rival's cost to ours.
    pub(super) at_least: Option<f64>,
}

impl Comparison {
    /// The ratio of the rival's cost to ours, by the medians.
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

/// The cost of a large declaration in the build of an app's own crate.
pub(super) struct Load {
    pub(super) what: String,
    /// The build without it.
    pub(super) base: Samples,
    pub(super) added: Samples,
    /// The number of tasks that it is compared with, and their cost; `None` compares it with the build
    /// without it.
    pub(super) tasks: Option<(u32, Samples)>,
    /// The factor by which the cost grows when the size doubles, if the size can vary.
    pub(super) doubling: Option<Samples>,
}

impl Load {
    /// The maximum cost, as a multiple of the build without it.
    const AT_MOST: f64 = 2.0;
    /// The maximum cost, as a multiple of the tasks that it is compared with.
    const OF_TASKS_AT_MOST: f64 = 1.0;
    /// A little more than a factor of two, to allow for noise.
    const DOUBLING_AT_MOST: f64 = 2.3;

    fn row(&self) -> [String; 5] {
        let (rival, most, of) = match &self.tasks {
            None => (&self.base, Self::AT_MOST, String::new()),
            Some((count, added)) => (added, Self::OF_TASKS_AT_MOST, format!(" of {count} tasks")),
        };
        let times = self.added.median() / rival.median();
        let (doubling, doubles) = match &self.doubling {
            None => (String::new(), true),
            Some(samples) => {
                let median = samples.median();
                let doubling = format!("{}×", three_digits(median));
                (doubling, median <= Self::DOUBLING_AT_MOST)
            }
        };
        let twice = Self::DOUBLING_AT_MOST;
        let limits = match &self.doubling {
            None => format!("at most {most}×"),
            Some(_) => format!("at most {most}×, doubled {twice}×"),
        };
        [
            self.what.clone(),
            self.added.spread(Unit::Seconds),
            format!("{}×{of}", three_digits(times)),
            doubling,
            format!("{limits}: {}", verdict(times <= most && doubles)),
        ]
    }
}

/// The growth of a build's time with the number of tasks.
pub(super) struct Growth {
    /// The build without tasks.
    pub(super) none: Samples,
    pub(super) steps: Vec<Step>,
    /// The lines of expanded code of one task.
    pub(super) expanded_lines: usize,
}

/// The build with a number of tasks.
pub(super) struct Step {
    pub(super) tasks: u32,
    pub(super) whole: Samples,
    /// The cost of each task, round by round.
    pub(super) added: Samples,
    /// The cost of each of as many types that derive serde's traits.
    pub(super) yardstick: Samples,
}

impl Growth {
    /// The maximum cost of the first task, as a multiple of one yardstick among many.
    const FIRST_AT_MOST: f64 = 8.0;

    fn table(&self) -> Table<6> {
        let mut table = Table::new([
            "tasks",
            "added per task",
            "of the yardstick",
            "wanted",
            "the yardstick, each",
            "build of the app's crate",
        ]);
        let nothing = String::new;
        let none = self.none.spread(Unit::Seconds);
        table.row([
            "0".to_owned(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            none,
        ]);
        let among_many = self.steps.last().map(|step| step.yardstick.median());
        for step in &self.steps {
            let yardstick = step.yardstick.median();
            let (yardstick, limit) = match among_many {
                Some(least) if step.tasks == 1 => (least, Self::FIRST_AT_MOST),
                _ => (yardstick, 1.0),
            };
            let ratio = step.added.median() / yardstick;
            table.row([
                step.tasks.to_string(),
                step.added.spread(Unit::Seconds),
                format!("{}×", three_digits(ratio)),
                format!("at most {limit}×: {}", verdict(ratio <= limit)),
                step.yardstick.spread(Unit::Seconds),
                step.whole.spread(Unit::Seconds),
            ]);
        }
        table
    }
}

/// A number without a comparison.
pub(super) struct Cost {
    pub(super) what: &'static str,
    pub(super) amount: Amount,
}

/// A cost and its maximum.
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
    /// The tables of the results, ratios first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.comparisons.is_empty() {
            let mut table = Table::new(["running", "ratio", "this", "compared with", "wanted"]);
            for comparison in &self.comparisons {
                table.row(comparison.row());
            }
            writeln!(f, "{table}")?;
        }
        if !self.loads.is_empty() {
            let mut table = Table::new([
                "compiling",
                "adds",
                "of the app without it",
                "doubled",
                "wanted",
            ]);
            for load in &self.loads {
                table.row(load.row());
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
    fn what_grows_faster_than_it_doubles_is_missed() {
        let load = |doubling: f64| Load {
            what: "100 fields".to_owned(),
            base: samples(&[0.5]),
            added: samples(&[0.4, 0.5, 0.7]),
            tasks: None,
            doubling: Some(samples(&[doubling])),
        };
        let row = load(2.2).row();
        assert_eq!([&*row[2], &*row[3]], ["1.00×", "2.20×"]);
        assert!(row[4].ends_with("met"));
        assert!(load(2.4).row()[4].ends_with("missed"));
    }

    #[test]
    fn nodes_are_compared_with_tasks() {
        let load = Load {
            what: "100 nodes".to_owned(),
            base: samples(&[5.0]),
            added: samples(&[0.6]),
            tasks: Some((10, samples(&[0.5]))),
            doubling: None,
        };
        let row = load.row();
        assert_eq!(row[2], "1.20× of 10 tasks");
        assert_eq!(row[4], "at most 1×: missed");
    }

    #[test]
    fn only_what_was_measured_has_a_table() {
        assert_eq!(Findings::default().to_string(), "");
    }
}
