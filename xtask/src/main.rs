//! Set-up and chores: `cargo xtask <setup|demo|test|lint|bench>`.
//!
//! - [`cli`]: what can be asked for.
//! - [`setup`]: the tools that are not Rust (Python, Java, Go, `protoc`), kept in the ignored folder
//!   `.tools/`.
//! - [`demo`]: the quickstart's Spark task, from a real `inputs.pb` to a readable print.
//! - [`mod@test`]: all tests.
//! - [`lint`]: format, Clippy, docs, and what the manifests promise.
//! - [`mod@bench`]: what flytekit costs and saves, in numbers.
//! - [`process`], [`report`], [`workspace`]: running commands, saying so, and finding folders.

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
