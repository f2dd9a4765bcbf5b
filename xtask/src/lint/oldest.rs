//! The oldest compiler that is promised, on the crates that users get.
//!
//! Clippy knows when a part of the standard library came, and not when the language learnt what a crate
//! makes use of.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::manifests;
use crate::{process, workspace};

/// What is published, or is built into what users get.
const CRATES: [&str; 6] = [
    "flytekit-grammar",
    "flytekit-proto",
    "flytekit-macros",
    "flytekit",
    "cargo-flytekit",
    "flytekit-launcher",
];

/// Checks them with that compiler, which rustup brings if it is not there yet.
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

/// In a target folder of its own: cargo would throw away there what another compiler has made.
fn cargo(version: &str) -> Command {
    let mut cargo = Command::new("rustup");
    cargo.args(["run", version, "cargo", "check", "--all-features"]);
    cargo.args(CRATES.iter().flat_map(|name| ["--package", name]));
    cargo
        .arg("--target-dir")
        .arg(workspace::target().join("oldest"));
    // What the cargo that runs this program says of its own compiler.
    cargo.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "false");
    cargo.env("RUSTFLAGS", "-Dwarnings");
    cargo.current_dir(workspace::root());
    cargo
}
