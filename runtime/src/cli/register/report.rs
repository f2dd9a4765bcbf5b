//! What became of tasks, in words.

use std::collections::BTreeMap;
use std::process::ExitCode;

use flytekit_proto::flyteidl::admin::TaskSpec;
use serde_json::Value;

use super::plan::{Plan, name};
use crate::cli::show;
use crate::console::tell;
use crate::register::console::Console;
use crate::register::submit::{Outcome, id_of};
use crate::register::tally::Counts;

/// So many names are said of tasks that fail alike.
const NAMED: usize = 3;

/// What became of a plan.
pub(super) struct Report<'a> {
    plan: &'a Plan,
    outcomes: &'a [Outcome],
    console: Console,
}

impl<'a> Report<'a> {
    /// Of these outcomes of its tasks.
    pub(super) fn new(plan: &'a Plan, outcomes: &'a [Outcome]) -> Self {
        let console = Console::of(&plan.settings.platform);
        Report {
            plan,
            outcomes,
            console,
        }
    }

    /// Shows it: success is that of all.
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
        let each = self.tasks().map(|(spec, outcome)| {
            let mut entry = self.plan.entry(spec, status(outcome));
            entry["link"] = self.link(spec, outcome).into();
            match outcome {
                Outcome::Different(differences) => {
                    entry["differences"] = differences.clone().into();
                }
                Outcome::Failed(error) => entry["error"] = error.to_string().into(),
                _ => {}
            }
            entry
        });
        let entries: Value = each.collect();
        format!("{entries}\n")
    }

    fn text(&self) -> String {
        let width = self.plan.width();
        let lines = self.tasks().map(|(spec, outcome)| {
            let link = self.link(spec, outcome).unwrap_or_default();
            let entry = format!("{:10}  {:width$}  {link}", status(outcome), name(spec));
            format!("{}\n", entry.trim_end())
        });
        let counts = Counts::of(self.outcomes);
        let end = format!("{}: {counts}\n", self.plan);
        lines.chain([end]).collect()
    }

    /// Says what went wrong, once for all tasks with which it did.
    fn tell_failures(&self) {
        let mut different: BTreeMap<&[String], Vec<&str>> = BTreeMap::new();
        let mut failed: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (spec, outcome) in self.tasks() {
            match outcome {
                Outcome::Different(differences) => {
                    different.entry(differences).or_default().push(name(spec));
                }
                Outcome::Failed(error) => {
                    failed
                        .entry(error.to_string())
                        .or_default()
                        .push(name(spec));
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

    /// Where the console shows a task, if it is registered.
    fn link(&self, spec: &TaskSpec, outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Registered | Outcome::Unchanged => id_of(spec).map(|id| self.console.task(id)),
            _ => None,
        }
    }

    fn tasks(&self) -> impl Iterator<Item = (&TaskSpec, &Outcome)> {
        self.plan.specs.iter().zip(self.outcomes)
    }
}

fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Registered => "registered",
        Outcome::Unchanged => "unchanged",
        Outcome::Different(_) => "different",
        Outcome::Failed(_) => "failed",
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
