//! Provides a Go that can build the program in `tests/backend/`: this machine's, or one that pip installs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::folder;
use super::installer::Installer;
use crate::{process, workspace};

/// A Go toolchain.
pub(crate) struct Go {
    root: PathBuf,
    version: String,
    /// Whether the toolchain is in `.tools/`; then its downloads and compiled files are there, too.
    ours: bool,
}

impl Go {
    /// The Go on `PATH` if it is new enough, or one that pip installs.
    pub(super) fn provide(installer: &Installer) -> Result<Self> {
        let oldest = oldest()?;
        let on_path = process::find_program("go");
        // A Go that does not run counts as missing.
        if let Some(go) = on_path.and_then(|program| Self::probe(&program, false).ok())
            && release(&go.version) >= release(&oldest)
        {
            return Ok(go);
        }
        let what = format!("Go (found none from {oldest} on)");
        let folder = folder::provide(installer, "go", "go.txt", &what)?;
        Self::probe(&folder.join("go/bin/go"), true)
    }

    fn probe(program: &Path, ours: bool) -> Result<Self> {
        let mut command = Command::new(program);
        if ours {
            command.env_remove("GOROOT");
        }
        // The folder has no go.mod, which could require another version that Go would download.
        command.current_dir(workspace::root());
        let answer = process::output(command.args(["env", "GOROOT", "GOVERSION"]))?;
        let Some((root, version)) = answer.trim().split_once('\n') else {
            bail!("{} does not say its version: {answer}", program.display());
        };
        Ok(Self {
            root: root.into(),
            version: version.trim_start_matches("go").to_owned(),
            ours,
        })
    }

    /// The command `go`, for work on the program in `tests/backend/`.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.tool("go");
        command.current_dir(backend_sources());
        command
    }

    /// A program of the toolchain.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.root.join("bin").join(name));
        command
            .env("GOROOT", &self.root)
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", "off")
            .env("CGO_ENABLED", "0");
        if self.ours {
            let caches = workspace::tools().join("go-cache");
            command
                .env("GOPATH", caches.join("path"))
                .env("GOMODCACHE", caches.join("modules"))
                .env("GOCACHE", caches.join("build"));
        }
        command
    }

    /// Flags of all compiling commands. They must be the same, so that commands can reuse each other's
    /// compiled files.
    pub(crate) fn flags(&self) -> Vec<&'static str> {
        // Nobody debugs the program, and it runs only for moments, so debugging information and inlining are
        // left out. This saves a third of the work.
        let mut flags = vec!["-mod=readonly", "-gcflags=all=-dwarf=false -l"];
        if self.ours {
            // Go makes modules read-only, which would make it hard to remove `.tools/`.
            flags.push("-modcacherw");
        }
        flags
    }
}

impl fmt::Display for Go {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Go {}", self.version)
    }
}

/// The folder of the program's sources.
pub(crate) fn backend_sources() -> PathBuf {
    workspace::root().join("tests/backend")
}

/// The version that the program's `go.mod` requires.
fn oldest() -> Result<String> {
    let path = backend_sources().join("go.mod");
    let text = std::fs::read_to_string(&path);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("go "));
    let version = line.with_context(|| format!("{} names no version of Go", path.display()))?;
    Ok(version.trim().to_owned())
}

/// The numbers of `1.26.8` or `1.27rc1`; a release candidate precedes its release.
fn release(version: &str) -> (u32, u32, u32) {
    let (numbers, candidate) = version
        .split_once("rc")
        .map_or((version, false), |(numbers, _)| (numbers, true));
    let mut numbers = numbers.split('.').map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    let (major, minor, patch) = (next(), next(), next());
    (major, minor, if candidate { 0 } else { patch + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(release("1.26.8") >= release("1.24.6"));
        assert!(release("1.24.6") >= release("1.24.6"));
        assert!(release("1.9") < release("1.24.6"));
        assert!(release("1.24rc2") < release("1.24"));
        assert!(release("devel") < release("1.24"));
    }
}
