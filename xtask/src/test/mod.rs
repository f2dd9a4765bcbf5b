//! Runs all tests: those of the workspace, of the documentation, and of the example with its own workspace.

mod selection;

use std::num::NonZero;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Result, bail};

pub(crate) use self::selection::run_if_selected;

use self::selection::Selection;
use crate::setup::Tools;
use crate::{book, process, report, setup, workspace};

/// The variable that sets the number of tests that run at the same time.
const THREADS: &str = "RUST_TEST_THREADS";

/// Runs all tests or, with arguments for `cargo test`, the tests of the workspace that they select.
pub(crate) fn run(cargo_test_args: &[String]) -> Result<()> {
    let started = Instant::now();
    let tools = setup::tests()?;
    forget_temporary_modules();
    let book = build_book();
    let outcomes = if cargo_test_args.is_empty() {
        let stages = all_stages().map(|stage| stage.run(&tools));
        [book].into_iter().chain(stages).collect()
    } else {
        let selected = Selection::parse(cargo_test_args).command()?;
        vec![Stage::new("selected tests", selected).run(&tools)]
    };
    summarise(&outcomes, started.elapsed())
}

/// Builds the guides as a book, for the tests that look at its pages.
fn build_book() -> Outcome {
    let started = Instant::now();
    let built = book::build();
    if let Err(error) = &built {
        report::error(error);
    }
    Outcome {
        stage: "book",
        passed: built.is_ok(),
        took: started.elapsed(),
    }
}

/// One command of cargo.
struct Stage {
    name: &'static str,
    command: Command,
}

struct Outcome {
    stage: &'static str,
    passed: bool,
    took: Duration,
}

/// Each stage runs even if an earlier one has failed, so that one run shows all failures.
fn all_stages() -> impl Iterator<Item = Stage> {
    let workspace = ["test", "--workspace", "--all-features", "--no-fail-fast"];
    let mut targets = workspace::cargo(workspace);
    // Not all targets are selected, because each target without tests would be one more executable.
    targets.arg("--tests");
    let mut documentation = workspace::cargo(workspace);
    // `--doc` also selects crates whose manifest turns their doctests off.
    documentation.args(["--doc", "--exclude", "flytekit-macros"]);
    let mut custom_engine = workspace::cargo(["test", "--no-fail-fast"]);
    custom_engine.args(["--manifest-path", workspace::CUSTOM_ENGINE]);
    workspace::share_target(&mut custom_engine);
    [
        Stage::new("workspace", targets),
        Stage::new("documentation", documentation),
        Stage::new("custom engine", custom_engine),
    ]
    .into_iter()
}

impl Stage {
    fn new(name: &'static str, command: Command) -> Self {
        Self { name, command }
    }

    fn run(mut self, tools: &Tools) -> Outcome {
        self.command
            .env("FLYTEKIT_TEST_PYTHON", &tools.python)
            .env("FLYTEKIT_PYTHON", &tools.python)
            .env("FLYTEKIT_TEST_DASK", &tools.dask)
            .env("FLYTEKIT_TEST_MOTO", &tools.moto)
            .env("FLYTEKIT_TEST_CONNECTOR", &tools.connector)
            .env("FLYTEKIT_TEST_BACKEND", &tools.backend)
            .env("FLYTEKIT_TEST_BOOK", book::folder())
            .env("FLYTEKIT_TEST_BROWSER", &tools.browser)
            .env("JAVA_HOME", &tools.java_home)
            .env("SPARK_SUBMIT_OPTS", &tools.java_options)
            // Most Python processes live for a moment. They must not compile their modules again, even if the
            // environment says so.
            .env("PYTHONPYCACHEPREFIX", bytecode())
            .env_remove("PYTHONDONTWRITEBYTECODE");
        let spark_homes = std::env::join_paths(&tools.spark_homes);
        self.command
            .envs(spark_homes.map(|homes| ("FLYTEKIT_TEST_SPARK_HOMES", homes)));
        if env::var_os(THREADS).is_none() {
            self.command.env(THREADS, tests_at_once().to_string());
        }
        report::say(
            "Testing",
            &format!("{}: {}", self.name, shown(&self.command)),
        );
        let started = Instant::now();
        let result = process::run(&mut self.command);
        let took = started.elapsed();
        if let Err(error) = &result {
            report::error(error);
        }
        Outcome {
            stage: self.name,
            passed: result.is_ok(),
            took,
        }
    }
}

/// The number of tests that run at the same time. It is more than the number of cores, because tests wait for
/// other processes during a third of their time.
fn tests_at_once() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get) + 2
}

/// The folder for the modules that Python compiles.
fn bytecode() -> PathBuf {
    workspace::tools().join("pycache")
}

/// Removes the compiled files of temporary modules, which Python keeps below the folder by their absolute
/// paths.
fn forget_temporary_modules() {
    let temporary = env::temp_dir();
    let compiled = bytecode().join(temporary.strip_prefix("/").unwrap_or(&temporary));
    // It may not exist, and is only a cache.
    let _ = fs::remove_dir_all(compiled);
}

/// The command line without the path to cargo.
fn shown(command: &Command) -> String {
    let args: Vec<_> = command
        .get_args()
        .map(|arg| arg.to_string_lossy())
        .collect();
    format!("cargo {}", args.join(" "))
}

fn summarise(outcomes: &[Outcome], took: Duration) -> Result<()> {
    for Outcome {
        stage,
        passed,
        took,
    } in outcomes
    {
        let line = format!("{stage} in {}", report::seconds(*took));
        if *passed {
            report::say("Passed", &line);
        } else {
            report::problem("Failed", &line);
        }
    }
    let took = report::seconds(took);
    let failed = names(outcomes.iter().filter(|outcome| !outcome.passed));
    if !failed.is_empty() {
        bail!("tests failed: {failed} ({took} in all)");
    }
    let passed = names(outcomes.iter());
    report::say("Passed", &format!("all: {passed} ({took} in all)"));
    Ok(())
}

fn names<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> String {
    let names: Vec<_> = outcomes.map(|outcome| outcome.stage).collect();
    names.join(", ")
}
