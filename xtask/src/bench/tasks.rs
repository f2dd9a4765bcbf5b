//! What each task adds to a debug build.

use std::process::Command;

use anyhow::{Result, ensure};

use super::app::App;
use super::build::{self, Build};
use super::finding::{Findings, Growth, Step};
use super::samples::Samples;
use crate::{process, report};

const COUNTS: [u32; 4] = [1, 10, 100, 1000];

/// How often each app is built.
const ROUNDS: usize = 3;

/// How much a task may add, in seconds.
const AT_MOST: f64 = 0.010;

/// Builds apps with different numbers of tasks, in turns, after their dependencies.
pub(super) fn measure(findings: &mut Findings) -> Result<()> {
    let none = App::with_tasks(0)?;
    report::say("Building", "the dependencies of an app, for debugging");
    Build::run(&mut none.cargo("build"))?;
    let apps = COUNTS.map(|count| App::with_tasks(count).map(|app| (count, app)));
    let apps = apps.into_iter().collect::<Result<Vec<_>>>()?;

    let mut base = Vec::new();
    let mut whole = vec![Vec::new(); apps.len()];
    for round in 1..=ROUNDS {
        report::say(
            "Measuring",
            &format!("apps with up to 1,000 tasks ({round} of {ROUNDS})"),
        );
        base.push(seconds_of(&none)?);
        for ((_, app), seconds) in apps.iter().zip(&mut whole) {
            seconds.push(seconds_of(app)?);
        }
    }

    let steps = apps.iter().zip(whole).map(|((tasks, _), whole)| {
        let added = whole
            .iter()
            .zip(&base)
            .map(|(with, without)| (with - without) / f64::from(*tasks));
        Ok(Step {
            tasks: *tasks,
            added: Samples::new(added.collect())?,
            whole: Samples::new(whole)?,
        })
    });
    findings.growth = Some(Growth {
        steps: steps.collect::<Result<_>>()?,
        none: Samples::new(base)?,
        at_most: AT_MOST,
        expanded_lines: expanded_lines_per_task(&none)?,
    });
    Ok(())
}

/// The time of a build of nothing but the app's own crate, from nothing.
fn seconds_of(app: &App) -> Result<f64> {
    process::run(app.cargo("clean").args(["--package", app.name()]))?;
    let build = Build::run(&mut app.cargo("build"))?;
    ensure!(
        build.compiled.len() == 1,
        "more was built than {}: flytekit's sources have changed meanwhile",
        app.name()
    );
    Ok(build.took.as_secs_f64())
}

fn expanded_lines_per_task(none: &App) -> Result<usize> {
    const TASKS: u32 = 10;
    let with = expanded_lines(&App::with_tasks(TASKS)?)?;
    Ok((with - expanded_lines(none)?) / TASKS as usize)
}

/// The lines that rustc prints of an app when all macros are expanded.
fn expanded_lines(app: &App) -> Result<usize> {
    let build = Build::run(&mut app.cargo("build"))?;
    let library = build.file("flytekit", "rlib")?;
    let mut flytekit = std::ffi::OsString::from("flytekit=");
    flytekit.push(&library);
    let mut dependencies = std::ffi::OsString::from("dependency=");
    dependencies.push(build::target().join("debug/deps"));
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--edition", "2024", "-Zunpretty=expanded", "--extern"])
        .arg(flytekit)
        .arg("-L")
        .arg(dependencies)
        .arg(app.source())
        // Only a nightly compiler has the option, unless it is told to pass for one.
        .env("RUSTC_BOOTSTRAP", "1");
    let expanded = process::output(&mut rustc)?;
    Ok(expanded
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count())
}
