//! Checks format, Clippy, docs, and the manifests' promises.

pub(crate) mod deny;
mod dependencies;
mod features;
mod go;
pub(crate) mod manifests;
pub(crate) mod oldest;

use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::pages::links;
use crate::{feature_table, process, report, setup, workspace};

/// Checks everything and stops at the first failure, the quick checks first.
pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    setup::build()?;
    let go = setup::go()?;
    check("format", format)?;
    check("format of Go", || go::format(&go))?;
    check("Rust versions", manifests::check_rust_versions)?;
    check("pinned versions", manifests::check_pins)?;
    check("published crates", manifests::check_published)?;
    check("the table of features", feature_table::check)?;
    check("licences and sources of dependencies", deny::check)?;
    check("dependencies of a plain app", dependencies::check)?;
    check("features of dependencies", features::check)?;
    check("Go", || go::vet(&go))?;
    check("Clippy", clippy)?;
    check("fuzz targets", fuzz)?;
    check("docs", docs)?;
    check("links", links::check)?;
    check("the oldest supported compiler", oldest::check)?;
    let took = report::seconds(started.elapsed());
    report::say("Passed", &format!("all checks in {took}"));
    Ok(())
}

fn check(what: &str, check: impl FnOnce() -> Result<()>) -> Result<()> {
    report::say("Checking", what);
    check()
}

fn format() -> Result<()> {
    let custom_engine = [
        "fmt",
        "--check",
        "--manifest-path",
        workspace::CUSTOM_ENGINE,
    ];
    process::run(&mut workspace::cargo(["fmt", "--all", "--check"]))?;
    process::run(&mut workspace::cargo(custom_engine))
}

fn clippy() -> Result<()> {
    let everything = ["clippy", "--workspace", "--all-targets", "--all-features"];
    process::run(deny_warnings(&mut workspace::cargo(everything)))?;
    let mut custom_engine = workspace::cargo(["clippy", "--all-targets", "--manifest-path"]);
    custom_engine.arg(workspace::CUSTOM_ENGINE);
    workspace::share_target(&mut custom_engine);
    process::run(deny_warnings(&mut custom_engine))
}

/// The fuzz targets are a workspace of their own, which nothing else compiles.
fn fuzz() -> Result<()> {
    let mut fuzz = workspace::cargo([
        "check",
        "--quiet",
        "--bins",
        "--manifest-path",
        workspace::FUZZ_TARGETS,
    ]);
    workspace::share_target(&mut fuzz);
    process::run(&mut fuzz)
}

fn deny_warnings(clippy: &mut Command) -> &mut Command {
    clippy.args(["--", "-D", "warnings"])
}

fn docs() -> Result<()> {
    let mut docs = workspace::cargo(["doc", "--workspace", "--no-deps", "--all-features"]);
    process::run(docs.env("RUSTDOCFLAGS", "-Dwarnings"))
}
