//! Checks the licences and the sources of all dependencies with cargo-deny; `deny.toml` has the rules.

use std::process::Command;

use anyhow::Result;

use crate::setup::{self, Program};
use crate::{process, workspace};

/// The workspaces of this checkout, each with a lock file of its own.
const WORKSPACES: [&str; 3] = [
    "Cargo.toml",
    workspace::CUSTOM_ENGINE,
    workspace::FUZZ_TARGETS,
];

/// Checks each workspace. Advisories are not among the checks: their database is not part of any registry.
pub(crate) fn check() -> Result<()> {
    for manifest in WORKSPACES {
        run(manifest, &["licenses", "bans", "sources"])?;
    }
    Ok(())
}

/// Checks the published workspace against the database of advisories, which cargo-deny downloads.
pub(crate) fn advisories() -> Result<()> {
    run("Cargo.toml", &["advisories"])
}

fn run(manifest: &str, checks: &[&str]) -> Result<()> {
    let mut deny = Command::new(setup::program(Program::CargoDeny)?);
    deny.current_dir(workspace::root());
    deny.args(["--log-level", "error", "--all-features"]);
    deny.args([
        "--config",
        "deny.toml",
        "--manifest-path",
        manifest,
        "check",
    ]);
    // One workspace need not have all licences that the list allows.
    deny.args(["--allow", "license-not-encountered"]);
    process::output(deny.args(checks)).map(drop)
}
