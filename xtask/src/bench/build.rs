//! Runs cargo builds, and reads cargo's messages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process;

/// A build that succeeded.
pub(super) struct Build {
    /// The packages that were compiled at least in part.
    pub(super) compiled: BTreeSet<String>,
    files: BTreeMap<String, Vec<PathBuf>>,
}

/// The target folder that all builds share, except those that need an empty one: flytekit's dependencies are
/// built there once.
pub(super) fn target() -> PathBuf {
    super::folder().join("target")
}

/// Runs a `cargo build` as a release with stripped programs.
pub(super) fn stripped(cargo: &mut Command) -> Result<Build> {
    // The environment sets the profile, so that it is the same for all packages.
    cargo.env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    Build::run(cargo.arg("--release"))
}

impl Build {
    /// Runs a `cargo build`.
    pub(super) fn run(cargo: &mut Command) -> Result<Self> {
        // With rendered diagnostics, the error of a failed build is readable.
        cargo.args(["--message-format", "json-render-diagnostics"]);
        Self::read(&process::output(cargo)?)
    }

    fn read(messages: &str) -> Result<Self> {
        let mut build = Self {
            compiled: BTreeSet::new(),
            files: BTreeMap::new(),
        };
        for line in messages.lines() {
            let message: Value = serde_json::from_str(line)
                .with_context(|| format!("cargo's output is not JSON: {line}"))?;
            if message["reason"] == "compiler-artifact" {
                build.artifact(&message)?;
            }
        }
        Ok(build)
    }

    fn artifact(&mut self, message: &Value) -> Result<()> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let package = text(&message["package_id"]).context("an artifact without a package")?;
        let target = text(&message["target"]["name"]).context("an artifact without a target")?;
        if message["fresh"] == false {
            self.compiled.insert(package);
        }
        let files = message["filenames"].as_array().into_iter().flatten();
        let files = files.filter_map(Value::as_str).map(PathBuf::from);
        self.files.entry(target).or_default().extend(files);
        Ok(())
    }

    /// The file of a target with this extension; programs have none.
    pub(super) fn file(&self, target: &str, extension: &str) -> Result<PathBuf> {
        let files = self.files.get(target).into_iter().flatten();
        let mut fitting = files.filter(|file| file.extension().unwrap_or_default() == extension);
        let file = fitting.next().cloned();
        file.with_context(|| format!("cargo names no file of {target} in its messages"))
    }

    /// The program of a target.
    pub(super) fn program(&self, target: &str) -> Result<PathBuf> {
        self.file(target, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"{"reason":"compiler-artifact","package_id":"a#1.0.0","target":{"name":"build-script-build"},"filenames":["/t/build-script-build"],"fresh":false}
{"reason":"build-script-executed","package_id":"a#1.0.0"}
{"reason":"compiler-artifact","package_id":"a#1.0.0","target":{"name":"a"},"filenames":["/t/liba.rlib","/t/liba.rmeta"],"fresh":false}
{"reason":"compiler-artifact","package_id":"b#1.0.0","target":{"name":"b"},"filenames":["/t/b"],"fresh":true}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn a_package_with_a_build_script_counts_once() {
        let build = Build::read(MESSAGES).unwrap();
        assert_eq!(Vec::from_iter(build.compiled), ["a#1.0.0"]);
    }

    #[test]
    fn files_are_found_by_target() {
        let build = Build::read(MESSAGES).unwrap();
        assert_eq!(
            build.file("a", "rlib").unwrap(),
            PathBuf::from("/t/liba.rlib")
        );
        assert_eq!(build.program("b").unwrap(), PathBuf::from("/t/b"));
        assert!(build.program("a").is_err());
    }
}
