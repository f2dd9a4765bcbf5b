//! The cost of an app's declarations in a debug build of its own crate, in CPU time.
//!
//! - [`shapes`]: large declarations that users may reasonably write, in growing sizes.
//! - [`tasks`]: many tasks, compared with as many types that derive serde's traits.
//!
//! The time includes all processes of a build, also the compiler and the linker. Other work on the machine
//! affects it less than wall time.

mod shapes;
mod tasks;

use anyhow::{Result, ensure};

use self::shapes::{SHAPES, Shape};
use super::app::App;
use super::build::Build;
use super::cpu;
use super::finding::{Findings, Load};
use super::samples::Samples;
use crate::{process, report};

/// How often each app is built.
const ROUNDS: usize = 3;

/// How often the apps are built whose differences are compared: each difference is a tenth of a build, and a
/// build differs from the next one by as much.
const ROUNDS_OF_DIFFERENCES: usize = 15;

/// The sizes between which growth is measured, and the number of doublings between them.
const GROWTH: ([usize; 2], i32) = ([100, 800], 3);

/// Builds apps with each of the shapes, and with different numbers of tasks.
pub(super) fn measure(findings: &mut Findings) -> Result<()> {
    for shape in &SHAPES {
        findings.loads.push(load(shape)?);
    }
    findings.growth = Some(tasks::measure()?);
    Ok(())
}

/// A shape's cost, compared with the same app without it, round by round.
fn load(shape: &Shape) -> Result<Load> {
    report::say("Measuring", &format!("{} {}", shape.size, shape.what));
    let app = |name: &str, items: &str| App::with_items(name, shape.features, items);
    // A shape that is compared with tasks is built in an app with some tasks.
    let (name, around) = match shape.tasks {
        None => (
            format!("without-{}", shape.features.join("-")),
            String::new(),
        ),
        Some(_) => ("without-nodes".to_owned(), (shape.source)(0)),
    };
    let none = app(&name, &around)?;
    let whole = app("shape", &(shape.source)(shape.size))?;
    let rival = shape.tasks.map(|count| {
        app(
            "as-many-tasks",
            &format!("{around}{}", super::app::tasks(count)),
        )
    });
    let rival = rival.transpose()?;
    let sizes = if shape.scales { &GROWTH.0[..] } else { &[] };
    let grown = sizes
        .iter()
        .map(|size| app(&format!("shape-{size}"), &(shape.source)(*size)));
    let grown = grown.collect::<Result<Vec<_>>>()?;
    warm(&none)?;

    let (mut base, mut added, mut doubling) = (Vec::new(), Vec::new(), Vec::new());
    let mut rivals = Vec::new();
    let rounds = match rival {
        None => ROUNDS,
        Some(_) => ROUNDS_OF_DIFFERENCES,
    };
    for _ in 0..rounds {
        let without = seconds_of(&none)?;
        base.push(without);
        added.push(seconds_of(&whole)? - without);
        if let Some(rival) = &rival {
            rivals.push(seconds_of(rival)? - without);
        }
        if let [small, large] = &*grown {
            let (small, large) = (seconds_of(small)? - without, seconds_of(large)? - without);
            doubling.push((large / small).powf(f64::from(GROWTH.1).recip()));
        }
    }
    Ok(Load {
        what: format!("{} {}", shape.size, shape.what),
        base: Samples::new(base)?,
        added: Samples::new(added)?,
        tasks: match shape.tasks {
            None => None,
            Some(count) => Some((count, Samples::new(rivals)?)),
        },
        doubling: shape.scales.then(|| Samples::new(doubling)).transpose()?,
    })
}

/// Builds the dependencies of an app.
fn warm(app: &App) -> Result<()> {
    report::say("Building", "the dependencies of an app, for debugging");
    Build::run(&mut app.cargo("build")).map(drop)
}

/// The CPU time of a clean build of only the app's own crate.
fn seconds_of(app: &App) -> Result<f64> {
    process::run(app.cargo("clean").args(["--package", app.name()]))?;
    let (build, seconds) = cpu::measured(|| Build::run(&mut app.cargo("build")))?;
    ensure!(
        build.compiled.len() == 1,
        "more packages than {} were built: flytekit's sources have changed meanwhile",
        app.name()
    );
    Ok(seconds)
}
