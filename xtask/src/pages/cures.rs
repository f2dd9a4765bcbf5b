//! Checks that the errors on the page about the first hour are the errors that people see.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{process, workspace};

const PAGE: &str = "docs/first-hour.md";

/// Messages of other projects' programs, which the tests below cause.
const CAUSED: [&str; 5] = [
    "cargo: command not found",
    "error: no such command: flytekit",
    "rustc 1.85.0 is not supported by the following package",
    "linker cc not found",
    "failed to download from …/config.json",
];

/// Messages whose cause no test can provide: published crates, an old cargo, a full or unwritable disk,
/// macOS, a machine without `protoc`, and Debian's Python.
const ELSEWHERE: [&str; 7] = [
    "it requires rustc 1.88 or newer",
    "feature edition2024 is required",
    "ld terminated with signal 7 [Bus error]",
    "Read-only file system",
    "xcrun: error: invalid active developer path",
    "Could not find protoc",
    "error: externally-managed-environment",
];

/// The sources of our own messages, whose numbers and names differ from run to run.
const OURS: [(&str, &str, &str); 8] = [
    (
        "no Python for the demo: it needs Python 3.10 to 3.14",
        "xtask/src/setup/python.rs",
        "no Python for ",
    ),
    (
        "cannot install the pinned packages",
        "xtask/src/setup/installer.rs",
        "cannot install the pinned packages",
    ),
    (
        "found no Spark to run on",
        "runtime/src/engine/spark/endpoint.rs",
        "found no Spark to run on",
    ),
    (
        "cannot listen on port 8000",
        "connector/src/server/mod.rs",
        "cannot listen on port ",
    ),
    (
        "the server refuses the connection",
        "runtime/src/register/admin/failure.rs",
        "refuses the connection",
    ),
    (
        "no tasks found",
        "runtime/src/registry/mod.rs",
        "no tasks found",
    ),
    (
        "exists already: choose another name",
        "cargo-flytekit/src/new/mod.rs",
        "exists already: choose another name",
    ),
    (
        "is too old: flytekit needs Rust",
        "cargo-flytekit/src/new/mod.rs",
        "is too old: flytekit needs Rust",
    ),
];

/// The errors on the page.
fn errors() -> Vec<String> {
    let page = fs::read_to_string(workspace::root().join(PAGE)).unwrap();
    let (_, table) = page.split_once("| you see | do this |").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let errors = rows.map(|row| {
        let mut cells = row.trim_matches('|').split(" | ").map(str::trim);
        let error = cells.next().unwrap().trim_matches('`');
        assert!(cells.next().is_some_and(|cure| !cure.is_empty()), "{row}");
        error.to_owned()
    });
    errors.collect()
}

#[test]
fn each_error_on_the_page_is_a_real_one_with_a_cure() {
    for error in errors() {
        if let Some((_, source, text)) = OURS.iter().find(|(shown, ..)| *shown == error) {
            let source = fs::read_to_string(workspace::root().join(source)).unwrap();
            assert!(source.contains(text), "{error}");
        } else {
            let mut known = CAUSED.iter().chain(&ELSEWHERE);
            assert!(known.any(|it| *it == error), "whose error is {error:?}?");
        }
    }
}

/// A crate in which a command has to fail.
struct Crate {
    folder: TempDir,
}

impl Crate {
    fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let package = "[package]\nname = \"my_app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        write("Cargo.toml", &format!("{package}{more}"));
        fs::create_dir(folder.path().join("src")).unwrap();
        write("src/main.rs", "fn main() {}\n");
        Self { folder }
    }

    /// The toolchain's cargo, which has no downloads of earlier commands.
    fn cargo(&self, verb: &str) -> Command {
        let mut cargo = self.command(&toolchain().join("bin/cargo"));
        cargo.arg(verb);
        cargo
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        command.env("CARGO_HOME", self.folder.path().join("home"));
        command.env("CARGO_TARGET_DIR", self.folder.path().join("target"));
        // The cargo that runs a test passes its own variable on.
        command.env_remove("RUSTC").env_remove("RUSTFLAGS");
        command
    }

    fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        path
    }
}

fn toolchain() -> PathBuf {
    let printed = process::output(Command::new("rustc").args(["--print", "sysroot"]));
    printed.unwrap().trim().into()
}

/// Checks that a command fails with a message of the page.
#[track_caller]
fn assert_says(command: &mut Command, error: &str) {
    assert!(CAUSED.contains(&error) && errors().iter().any(|it| it == error));
    let output = command.env_remove("PROTOC").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).replace('`', "");
    assert!(!output.status.success(), "{said}");
    assert!(error.split('…').all(|part| said.contains(part)), "{said}");
}

#[test]
fn a_shell_without_rust_says_so() {
    let mut bash = Command::new("/bin/bash");
    bash.args(["-c", "cargo install cargo-flytekit"]);
    assert_says(bash.env("PATH", "/nowhere"), "cargo: command not found");
}

#[test]
fn a_cargo_without_our_command_says_so() {
    let app = Crate::new("");
    let mut cargo = app.cargo("flytekit");
    cargo.env("PATH", toolchain().join("bin"));
    assert_says(&mut cargo, "error: no such command: flytekit");
}

#[test]
fn an_old_compiler_is_refused() {
    let app = Crate::new("rust-version = \"1.88\"\n");
    let compiler = toolchain().join("bin/rustc");
    let old = app.script(
        "rustc",
        &format!(
            "{} \"$@\" | sed 's/1\\.[0-9]*\\.0/1.85.0/g'",
            compiler.display()
        ),
    );
    let error = "rustc 1.85.0 is not supported by the following package";
    assert_says(app.cargo("check").env("RUSTC", &old), error);
}

#[test]
fn a_machine_without_a_linker_says_so() {
    let app = Crate::new("");
    let mut cargo = app.cargo("build");
    cargo.env("PATH", toolchain().join("bin"));
    assert_says(&mut cargo, "linker cc not found");
}

#[test]
fn a_machine_without_a_network_says_so() {
    let app = Crate::new("[dependencies]\nserde = \"1\"\n");
    let mut cargo = app.cargo("fetch");
    // Nothing listens on this port, which is reserved.
    cargo.env("HTTPS_PROXY", "http://127.0.0.1:1");
    cargo
        .env("CARGO_NET_RETRY", "0")
        .env_remove("CARGO_NET_OFFLINE");
    assert_says(&mut cargo, "failed to download from …/config.json");
}
