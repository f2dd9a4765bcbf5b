//! What flytekit costs and what it saves: ratios, measured in one run on one machine.
//!
//! - [`execute`], [`integers`]: running, against flytekit for Python and against prost.
//! - [`spark`]: queries and whole jobs, against Python's.
//! - [`tasks`], [`cold`], [`size`]: building.
//! - [`app`], [`build`], [`programs`]: the apps that are measured, cargo, and what measures.
//! - [`samples`], [`finding`], [`table`], [`document`], [`machine`]: from numbers to the page.

mod app;
mod build;
mod cold;
mod document;
mod execute;
mod finding;
mod integers;
mod machine;
mod programs;
mod samples;
mod size;
mod spark;
mod table;
mod tasks;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use self::finding::Findings;
use crate::{report, setup, workspace};

/// What can be measured.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Benchmark {
    /// A no-op task from file to file: time and memory, against pyflyte-execute
    Execute,
    /// A list of 100,000 integers, decoded and encoded: against flytekit and prost
    Integers,
    /// Queries on one Spark server: against PySpark's Connect client
    SparkClient,
    /// Whole jobs on a Spark cluster: against flytekit's Spark plugin and PySpark
    SparkDriver,
    /// What each task adds to the time of a debug build
    Tasks,
    /// A cold debug build: crates and time
    Cold,
    /// The stripped release binary
    Size,
}

/// Measures one thing, or all of them, and prints the tables.
///
/// With `write` they are also put into `docs/benchmarks.md`.
pub(crate) fn run(only: Option<Benchmark>, write: bool) -> Result<()> {
    let started = Instant::now();
    let machine = machine::describe()?;
    let findings = match only {
        Some(benchmark) => measure(&[benchmark])?,
        None => measure(<Benchmark as clap::ValueEnum>::value_variants())?,
    };
    let report = format!("{machine}\n\n{findings}");
    println!("\n{report}");
    if write {
        document::write(&report)?;
    }
    let took = report::seconds(started.elapsed());
    report::say("Finished", &format!("in {took}"));
    Ok(())
}

fn measure(benchmarks: &[Benchmark]) -> Result<Findings> {
    let mut findings = Findings::default();
    for benchmark in benchmarks {
        match benchmark {
            Benchmark::Execute => execute::measure(&setup::tests()?.python, &mut findings)?,
            Benchmark::Integers => integers::measure(&setup::tests()?.python, &mut findings)?,
            Benchmark::SparkClient => spark::measure_client(&setup::tests()?, &mut findings)?,
            Benchmark::SparkDriver => spark::measure_driver(&setup::tests()?, &mut findings)?,
            Benchmark::Tasks => tasks::measure(&mut findings)?,
            Benchmark::Cold => cold::measure(&mut findings)?,
            Benchmark::Size => size::measure(&mut findings)?,
        }
    }
    Ok(findings)
}

/// The folder for all that benchmarks generate, build and write.
fn folder() -> PathBuf {
    workspace::target().join("bench")
}
