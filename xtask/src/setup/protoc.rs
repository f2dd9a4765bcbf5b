//! The protobuf compiler, which the build of the Spark Connect client needs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::folder;
use super::installer::Installer;
use crate::{process, workspace};

/// The first version that compiles optional fields of proto3 by default.
const OLDEST: (u32, u32) = (3, 15);

/// The path of protoc for builds, from `.cargo/config.toml`.
const LINK: &str = "bin/protoc";

/// Whether the link leads to a working protoc.
pub(super) fn is_ready() -> bool {
    version(&workspace::tools().join(LINK)).is_ok()
}

/// Links the protoc on `PATH`, or one that pip installs, and returns its name.
pub(super) fn provide(installer: &Installer) -> Result<String> {
    let link = workspace::tools().join(LINK);
    if let Ok(version) = version(&link) {
        return Ok(version);
    }
    let on_path = process::find_program("protoc").filter(|program| version(program).is_ok());
    if let Some(program) = on_path {
        relink(&link, &program)?;
    } else {
        let folder = folder::provide(installer, "protoc", "protoc.txt", "protoc (found none)")?;
        relink(&link, &folder.join("protoc/data/bin/protoc"))?;
    }
    version(&link)
}

/// Returns `protoc 30.2`, if there is one and it is not too old.
fn version(program: &Path) -> Result<String> {
    let answer = process::output(Command::new(program).arg("--version"))?;
    let Some(version) = parse(&answer) else {
        bail!("{} does not say its version: {answer}", program.display());
    };
    if version < OLDEST {
        bail!("{} is too old: {}", program.display(), answer.trim());
    }
    Ok(answer.trim().replacen("libprotoc", "protoc", 1))
}

/// Parses `libprotoc 30.2` or `libprotoc 3.21.12`.
fn parse(answer: &str) -> Option<(u32, u32)> {
    let mut numbers = answer.trim().strip_prefix("libprotoc ")?.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

/// Replaces the link in one step, so that it never leads nowhere.
fn relink(link: &Path, program: &Path) -> Result<()> {
    let unfinished = link.with_extension("unfinished");
    let make = || {
        fs::create_dir_all(link.parent().unwrap_or(link))?;
        if unfinished.is_symlink() {
            fs::remove_file(&unfinished)?;
        }
        symlink(program, &unfinished)?;
        fs::rename(&unfinished, link)
    };
    make().with_context(|| format!("cannot link {} to {}", link.display(), program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_version_schemes_compare() {
        assert!(parse("libprotoc 30.2\n").unwrap() >= OLDEST);
        assert!(parse("libprotoc 3.21.12\n").unwrap() >= OLDEST);
        assert!(parse("libprotoc 3.6.1\n").unwrap() < OLDEST);
        assert_eq!(parse("protoc-gen-go v1.36"), None);
    }
}
