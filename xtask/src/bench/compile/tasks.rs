//! The cost of each task, and of the yardstick: a type that derives serde's traits, and is read and written
//! as JSON once.

use std::process::Command;

use anyhow::Result;

use super::{ROUNDS, seconds_of, warm};
use crate::bench::app::App;
use crate::bench::build::{self, Build};
use crate::bench::finding::{Growth, Step};
use crate::bench::samples::Samples;
use crate::{process, report};

const COUNTS: [u32; 4] = [1, 10, 100, 1000];

/// Builds apps with different numbers of tasks and of the yardstick, in turns.
pub(super) fn measure() -> Result<Growth> {
    let (no_task, no_type) = (App::with_tasks(0)?, App::with_yardsticks(0)?);
    warm(&no_task)?;
    warm(&no_type)?;
    let mut steps = Vec::new();
    let mut none = Vec::new();
    for count in COUNTS {
        report::say("Measuring", &format!("apps with {count} tasks"));
        let (tasks, types) = (App::with_tasks(count)?, App::with_yardsticks(count)?);
        let each = |with: f64, without: f64| (with - without) / f64::from(count);
        let (mut whole, mut added, mut yardstick) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (without, with) = (seconds_of(&no_task)?, seconds_of(&tasks)?);
            none.push(without);
            whole.push(with);
            added.push(each(with, without));
            let without = seconds_of(&no_type)?;
            yardstick.push(each(seconds_of(&types)?, without));
        }
        steps.push(Step {
            tasks: count,
            whole: Samples::new(whole)?,
            added: Samples::new(added)?,
            yardstick: Samples::new(yardstick)?,
        });
    }
    Ok(Growth {
        steps,
        none: Samples::new(none)?,
        expanded_lines: expanded_lines_per_task(&no_task)?,
    })
}

fn expanded_lines_per_task(none: &App) -> Result<usize> {
    const TASKS: u32 = 10;
    let with = expanded_lines(&App::with_tasks(TASKS)?)?;
    Ok((with - expanded_lines(none)?) / TASKS as usize)
}

/// The number of lines that rustc prints for an app with all macros expanded.
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
        // Only a nightly compiler has the option, unless this variable is set.
        .env("RUSTC_BOOTSTRAP", "1");
    let expanded = process::output(&mut rustc)?;
    Ok(expanded
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count())
}
