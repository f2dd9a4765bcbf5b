//! The command line of the chores.

use anyhow::Result;

use crate::bench::{self, Benchmark};
use crate::{book, demo, lint, release, setup, test};

/// Set-up and chores of this repository
#[derive(clap::Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(clap::Subcommand)]
enum Chore {
    /// Put Python environments, protoc, the backend's own code and, if none is found, Java and Go into `.tools/`
    Setup,
    /// Run the quickstart's Spark task on a local Sail server
    Demo,
    /// Run all tests, or those that the arguments for `cargo test` select
    Test {
        /// Arguments for `cargo test`, after `--`: only the workspace's tests that they select run
        #[arg(last = true)]
        cargo_test_args: Vec<String>,
    },
    /// Run a test's executable if it is of one of these packages
    #[command(hide = true)]
    RunIf {
        /// Their names, with commas between them
        packages: String,
        #[arg(num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
        executable: Vec<String>,
    },
    /// Measure what flytekit costs and saves, in a few minutes
    Bench {
        /// Measure only this
        only: Option<Benchmark>,
        /// Put the tables into docs/benchmarks.md, and that of `features` into runtime/docs/features.md
        #[arg(long)]
        write: bool,
    },
    /// Check format, Clippy, docs, the Go program, licences of dependencies and Rust versions
    Lint,
    /// Build the guides as a book, in target/book
    Book,
    /// Do everything that a release needs, up to publishing (a quarter of an hour)
    Release {
        /// Publish nothing; publishing is not implemented
        #[arg(long, required = true)]
        dry_run: bool,
        /// Compare the public interface with this Git revision, where no version is on crates.io yet
        #[arg(long, value_name = "REVISION")]
        baseline: Option<String>,
    },
}

impl Cli {
    /// Does the chore.
    pub(crate) fn run(self) -> Result<()> {
        match self.chore {
            Chore::Setup => setup::everything().map(drop),
            Chore::Demo => demo::run(),
            Chore::Test { cargo_test_args } => test::run(&cargo_test_args),
            Chore::RunIf {
                packages,
                executable,
            } => test::run_if_selected(&packages, &executable),
            Chore::Bench { only, write } => bench::run(only, write),
            Chore::Lint => lint::run(),
            Chore::Book => book::run(),
            Chore::Release { baseline, .. } => release::dry_run(baseline.as_deref()),
        }
    }
}
