//! The quickstart's Spark task, run as Flyte's backend runs it: from an `inputs.pb` to an
//! `outputs.pb`.

mod literals;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use flytekit_proto::flyteidl::core::ErrorDocument;
use prost::Message;

use crate::{process, report, setup, workspace};

const TASK: &str = "quickstart.my_spark_task";

/// The task's inputs.
const INPUTS: [(&str, i64); 2] = [("a", 20), ("b", 22)];

/// Sets up Sail, runs the task, and prints its outputs and its template.
pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    let python = setup::demo()?;
    let app = build()?;
    let files = Files::prepare()?;
    execute(&app, &python, &files)?;
    println!("\nOutputs, from {}:", relative(&files.outputs()));
    for output in literals::lines(&read(&files.outputs())?) {
        println!("  {output}");
    }
    println!(
        "\nTemplate, as the compiler put it into {}:",
        relative(&app)
    );
    process::run(Command::new(&app).args(["describe", TASK]))?;
    report::say(
        "Finished",
        &format!("in {}", report::seconds(started.elapsed())),
    );
    Ok(())
}

/// The files of one run, which the backend would pass as URIs.
struct Files {
    folder: PathBuf,
}

impl Files {
    /// Writes the inputs, and removes the results of an earlier run.
    fn prepare() -> Result<Self> {
        let files = Self {
            folder: workspace::tools().join("demo"),
        };
        let inputs = files.inputs();
        if files.folder.exists() {
            fs::remove_dir_all(&files.folder).context("cannot remove the last run's files")?;
        }
        fs::create_dir_all(&files.folder)
            .and_then(|()| fs::write(&inputs, literals::integers(&INPUTS).encode_to_vec()))
            .with_context(|| format!("cannot write {}", inputs.display()))?;
        let values = INPUTS.map(|(name, value)| format!("{name} = {value}"));
        let what = format!("{} with {}", relative(&inputs), values.join(", "));
        report::say("Wrote", &what);
        Ok(files)
    }

    fn inputs(&self) -> PathBuf {
        self.folder.join("inputs.pb")
    }

    fn output_prefix(&self) -> PathBuf {
        self.folder.join("out")
    }

    fn outputs(&self) -> PathBuf {
        self.output_prefix().join("outputs.pb")
    }

    fn error(&self) -> PathBuf {
        self.output_prefix().join("error.pb")
    }

    fn raw_output_data(&self) -> PathBuf {
        self.folder.join("raw")
    }
}

/// Builds the example, and returns its program.
///
/// In the dev profile: most of the demo's time is the build, and Sail does the work.
fn build() -> Result<PathBuf> {
    report::say("Building", "examples/quickstart");
    let mut cargo = workspace::cargo(["build", "--package", "quickstart"]);
    process::run(&mut cargo)?;
    // After the build, cargo's messages name the program, wherever the target folder is.
    let messages = process::output(cargo.args(["--quiet", "--message-format", "json"]))?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo built quickstart but names no program")
}

fn execute(app: &Path, python: &Path, files: &Files) -> Result<()> {
    let mut command = Command::new(app);
    command
        .arg("execute")
        .arg("--inputs")
        .arg(files.inputs())
        .arg("--output-prefix")
        .arg(files.output_prefix())
        .arg("--raw-output-data-prefix")
        .arg(files.raw_output_data())
        .args(["--task", TASK])
        .env("FLYTEKIT_PYTHON", python)
        // The demo must not use another server that the developer runs.
        .env_remove("SPARK_REMOTE");
    report::say("Running", &relative_line(&command));
    let started = Instant::now();
    process::run(&mut command)?;
    // By Flyte's contract, a failed task has written an error document, and exits with 0.
    if files.error().exists() {
        let document: ErrorDocument = read(&files.error())?;
        let code = document.error.unwrap_or_default().code;
        let file = relative(&files.error());
        bail!("the task failed with {code}, as it says above and in {file}");
    }
    report::say(
        "Ran",
        &format!("{TASK} in {}", report::seconds(started.elapsed())),
    );
    Ok(())
}

fn read<M: Message + Default>(file: &Path) -> Result<M> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    M::decode(&*bytes).with_context(|| format!("cannot decode {}", file.display()))
}

/// A path as the developer would type it.
fn relative(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn relative_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| relative(Path::new(word))).collect();
    words.join(" ")
}
