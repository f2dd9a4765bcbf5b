//! The public interface, compared with an earlier one by cargo-semver-checks.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use crate::{packages, process, report, workspace};

const VERSION: &str = "0.51.0";

/// Compares each library with its last version on crates.io, or with a revision. Returns the open points: libraries
/// that have nothing to be compared with.
pub(super) fn check(published: &[Value], baseline: Option<&str>) -> Result<Vec<String>> {
    let mut open = Vec::new();
    for package in published.iter().filter(|package| is_library(package)) {
        let name = packages::name(package);
        if baseline.is_none() && !is_published(name) {
            open.push(format!(
                "{name}: no version is on crates.io, so the interface is not compared"
            ));
            continue;
        }
        compare(name, baseline)?;
    }
    Ok(open)
}

/// Whether a package has a library that other crates link; a library of macros has no interface that can be
/// compared.
fn is_library(package: &Value) -> bool {
    let targets = package["targets"].as_array().into_iter().flatten();
    let mut kinds = targets.flat_map(|target| target["kind"].as_array().into_iter().flatten());
    kinds.any(|kind| kind == "lib")
}

fn is_published(name: &str) -> bool {
    let mut info = workspace::cargo(["info", "--quiet", "--registry", "crates-io"]);
    process::output(info.arg(name)).is_ok()
}

fn compare(name: &str, baseline: Option<&str>) -> Result<()> {
    let mut checks = Command::new(program()?);
    checks.current_dir(workspace::root());
    checks.args(["semver-checks", "--all-features", "--package", name]);
    if let Some(revision) = baseline {
        checks.args(["--baseline-rev", revision]);
    }
    process::run(&mut checks)
}

/// cargo-semver-checks, compiled first if necessary: no package of `PyPI` has it.
fn program() -> Result<PathBuf> {
    let folder = workspace::tools().join("cargo-semver-checks");
    let program = folder.join("bin/cargo-semver-checks");
    if !program.exists() {
        report::say("Compiling", "cargo-semver-checks, for some minutes");
        let mut cargo = workspace::cargo(["install", "--quiet", "--locked", "--version", VERSION]);
        cargo.arg("cargo-semver-checks").arg("--root").arg(&folder);
        process::run(&mut cargo)?;
    }
    Ok(program)
}
