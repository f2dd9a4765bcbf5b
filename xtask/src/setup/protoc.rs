//! The protobuf compiler, which the Spark Connect client's build asks for.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::folder;
use super::installer::Installer;
use crate::{process, workspace};

/// The first one that compiles optional fields of proto3 without being told to.
const OLDEST: (u32, u32) = (3, 15);

/// Where `.cargo/config.toml` tells builds that protoc is.
const LINK: &str = "bin/protoc";

/// Whether the link leads to a protoc.
pub(super) fn is_ready() -> bool {
    version(&workspace::tools().join(LINK)).is_ok()
}

/// Links the protoc on `PATH`, else one that pip installs, and says which it is.
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

/// `protoc 30.2`, if there is one and it is not too old.
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

/// Reads `libprotoc 30.2` or `libprotoc 3.21.12`.
fn parse(answer: &str) -> Option<(u32, u32)> {
    let mut numbers = answer.trim().strip_prefix("libprotoc ")?.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

/// Makes `link` lead to `program` in one move, so that it never leads nowhere.
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
