//! The work before Flyte is asked: an archive of all tasks, and a dry run of registering them.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::app::App;
use super::build;
use super::finding::{Amount, Comparison, Cost, Findings};
use super::programs::{self, Programs};
use super::samples::{Series, Unit};
use crate::{process, report, workspace};

/// How often flytekit packages. It takes half a minute for a thousand tasks.
const ROUNDS: usize = 3;

/// How often we package per run of flytekit.
const OURS_PER_ROUND: usize = 10;

/// The image of all tasks; it is never fetched.
const IMAGE: &str = "registry.example/app:1";

/// The number of tasks, and the wanted ratio of flytekit's time to ours.
const TASKS: [(u32, Option<f64>); 3] = [(1, None), (100, Some(100.0)), (1000, None)];

/// Measures time and memory of both, in turns, and the time to find the tasks of a large file.
pub(super) fn measure(python: &Path, findings: &mut Findings) -> Result<()> {
    let programs = Programs::build()?;
    let folder = programs::empty_folder("register")?;
    let cargo_flytekit = cargo_flytekit()?;
    for (count, at_least) in TASKS {
        report::say("Building", &format!("an app with {count} tasks"));
        let app = App::with_tasks(count)?.release()?;
        let sides = Sides {
            package: command(&cargo_flytekit, "package", &app, &folder),
            dry_run: command(&cargo_flytekit, "register", &app, &folder),
            theirs: pyflyte_package(python, count, &folder)?,
        };
        report::say(
            "Measuring",
            &format!("{count} tasks against pyflyte package"),
        );
        sides.compare(&programs, count, at_least, findings)?;
        expect_as_many(&folder, count)?;
    }
    large_file(&programs, &cargo_flytekit, &folder, findings)
}

/// The subcommand in its installed form.
fn cargo_flytekit() -> Result<PathBuf> {
    report::say("Building", "cargo-flytekit");
    let mut cargo = workspace::cargo(["build", "--quiet", "--package", "cargo-flytekit"]);
    let build = build::stripped(cargo.arg("--target-dir").arg(build::target()))?;
    build.program("cargo-flytekit")
}

/// A command that does everything except asking Flyte.
fn command(cargo_flytekit: &Path, verb: &str, app: &Path, folder: &Path) -> Command {
    let mut command = Command::new(cargo_flytekit);
    command.args(["flytekit", verb, "--image", IMAGE, "--file"]);
    command.arg(app).current_dir(folder);
    match verb {
        "package" => command.args(["--force", "--output", "ours.tgz"]),
        _ => command.arg("--dry-run"),
    };
    command
}

/// The command of flytekit, on a module of equal tasks.
fn pyflyte_package(python: &Path, count: u32, folder: &Path) -> Result<Command> {
    let package = format!("tasks_{count}");
    let module = folder.join(&package);
    fs::create_dir_all(&module)?;
    fs::write(module.join("__init__.py"), "")?;
    fs::write(module.join("tasks.py"), python_tasks(count))?;
    let mut command = Command::new(python.with_file_name("pyflyte"));
    command.current_dir(folder);
    command.args(["--pkgs", &package, "package", "--force"]);
    command.args(["--image", IMAGE, "--output", "theirs.tgz"]);
    Ok(command)
}

/// The counterparts of the apps' tasks.
fn python_tasks(count: u32) -> String {
    let mut source = "from flytekit import Resources, task\n".to_owned();
    for index in 0..count {
        let written = write!(
            source,
            "\n\n@task(retries=3, cache=True, cache_version=\"1.0\", \
             requests=Resources(cpu=\"500m\", mem=\"1Gi\"))\n\
             def scale_{index}(value: float, times: int) -> float:\n    \
             \"\"\"Scales a number.\n\n    \
             :param value: The number.\n    \
             :param times: How many times it is taken.\n    \"\"\"\n    \
             return value * times\n"
        );
        written.expect("a string takes all text");
    }
    source
}

