//! Builds the backend's own code as one program, a judge in the tests, from `tests/backend/`.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::go::{Go, backend_sources};
use super::stamp::Stamp;
use super::{cost, make_tools_folder};
use crate::{process, report, workspace};

/// Advice for a failed build, whose cause is nearly always the network.
const CANNOT_BUILD: &str = "cannot build tests/backend; go needs its modules' proxy (see GOPROXY)";

/// The program. It is built first if its sources or the toolchain have changed.
pub(super) fn provide(go: &Go) -> Result<PathBuf> {
    let folder = workspace::tools().join("backend");
    let program = folder.join("flyte-backend");
    let sources = digest(&backend_sources())?;
    let stamp = Stamp::new(&folder, &[&go.to_string(), &go.flags().join(" "), &sources]);
    if stamp.is_there() && program.exists() {
        return Ok(program);
    }
    let cost = cost::of("backend")?;
    let what = format!("the backend's own code in .tools/backend ({cost} of compiling)");
    report::step(&what, |ticker| {
        make_tools_folder()?;
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        // The program is moved into place, because tests of another work tree may be running the old one.
        let unfinished = program.with_extension("unfinished");
        let mut build = go.command();
        build
            .args(["build", "-v", "-ldflags=-s -w"])
            .args(go.flags());
        build.arg("-o").arg(&unfinished).arg(".");
        process::run_quietly(&mut build, ticker).context(CANNOT_BUILD)?;
        fs::rename(&unfinished, &program)
            .with_context(|| format!("cannot write {}", program.display()))?;
        stamp.write()
    })?;
    Ok(program)
}

/// A number that changes with the content or the name of a source file.
fn digest(folder: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    let mut files = sources(folder)?;
    files.sort();
    for file in files {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(folder).unwrap_or(&file);
        (name, content).hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The sources of the program.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let unread = || format!("cannot read {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(unread)? {
        let path = entry.with_context(unread)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else if matches!(extension, Some("go" | "mod" | "sum")) {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_from_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
            digest(folder.path()).unwrap()
        };
        let first = write("main.go", "package main");
        let with_a_room = write("room/room.go", "package room");
        assert_ne!(first, with_a_room);
        assert_ne!(with_a_room, write("room/room.go", "package other"));
        assert_eq!(with_a_room, write("room/room.go", "package room"));
        assert_eq!(with_a_room, write("README.md", "A page."));
        assert_ne!(with_a_room, write("go.sum", ""));
    }
}
