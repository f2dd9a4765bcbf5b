//! A no-op task from file to file, as the backend runs it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use flytekit_proto::flyteidl::core::LiteralMap;
use prost::Message as _;

use super::app::App;
use super::finding::Findings;
use super::programs::{self, Programs};
use crate::{process, report};

/// How often flytekit runs.
const ROUNDS: usize = 7;

/// How often our app runs per run of flytekit, because it takes less time.
const OURS_PER_ROUND: usize = 10;

/// Measures time and memory of both, in turns.
pub(super) fn measure(python: &Path, findings: &mut Findings) -> Result<()> {
    let programs = Programs::build()?;
    let app = App::noop()?;
    report::say("Building", "an app with a no-op task");
    let program = app.release()?;
    let folder = programs::empty_folder("execute")?;
    let inputs = write_inputs(python, &folder)?;
    let ours = execute(&program, &inputs, &folder.join("ours"));
    let theirs = pyflyte_execute(python, &inputs, &folder.join("theirs"))?;

    report::say("Measuring", "execute against pyflyte-execute");
    let turns = programs.in_turns(ROUNDS, (&ours, OURS_PER_ROUND), (&theirs, 1))?;
    expect_equal_outputs(&folder)?;
    let at_least = [Some(300.0), Some(25.0)];
    turns.compare("a no-op task", "`pyflyte-execute`", at_least, findings)?;
    Ok(())
}

/// Lets flytekit write the task's inputs, and returns their path.
fn write_inputs(python: &Path, folder: &Path) -> Result<std::path::PathBuf> {
    // The module is copied to the folder of its inputs, because Python writes compiled code beside a module.
    let module = folder.join("noop.py");
    fs::copy(programs::python().join("noop.py"), &module).context("cannot copy noop.py")?;
    let inputs = folder.join("inputs.pb");
    process::run(Command::new(python).arg(&module).arg(&inputs))?;
    Ok(inputs)
}

fn execute(program: &Path, inputs: &Path, outputs: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["execute", "--task", "noop.noop"]);
    add_files(&mut command, inputs, outputs);
    command
}

/// The command of flytekit's default container args. The program is installed beside its Python.
fn pyflyte_execute(python: &Path, inputs: &Path, outputs: &Path) -> Result<Command> {
    let module_folder = inputs.parent().context("the inputs lie in no folder")?;
    let mut command = Command::new(python.with_file_name("pyflyte-execute"));
    command.current_dir(module_folder);
    add_files(&mut command, inputs, outputs);
    command
        .arg("--resolver")
        .arg("flytekit.core.python_auto_container.default_task_resolver")
        .args(["--", "task-module", "noop", "task-name", "noop"]);
    Ok(command)
}

fn add_files(command: &mut Command, inputs: &Path, outputs: &Path) {
    command.arg("--inputs").arg(inputs);
    command.arg("--output-prefix").arg(outputs);
    command
        .arg("--raw-output-data-prefix")
        .arg(outputs.join("raw"));
}

/// A failed run writes no outputs, although it exits with 0: it must not count as a fast one.
fn expect_equal_outputs(folder: &Path) -> Result<()> {
    let read = |side: &str| {
        let file = folder.join(side).join("outputs.pb");
        let bytes = fs::read(&file).with_context(|| format!("no {}", file.display()))?;
        LiteralMap::decode(&*bytes).with_context(|| format!("cannot decode {}", file.display()))
    };
    let (ours, theirs) = (read("ours")?, read("theirs")?);
    ensure!(
        ours == theirs,
        "the outputs are not equal: {ours:?} and {theirs:?}"
    );
    Ok(())
}
