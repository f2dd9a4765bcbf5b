//! Spark distributions: the tests' Python environment has one, and others are beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::folder;
use super::installer::Installer;
use crate::process;
use crate::report::Ticker;

/// The folder in `.tools/` and the file of pins of each version, the oldest first.
pub(super) const VERSIONS: [(&str, &str); 3] = [
    ("spark-3.5", "spark-3.5.txt"),
    ("spark-4.0", "spark-4.0.txt"),
    ("spark-4.3", "spark-4.3.txt"),
];

/// The target folders of the archive's parts in the package.
const PARTS: [(&str, &str); 6] = [
    ("deps/bin", "bin"),
    ("deps/data", "data"),
    ("deps/examples", "examples/src/main/python"),
    ("deps/jars", "jars"),
    ("deps/sbin", "sbin"),
    ("lib", "python/lib"),
];

/// The home of a distribution.
pub(super) fn provide(installer: &Installer, version: (&str, &str)) -> Result<PathBuf> {
    let (name, pins) = version;
    let what = format!("Spark {}", name.trim_start_matches("spark-"));
    let folder = folder::provide(installer, name, pins, &what)?;
    Ok(folder.join("pyspark"))
}

/// Whether a pin is Spark's. Spark has only an archive of sources: building a package from it would compress
/// half a gigabyte of jars, only to decompress them again.
pub(super) fn is_spark(pin: &str) -> bool {
    pin.starts_with("pyspark==")
}

/// Unpacks the package into a folder of packages, like pip.
pub(super) fn unpack(
    installer: &Installer,
    pin: &str,
    folder: &Path,
    ticker: &Ticker,
) -> Result<()> {
    let (package, version) = pin.split_once("==").context("a pin has a version")?;
    let unpacked = folder.join(".unpacked");
    let move_parts = || {
        let root = unpacked.join(format!("{package}-{version}"));
        let home = folder.join(package);
        fs::rename(root.join(package), &home)?;
        for (from, to) in PARTS {
            let to = home.join(to);
            fs::create_dir_all(to.parent().unwrap_or(&home))?;
            fs::rename(root.join(from), to)?;
        }
        let metadata = folder.join(format!("{package}-{version}.dist-info"));
        fs::create_dir(&metadata)?;
        fs::rename(root.join("PKG-INFO"), metadata.join("METADATA"))?;
        fs::remove_dir_all(&unpacked)
    };
    fs::create_dir_all(&unpacked).with_context(|| format!("cannot make {}", unpacked.display()))?;
    installer.download(pin, &unpacked, ticker)?;
    let archive = unpacked.join(format!("{package}-{version}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).arg("-C").arg(&unpacked);
    process::run_quietly(&mut tar, ticker)?;
    move_parts().with_context(|| format!("{} is not a release of Spark", archive.display()))
}
