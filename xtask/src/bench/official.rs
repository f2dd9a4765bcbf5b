//! The official crate of Flyte 2, as the only dependency of an app that does nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{process, report, workspace};

/// The name in tables.
pub(super) const NAME: &str = "`flyte` 0.1.1";

const MANIFEST: &str = "\
    [package]\n\
    name = \"official\"\n\
    edition = \"2024\"\n\n\
    [workspace]\n\n\
    [dependencies]\n\
    flyte = \"=0.1.1\"\n";

/// Creates the app and downloads its dependencies; returns the command that builds it into a folder.
pub(super) fn app(target: &Path) -> Result<Command> {
    let folder = super::folder().join("apps/official");
    let write = || {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), MANIFEST)?;
        fs::write(folder.join("src/main.rs"), "fn main() {}\n")
    };
    write().context("cannot write the app of the official crate")?;
    let cargo = |subcommand| {
        let mut cargo = workspace::cargo([subcommand, "--quiet", "--manifest-path"]);
        cargo.arg(folder.join("Cargo.toml"));
        cargo
    };
    report::say("Downloading", &format!("the dependencies of {NAME}"));
    process::run(&mut cargo("fetch"))?;
    let mut build = cargo("build");
    build.arg("--offline").arg("--target-dir").arg(target);
    Ok(build)
}
