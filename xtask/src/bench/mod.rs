//! The costs and savings of flytekit: ratios, measured in one run on one machine.
//!
//! - [`execute`], [`values`]: running, compared with flytekit for Python and with prost.
//! - [`register`]: packaging and registering, compared with flytekit.
//! - [`shim`]: tasks by their templates, compared with flytekit.
//! - [`dynamic`]: graphs and maps, compared with flytekit and a loop.
//! - [`connector`]: the connector server, compared with flytekit's.
//! - [`spark`]: queries and whole jobs, compared with Python's.
//! - [`dask`]: calls on a cluster's workers, compared with Dask's own client.
//! - [`compile`], [`cold`], [`size`], [`features`]: building.
//! - [`app`], [`official`], [`build`], [`programs`], [`cpu`]: the measured apps, cargo, and the measuring
//!   programs.
//! - [`samples`], [`finding`], [`table`], [`document`], [`machine`]: from numbers to the page.

mod app;
mod build;
mod cold;
mod compile;
mod connector;
mod cpu;
mod dask;
mod document;
mod dynamic;
mod execute;
mod features;
mod finding;
mod machine;
mod official;
mod programs;
mod register;
mod samples;
mod shim;
mod size;
mod spark;
mod table;
mod values;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, ensure};

use self::document::Part;
use self::finding::Findings;
use crate::{report, setup, workspace};

/// A benchmark that can run.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Benchmark {
    /// A no-op task from file to file: time and memory, against pyflyte-execute
    Execute,
    /// Values of each family, decoded and encoded: against flytekit, prost and others (a few
    /// minutes, and only if it is named)
    Values,
    /// Packaging and a dry run of registering 1, 100 and 1,000 tasks, against pyflyte package (a
    /// few minutes, and only if it is named)
    Register,
    /// What large declarations and each task add to a debug build, against serde's derives (a quarter
    /// of an hour, and only if it is named)
    Build,
    /// A cold debug build: crates and time, against the official crate of Flyte 2
    Cold,
    /// The stripped release binary
    Size,
    /// What each feature of flytekit adds to an app, for the table of features (an hour, and only if it
    /// is named)
    Features,
    /// Tasks by their templates: a start, and a query of a million rows, against pyflyte-execute (a few
    /// minutes, and only if it is named)
    Shim,
    /// A dynamic task of 1,000 nodes against pyflyte-execute, and a map over 10,000 elements against a
    /// loop (a minute, and only if it is named)
    Dynamic,
    /// The connector server under load, against pyflyte's (a quarter of an hour, and only if it is named)
    Connector,
    /// Spark queries and jobs, against Python's (a quarter of an hour, and only if it is named)
    Spark,
    /// Calls on Dask's workers, against Dask's client (a few minutes, and only if it is named)
    Dask,
}

/// The benchmarks that run unless one is named.
const QUICK: [Benchmark; 3] = [Benchmark::Execute, Benchmark::Cold, Benchmark::Size];

/// Runs one benchmark, or all that take a few minutes, and prints the tables.
///
/// With `write`, the tables are also written into `docs/benchmarks.md`, and the table of features into its
/// own page.
pub(crate) fn run(only: Option<Benchmark>, write: bool) -> Result<()> {
    let part = match only {
        None => Some(Part::Flytekit),
        Some(Benchmark::Values) => Some(Part::Values),
        Some(Benchmark::Build) => Some(Part::Build),
        Some(Benchmark::Register) => Some(Part::Register),
        Some(Benchmark::Shim) => Some(Part::Shim),
        Some(Benchmark::Dynamic) => Some(Part::Dynamic),
        Some(Benchmark::Connector) => Some(Part::Connector),
        Some(Benchmark::Spark) => Some(Part::Spark),
        Some(Benchmark::Dask) => Some(Part::Dask),
        Some(_) => None,
    };
    ensure!(
        part.is_some() || matches!(only, Some(Benchmark::Features)) || !write,
        "only whole tables are written: name `build`, `features`, `values`, `register`, `shim`, `dynamic`, `connector`, `spark` or `dask`, or nothing"
    );
    let started = Instant::now();
    let machine = machine::describe()?;
    let findings = match only {
        Some(benchmark) => measure(&[benchmark], write)?,
        None => measure(&QUICK, write)?,
    };
    let report = format!("{machine}\n\n{findings}");
    println!("\n{report}");
    if let (true, Some(part)) = (write, part) {
        document::write(part, &report)?;
    }
    let took = report::seconds(started.elapsed());
    report::say("Finished", &format!("in {took}"));
    Ok(())
}

fn measure(benchmarks: &[Benchmark], write: bool) -> Result<Findings> {
    let mut findings = Findings::default();
    for benchmark in benchmarks {
        match benchmark {
            Benchmark::Execute => execute::measure(&setup::tests()?.python, &mut findings)?,
            Benchmark::Values => values::measure(&setup::tests()?.python, &mut findings)?,
            Benchmark::Register => register::measure(&setup::tests()?.python, &mut findings)?,
            Benchmark::Build => compile::measure(&mut findings)?,
            Benchmark::Cold => cold::measure(&mut findings)?,
            Benchmark::Size => size::measure(&mut findings)?,
            // The table of features is on a page of its own.
            Benchmark::Features => features::measure(write)?,
            Benchmark::Shim => shim::measure(&setup::tests()?.python, &mut findings)?,
            Benchmark::Dynamic => dynamic::measure(&setup::tests()?.python, &mut findings)?,
            Benchmark::Connector => connector::measure(&setup::tests()?, &mut findings)?,
            Benchmark::Spark => spark::measure(&setup::tests()?, &mut findings)?,
            Benchmark::Dask => dask::measure(&setup::tests()?, &mut findings)?,
        }
    }
    Ok(findings)
}

/// The folder for all files that benchmarks generate, build and write.
fn folder() -> PathBuf {
    workspace::target().join("bench")
}
