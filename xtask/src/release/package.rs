//! The archives of the packages, each built from its archive alone.

use std::fmt;
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{packages, process, workspace};

/// The archive of a package, as crates.io would get it.
pub(super) struct Archive {
    name: String,
    bytes: u64,
    files: usize,
}

/// Makes the archives of all packages. Cargo builds each from its archive, with the archives of the others in
/// place of the registry's.
pub(super) fn all(published: &[Value]) -> Result<Vec<Archive>> {
    let mut cargo = workspace::cargo(["package", "--all-features", "--allow-dirty"]);
    select(&mut cargo, published);
    process::run(&mut cargo)?;
    published.iter().map(archive).collect()
}

fn select(cargo: &mut std::process::Command, published: &[Value]) {
    for package in published {
        cargo.args(["--package", packages::name(package)]);
    }
}

fn archive(package: &Value) -> Result<Archive> {
    let name = format!("{}-{}", packages::name(package), packages::version(package));
    let path = workspace::target()
        .join("package")
        .join(format!("{name}.crate"));
    let bytes = fs::metadata(&path)
        .with_context(|| format!("cargo has not written {}", path.display()))?
        .len();
    let list = [
        "package",
        "--list",
        "--allow-dirty",
        "--package",
        packages::name(package),
    ];
    let files = process::output(&mut workspace::cargo(list))?;
    Ok(Archive {
        name,
        bytes,
        files: files.lines().count(),
    })
}

impl fmt::Display for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kibibytes = self.bytes.div_ceil(1024);
        write!(
            f,
            "{:26} {:4} files, {kibibytes:5} KiB",
            self.name, self.files
        )
    }
}
