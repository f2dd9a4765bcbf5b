//! What an app's declarations add to a debug build of its own crate, in CPU time.
//!
//! - [`shapes`]: what users may reasonably write, large and in growing sizes.
//! - [`tasks`]: many tasks, against as many types that derive serde's traits.
//!
//! The time is that of all processes of a build, the compiler's and the linker's among them: other
//! work on the machine is less of a noise in it than in the time on the wall.

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

/// Between which sizes growth is measured, and how often the size doubles from one to the other.
const GROWTH: ([usize; 2], i32) = ([100, 800], 3);

/// Builds apps with each of the shapes, and with different numbers of tasks.
pub(super) fn measure(findings: &mut Findings) -> Result<()> {
    for shape in &SHAPES {
        findings.loads.push(load(shape)?);
    }
    findings.growth = Some(tasks::measure()?);
    Ok(())
}

/// A shape's cost, round by round against the same app without it.
fn load(shape: &Shape) -> Result<Load> {
    report::say("Measuring", &format!("{} {}", shape.size, shape.what));
    let app = |name: &str, items: &str| App::with_items(name, shape.features, items);
    let none = app(&format!("without-{}", shape.features.join("-")), "")?;
    let whole = app("shape", &(shape.source)(shape.size))?;
    let sizes = if shape.scales { &GROWTH.0[..] } else { &[] };
    let grown = sizes
        .iter()
        .map(|size| app(&format!("shape-{size}"), &(shape.source)(*size)));
    let grown = grown.collect::<Result<Vec<_>>>()?;
    warm(&none)?;

    let (mut base, mut added, mut doubling) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let without = seconds_of(&none)?;
        base.push(without);
        added.push(seconds_of(&whole)? - without);
        if let [small, large] = &*grown {
            let (small, large) = (seconds_of(small)? - without, seconds_of(large)? - without);
            doubling.push((large / small).powf(f64::from(GROWTH.1).recip()));
        }
    }
    Ok(Load {
        what: format!("{} {}", shape.size, shape.what),
        base: Samples::new(base)?,
        added: Samples::new(added)?,
        doubling: shape.scales.then(|| Samples::new(doubling)).transpose()?,
    })
}

/// Builds what an app depends on.
fn warm(app: &App) -> Result<()> {
    report::say("Building", "the dependencies of an app, for debugging");
    Build::run(&mut app.cargo("build")).map(drop)
}

/// The CPU time of a build of nothing but the app's own crate, from nothing.
fn seconds_of(app: &App) -> Result<f64> {
    process::run(app.cargo("clean").args(["--package", app.name()]))?;
    let (build, seconds) = cpu::measured(|| Build::run(&mut app.cargo("build")))?;
    ensure!(
        build.compiled.len() == 1,
        "more was built than {}: flytekit's sources have changed meanwhile",
        app.name()
    );
    Ok(seconds)
}
