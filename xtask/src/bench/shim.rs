//! Queries that flytekit has registered, run by their templates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use flytekit_proto::flyteidl::core::{LiteralMap, literal, scalar::Value};
use prost::Message as _;

use super::app::App;
use super::finding::Findings;
use super::programs::{self, Programs};
use crate::{process, report};

/// A query, by the folder of its template, and the wanted ratio of flytekit's time to ours.
struct Query {
    name: &'static str,
    what: &'static str,
    /// How often flytekit runs it, and how often we run it per run of flytekit.
    rounds: (usize, usize),
    time_at_least: f64,
}

const QUERIES: [Query; 2] = [
    Query {
        name: "start",
        what: "start of a shim task",
        rounds: (7, 10),
        time_at_least: 300.0,
    },
    Query {
        name: "rows",
        what: "a query of a million rows",
        rounds: (3, 2),
        time_at_least: 2.0,
    },
];

/// The wanted ratio of flytekit's memory to ours.
const MEMORY_AT_LEAST: f64 = 10.0;

/// Measures time and memory of both, in turns.
pub(super) fn measure(python: &Path, findings: &mut Findings) -> Result<()> {
    let programs = Programs::build()?;
    report::say("Building", "an app that runs queries");
    let app = App::of_queries()?.release()?;
    let folder = programs::empty_folder("shim")?;
    let script = programs::python().join("queries.py");
    process::run(Command::new(python).arg(script).arg(&folder))?;
    let theirs = python.with_file_name("pyflyte-execute");
    for query in &QUERIES {
        let folder = folder.join(query.name);
        query.compare(&programs, [&app, &theirs], &folder, findings)?;
    }
    Ok(())
}

impl Query {
    fn compare(
        &self,
        programs: &Programs,
        [ours, theirs]: [&Path; 2],
        folder: &Path,
        findings: &mut Findings,
    ) -> Result<()> {
        let Query { what, .. } = self;
        report::say("Measuring", &format!("{what} against pyflyte-execute"));
        let mut our_command = Command::new(ours);
        our_command.arg("pyflyte-execute");
        let mut their_command = Command::new(theirs);
        for (command, side) in [(&mut our_command, "ours"), (&mut their_command, "theirs")] {
            add_args(command, folder, side);
        }
        let (rounds, ours_per_round) = self.rounds;
        let ours = (&our_command, ours_per_round);
        let turns = programs.in_turns(rounds, ours, (&their_command, 1))?;
        expect_equal_outputs(folder)?;
        let at_least = [Some(self.time_at_least), Some(MEMORY_AT_LEAST)];
        turns.compare(what, "`pyflyte-execute`", at_least, findings)?;
        Ok(())
    }
}

/// The args of the container, as Flyte renders them.
fn add_args(command: &mut Command, folder: &Path, side: &str) {
    let place = folder.join(side);
    command.arg("--inputs").arg(folder.join("inputs.pb"));
    command.arg("--output-prefix").arg(&place);
    command
        .arg("--raw-output-data-prefix")
        .arg(place.join("raw"));
    command
        .arg("--resolver")
        .arg("flytekit.core.python_customized_container_task.default_task_template_resolver")
        .arg("--")
        .arg(folder.join("task.pb"))
        .arg("flytekit.extras.sqlite3.task.SQLite3TaskExecutor");
}

/// A failed run writes no outputs, although it exits with 0: it must not count as a fast one.
fn expect_equal_outputs(folder: &Path) -> Result<()> {
    let [ours, theirs] = ["ours", "theirs"].map(|side| output(&folder.join(side)));
    let (ours, theirs) = (ours?, theirs?);
    ensure!(
        ours == theirs,
        "the outputs are not equal: {ours:?} and {theirs:?}"
    );
    Ok(())
}

/// The outputs without the location of the table, which must be a folder with files.
fn output(place: &Path) -> Result<LiteralMap> {
    let file = place.join("outputs.pb");
    let bytes = fs::read(&file).with_context(|| format!("no {}", file.display()))?;
    let mut outputs = LiteralMap::decode(&*bytes)?;
    let literals = outputs.literals.values_mut();
    for literal in literals {
        if let Some(literal::Value::Scalar(scalar)) = &mut literal.value
            && let Some(Value::StructuredDataset(dataset)) = &mut scalar.value
        {
            let table = PathBuf::from(std::mem::take(&mut dataset.uri));
            let mut files = fs::read_dir(&table).with_context(|| table.display().to_string())?;
            ensure!(files.next().is_some(), "{} is empty", table.display());
        }
    }
    Ok(outputs)
}
