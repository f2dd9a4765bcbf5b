//! Everything that a release needs, up to publishing.
//!
//! - [`package`]: the packages, each built from its archive alone.
//! - [`interface`]: the public interface, compared with the version before.
//! - [`open`]: the points that a person must decide or fill in first.

mod interface;
mod open;
mod package;

use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use serde_json::Value;

use crate::feature_table::PARTS;
use crate::lint::{deny, manifests, oldest};
use crate::setup::{self, Program};
use crate::{packages, process, report, workspace};

/// Does all checks and makes all packages, but publishes nothing; stops at the first failure.
pub(crate) fn dry_run(baseline: Option<&str>) -> Result<()> {
    let started = Instant::now();
    setup::build()?;
    let published = packages::published()?;
    let mut open = open::points(&published)?;
    step("that each crate is presentable", manifests::check_published)?;
    step("licences and sources", deny::check)?;
    report::say("Checking", "advisories");
    if let Err(error) = deny::advisories() {
        open.push(format!("advisories: {error:#}"));
    }
    step("each feature alone", || each_feature(&published))?;
    step("docs as docs.rs builds them", docs)?;
    step("programs of the oldest supported compiler", oldest::build)?;
    report::say("Checking", "the public interface");
    open.extend(interface::check(&published, baseline)?);
    report::say("Packaging", "each crate, and building it from its archive");
    let archives = package::all(&published)?;
    println!("\nWould publish, in this order:");
    for archive in archives {
        println!("  {archive}");
    }
    for point in &open {
        report::problem("Open", point);
    }
    let took = report::seconds(started.elapsed());
    report::say("Finished", &format!("in {took}; nothing was published"));
    Ok(())
}

fn step(what: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
    report::say("Checking", what);
    step()
}

/// Checks that the crates compile with each feature alone, and with none.
fn each_feature(published: &[Value]) -> Result<()> {
    let mut hack = Command::new(setup::program(Program::CargoHack)?);
    hack.current_dir(workspace::root());
    hack.args(["hack", "check", "--each-feature", "--keep-going"]);
    // Nothing uses a part but the features that consist of it.
    hack.args(["--exclude-features", &PARTS.join(",")]);
    // A warning about something that a feature leaves unused is a mistake, too. The flag would compile
    // everything again if it were not the same for the whole command.
    hack.env("RUSTFLAGS", "-Dwarnings");
    hack.arg("--target-dir")
        .arg(workspace::target().join("hack"));
    for package in published {
        hack.args(["--package", packages::name(package)]);
    }
    process::run(&mut hack)
}

/// Builds the docs with the flag of docs.rs, which runs a nightly compiler.
fn docs() -> Result<()> {
    let mut docs = workspace::cargo(["doc", "--workspace", "--no-deps", "--all-features"]);
    docs.arg("--target-dir")
        .arg(workspace::target().join("docs-rs"));
    docs.env("RUSTDOCFLAGS", "-Dwarnings --cfg docsrs");
    docs.env("RUSTC_BOOTSTRAP", "1");
    process::run(&mut docs)
}
