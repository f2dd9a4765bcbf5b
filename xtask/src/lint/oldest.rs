//! Checks the crates that users get with the oldest supported compiler.
//!
//! Clippy knows the age of each part of the standard library, but not of each language feature.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::manifests;
use crate::{process, workspace};

/// The crates that are published, or built into users' programs.
const CRATES: [&str; 7] = [
    "flytekit-grammar",
    "flytekit-proto",
    "flytekit-macros",
    "flytekit",
    "cargo-flytekit",
    "flytekit-launcher",
    "flytekit-connector",
];

/// Checks the crates with that compiler, which rustup installs if necessary.
pub(super) fn check() -> Result<()> {
    let version = manifests::promised_version()?;
    let installed = process::output(Command::new("rustup").args(["toolchain", "list"]))?;
    if !installed.lines().any(|line| line.starts_with(&*version)) {
        let mut rustup = Command::new("rustup");
        rustup.args(["toolchain", "install", &version, "--profile", "minimal"]);
        process::run(&mut rustup).with_context(|| {
            format!("Rust {version}, the oldest that is supported, cannot be installed")
        })?;
    }
    process::run(&mut cargo(&version))
}

/// In a separate target folder, because in a shared one cargo would discard the other compiler's files.
fn cargo(version: &str) -> Command {
    let mut cargo = Command::new("rustup");
    cargo.args(["run", version, "cargo", "check", "--all-features"]);
    cargo.args(CRATES.iter().flat_map(|name| ["--package", name]));
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
