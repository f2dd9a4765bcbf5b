//! Set-up and chores: `cargo xtask <setup|demo|test|lint|bench>`.
//!
//! - [`cli`]: the command line.
//! - [`setup`]: the tools that are not Rust (Python, Java, Go, `protoc`), kept in the ignored folder
//!   `.tools/`.
//! - [`demo`]: the quickstart's Spark task, from a real `inputs.pb` to a readable print.
//! - [`mod@test`]: all tests.
//! - [`lint`]: format, Clippy, docs, and the manifests' promises.
//! - [`mod@bench`]: the costs and savings of flytekit, in numbers.
//! - [`process`], [`report`], [`workspace`]: running commands, reporting, and finding folders.

mod bench;
mod cli;
mod demo;
mod lint;
mod process;
mod report;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&error);
            ExitCode::FAILURE
        }
    }
}