/// The compared commands.
struct Sides {
    package: Command,
    dry_run: Command,
    theirs: Command,
}

impl Sides {
    fn compare(
        &self,
        programs: &Programs,
        count: u32,
        at_least: Option<f64>,
        findings: &mut Findings,
    ) -> Result<()> {
        let [mut package, mut dry_run, mut theirs] = [(); 3].map(|()| Series::default());
        // The first runs fill the system's caches.
        for command in [&self.package, &self.dry_run, &self.theirs] {
            programs.measure(command, &mut Series::default())?;
        }
        for _ in 0..ROUNDS {
            programs.measure(&self.theirs, &mut theirs)?;
            for _ in 0..OURS_PER_ROUND {
                programs.measure(&self.package, &mut package)?;
                programs.measure(&self.dry_run, &mut dry_run)?;
            }
        }
        let [seconds, bytes] = [theirs.take("seconds")?, theirs.take("peak_bytes")?];
        let tasks = if count == 1 { "task" } else { "tasks" };
        for (verb, series) in [
            ("package", &mut package),
            ("register --dry-run", &mut dry_run),
        ] {
            let kinds = [
                ("wall time", "seconds", Unit::Seconds, &seconds, at_least),
                ("peak memory", "peak_bytes", Unit::Bytes, &bytes, None),
            ];
            for (kind, name, unit, theirs, at_least) in kinds {
                findings.comparisons.push(Comparison {
                    what: format!("`{verb}` of {count} {tasks}, {kind}"),
                    unit,
                    ours: series.take(name)?,
                    rival: "`pyflyte package`",
                    theirs: theirs.clone(),
                    at_least,
                });
            }
        }
        Ok(())
    }
}

/// An archive without some task must not count as a fast one.
fn expect_as_many(folder: &Path, count: u32) -> Result<()> {
    for archive in ["ours.tgz", "theirs.tgz"] {
        let mut list = Command::new("tar");
        list.arg("tzf").arg(folder.join(archive));
        let members = process::output(&mut list)?;
        let tasks = members
            .lines()
            .filter(|name| name.ends_with("_1.pb"))
            .count();
        ensure!(
            u32::try_from(tasks) == Ok(count),
            "{archive} has {tasks} tasks instead of {count}"
        );
    }
    Ok(())
}

/// The size of the file in which one task is looked up.
const LARGE: u64 = 100 << 20;

/// The whole command on a file of 100 MiB.
fn large_file(
    programs: &Programs,
    cargo_flytekit: &Path,
    folder: &Path,
    findings: &mut Findings,
) -> Result<()> {
    let large = folder.join("large");
    fs::copy(App::noop()?.release()?, &large).context("cannot copy an app")?;
    grow(&large).context("cannot make a large file")?;
    let mut list = Command::new(cargo_flytekit);
    list.args(["flytekit", "list", "--file"]).arg(&large);
    let mut series = Series::default();
    programs.measure(&list, &mut Series::default())?;
    for _ in 0..ROUNDS * OURS_PER_ROUND {
        programs.measure(&list, &mut series)?;
    }
    findings.costs.push(Cost {
        what: "`list` of a file of 100 MiB, wall time",
        amount: Amount::Seconds {
            samples: series.take("seconds")?,
            at_most: 0.02,
        },
    });
    Ok(())
}

/// Appends bytes that no loader reads, like debugging information.
fn grow(file: &Path) -> Result<()> {
    let mut file = OpenOptions::new().append(true).open(file)?;
    let missing = LARGE.saturating_sub(file.metadata()?.len());
    let block = [0xa5; 1 << 14];
    for _ in 0..missing.div_ceil(block.len() as u64) {
        file.write_all(&block)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::python_tasks;

    #[test]
    fn each_task_has_a_twin() {
        let source = python_tasks(2);
        assert_eq!(source.matches("@task(").count(), 2);
        assert!(source.contains("\ndef scale_1(value: float, times: int) -> float:\n"));
    }
}
