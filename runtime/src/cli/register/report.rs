//! The outcome of a registration, in words.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::Value;

use super::plan::Plan;
use crate::cli::show;
use crate::console::tell;
use crate::register::console::Console;
use crate::register::spec::Spec;
use crate::register::submit::Outcome;
use crate::register::tally::Counts;

/// The maximum number of names in a message for equal failures.
const NAMED: usize = 3;

/// The outcome of a plan.
pub(super) struct Report<'a> {
    plan: &'a Plan<'a>,
    outcomes: &'a [Outcome],
    console: Console,
}

impl<'a> Report<'a> {
    /// The report of these outcomes of the plan's entities.
    pub(super) fn new(plan: &'a Plan<'a>, outcomes: &'a [Outcome]) -> Self {
        let console = Console::of(&plan.settings.platform);
        Report {
            plan,
            outcomes,
            console,
        }
    }

    /// Shows the report; the exit code is success if all entities succeeded.
    pub(super) fn show(&self, json: bool) -> ExitCode {
        let text = if json { self.json() } else { self.text() };
        let shown = show(text.as_bytes());
        self.tell_failures();
        let all_are_registered = Counts::of(self.outcomes).sound() == self.outcomes.len();
        if all_are_registered {
            shown
        } else {
            ExitCode::FAILURE
        }
    }

    fn json(&self) -> String {
        let each = self.each().map(|(spec, outcome)| {
            let mut entry = self.plan.entry(spec, status(outcome));
            entry["link"] = self.link(spec, outcome).into();
            match outcome {
                Outcome::Different(differences) => {
                    entry["differences"] = differences.clone().into();
                }
                Outcome::Failed(error) | Outcome::Inactive(error) => {
                    entry["error"] = error.to_string().into();
                }
                _ => {}
            }
            entry
        });
        let entries: Value = each.collect();
        format!("{entries}\n")
    }

    fn text(&self) -> String {
        let width = self.plan.width();
        let lines = self.each().map(|(spec, outcome)| {
            let link = self.link(spec, outcome).unwrap_or_default();
            let what = self.what(spec);
            let entry = format!(
                "{:10}  {:width$}  {what}{link}",
                status(outcome),
                spec.name()
            );
            format!("{}\n", entry.trim_end())
        });
        let counts = Counts::of(self.outcomes);
        let end = format!("{}: {counts}\n", self.plan);
        lines.chain([end]).collect()
    }

    /// The kind of an entity; empty for a task.
    fn what(&self, spec: &Spec) -> &'static str {
        match spec {
            Spec::Task(_) => "",
            Spec::Workflow(_) => "workflow  ",
            Spec::LaunchPlan(_) if self.plan.activates(spec) => "active launch plan  ",
            Spec::LaunchPlan(_) => "launch plan  ",
        }
    }

    /// Prints the failures; equal failures only once, with all names.
    fn tell_failures(&self) {
        let mut different: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
        let mut failed: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (spec, outcome) in self.each() {
            match outcome {
                Outcome::Different(differences) => {
                    different.entry(differences).or_default().push(spec.name());
                }
                Outcome::Inactive(error) => {
                    let error = format!("registered, but not active: {error}");
                    failed.entry(error).or_default().push(spec.name());
                }
                Outcome::Failed(error) => {
                    failed
                        .entry(error.to_string())
                        .or_default()
                        .push(spec.name());
                }
                _ => {}
            }
        }
        for (error, names) in &failed {
            tell(format_args!("error: {}: {error}", list(names)));
        }
        for (differences, names) in &different {
            let (tasks, version) = (list(names), &self.plan.version);
            tell(format_args!(
                "error: {tasks}: version {version} is registered with other content:"
            ));
            for difference in *differences {
                tell(format_args!("  {difference}"));
            }
        }
        if !different.is_empty() {
            tell(
                "A version cannot be changed once it is registered: choose another one with \
                 --version, or none, for one that changes with the content",
            );
        }
    }

    /// The console's page of an entity, if it is registered.
    fn link(&self, spec: &Spec, outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Registered | Outcome::Unchanged | Outcome::Inactive(_) => {
                spec.id().map(|id| self.console.entity(id))
            }
            _ => None,
        }
    }

    fn each(&self) -> impl Iterator<Item = (&Spec, &Outcome)> {
        self.plan.specs.iter().zip(self.outcomes)
    }
}

fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Registered => "registered",
        Outcome::Unchanged => "unchanged",
        Outcome::Different(_) => "different",
        Outcome::Failed(_) => "failed",
        Outcome::Inactive(_) => "inactive",
        Outcome::Untried => "untried",
    }
}

/// `a, b, c and 2 more`.
fn list(names: &[&str]) -> String {
    let (first, more) = names.split_at(names.len().min(NAMED));
    let first = first.join(", ");
    match more.len() {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
