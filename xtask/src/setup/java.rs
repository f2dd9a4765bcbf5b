//! Provides a Java that Spark accepts: this machine's, or one that pip installs.

use std::env;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::folder;
use super::installer::Installer;
use crate::process;

/// The versions of Java that all versions of Spark in the tests support.
const SUPPORTED: RangeInclusive<u32> = 17..=21;

/// The script in front of the Java that pip installs.
const LAUNCHER: &str = include_str!("java-launcher.sh");

/// A Java runtime.
pub(super) struct Java {
    pub(super) home: PathBuf,
    version: String,
}

impl Java {
    /// The Java at `JAVA_HOME`, or the one on `PATH`, or one that pip installs.
    pub(super) fn provide(installer: &Installer) -> Result<Self> {
        let home = env::var_os("JAVA_HOME").filter(|home| !home.is_empty());
        let at_home = home.map(|home| Path::new(&home).join("bin/java"));
        let on_path = process::find_program("java");
        for program in at_home.into_iter().chain(on_path) {
            // A Java that does not run, or that not all versions support, counts as missing.
            if let Ok(java) = Self::probe(&program) {
                return Ok(java);
            }
        }
        let (oldest, newest) = SUPPORTED.into_inner();
        let what = format!("Java runtime (found none from Java {oldest} to {newest})");
        let folder = folder::provide(installer, "java", "java.txt", &what)?;
        let home = folder.join("home");
        let launcher = home.join("bin/java");
        process::write_program(&launcher, LAUNCHER)?;
        let Self { version, .. } = Self::probe(&launcher)?;
        Ok(Self { home, version })
    }

    fn probe(program: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["-XshowSettings:properties", "-version"]);
        let output = command
            .output()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let settings = String::from_utf8_lossy(&output.stderr);
        let java = Self::parse(&settings)
            .with_context(|| format!("{} does not say its version", program.display()))?;
        if feature(&java.version).is_none_or(|feature| !SUPPORTED.contains(&feature)) {
            bail!("{} is Java {}", program.display(), java.version);
        }
        Ok(java)
    }

    /// Parses `java -XshowSettings:properties`, with lines of `    name = value`.
    fn parse(settings: &str) -> Option<Self> {
        let property = |name| {
            settings
                .lines()
                .filter_map(|line| line.split_once(" = "))
                .find_map(|(key, value)| (key.trim() == name).then(|| value.trim()))
        };
        Some(Self {
            home: PathBuf::from(property("java.home")?),
            version: property("java.version")?.to_owned(),
        })
    }
}

impl fmt::Display for Java {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Java {}", self.version)
    }
}

/// The feature version of a Java: 17 for `17.0.15`, 8 for `1.8.0_402`, 26 for `26-ea`.
fn feature(version: &str) -> Option<u32> {
    let mut numbers = version.split(['.', '_', '-', '+']).map(str::parse);
    match numbers.next()?.ok()? {
        1 => numbers.next()?.ok(),
        feature => Some(feature),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feature_number_is_read_from_all_version_schemes() {
        assert_eq!(feature("17.0.15"), Some(17));
        assert_eq!(feature("21"), Some(21));
        assert_eq!(feature("26-ea"), Some(26));
        assert_eq!(feature("1.8.0_402"), Some(8));
        assert_eq!(feature("unknown"), None);
    }

    #[test]
    fn settings_name_home_and_version() {
        let settings = "Property settings:
    java.class.version = 61.0
    java.home = /usr/lib/jvm/java-17
    java.library.path = /usr/java/packages/lib
        /usr/lib
    java.version = 17.0.15
    java.version.date = 2025-04-15

openjdk version \"17.0.15\" 2025-04-15
";
        let java = Java::parse(settings).unwrap();
        assert_eq!(java.home, Path::new("/usr/lib/jvm/java-17"));
        assert_eq!(java.version, "17.0.15");
        assert!(Java::parse("Error: unknown option").is_none());
    }
}
