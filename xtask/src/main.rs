//! Set-up and chores: `cargo xtask <setup|demo|test|lint|bench|book|release>`.
//!
//! - [`cli`]: the command line.
//! - [`setup`]: the tools that are not Rust (Python, Java, Go, `protoc`), kept in the ignored folder
//!   `.tools/`.
//! - [`demo`]: the quickstart's Spark task, from a real `inputs.pb` to a readable print.
//! - [`mod@test`]: all tests.
//! - [`lint`]: format, Clippy, docs, and the manifests' promises.
//! - [`mod@bench`]: the costs and savings of flytekit, in numbers.
//! - [`book`]: the guides as a book.
//! - [`release`]: everything that a release needs, up to publishing.
//! - [`packages`], [`feature_table`], [`pages`]: the published crates, the page of flytekit's features, and links.
//! - [`process`], [`report`], [`workspace`]: running commands, reporting, and finding folders.

mod bench;
mod book;
mod cli;
mod demo;
mod feature_table;
mod lint;
mod packages;
mod pages;
mod process;
mod release;
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
