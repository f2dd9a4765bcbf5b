//! Checks the crates that users get with the oldest supported compiler.
//!
//! Clippy knows the age of each part of the standard library, but not of each language feature.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::manifests;
use crate::{packages, process, workspace};

/// Checks the published crates with that compiler.
pub(super) fn check() -> Result<()> {
    run("check")
}

/// Builds the published crates with that compiler, programs included.
pub(crate) fn build() -> Result<()> {
    run("build")
}

fn run(subcommand: &str) -> Result<()> {
    let version = manifests::promised_version()?;
    install(&version)?;
    let mut cargo = cargo(&version, subcommand);
    for package in packages::published()? {
        cargo.args(["--package", packages::name(&package)]);
    }
    process::run(&mut cargo)
}

/// Lets rustup install the compiler if necessary.
fn install(version: &str) -> Result<()> {
    let installed = process::output(Command::new("rustup").args(["toolchain", "list"]))?;
    if installed.lines().any(|line| line.starts_with(version)) {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["toolchain", "install", version, "--profile", "minimal"]);
    process::run(&mut rustup).with_context(|| {
        format!("Rust {version}, the oldest that is supported, cannot be installed")
    })
}

/// In a separate target folder, because in a shared one cargo would discard the other compiler's files.
fn cargo(version: &str, subcommand: &str) -> Command {
    let mut cargo = Command::new("rustup");
    cargo.args(["run", version, "cargo", subcommand, "--all-features"]);
    cargo
        .arg("--target-dir")
        .arg(workspace::target().join("oldest"));
    // These variables describe the compiler of the cargo that runs this program.
    cargo.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "false");
    cargo.env("RUSTFLAGS", "-Dwarnings");
    cargo.current_dir(workspace::root());
    cargo
}
