//! `cargo flytekit` on crates of users, whose executables are built, read and never run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use flytekit_test_support::{Ended, build};
use object::write::Object;
use object::{Architecture, BinaryFormat, Endianness, SectionKind};
use serde_json::Value;
use tempfile::TempDir;

const CARGO_TOML: &str = r#"
[package]
name = "NAME"
version = "0.1.0"
edition = "2024"

[features]
more = []

[dependencies]
flytekit = { path = "FLYTEKIT" }

[profile.dev]
debug = false

[workspace]
"#;

/// A program that aborts if it is run.
const PROGRAM: &str = r#"
    use flytekit::prelude::*;

    /// Adds two numbers.
    #[task(retries = 3)]
    fn add(a: i64, b: i64) -> i64 {
        a + b
    }

    #[cfg(feature = "more")]
    #[task]
    fn more() {}

    fn main() -> std::process::ExitCode {
        panic!("this was run")
    }
"#;

/// A crate outside of the workspace, with dependencies that Cargo already has.
struct Crate {
    folder: TempDir,
}

impl Crate {
    /// A crate with a unique name, because all crates are built into one folder, at the same time.
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("a workspace");
        let runtime = root.join("runtime").display().to_string();
        for (file, content) in [&[("Cargo.toml", CARGO_TOML)], files].concat() {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
            fs::write(
                path,
                content.replace("FLYTEKIT", &runtime).replace("NAME", name),
            )
            .expect("a file is written");
        }
        let lock = folder.path().join("Cargo.lock");
        fs::copy(root.join("Cargo.lock"), lock).expect("versions are kept");
        Crate { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn flytekit(&self, args: &[&str]) -> Ended {
        Crate::flytekit_in(self.folder.path(), args)
    }

    /// Runs the subcommand as Cargo starts it.
    fn flytekit_in(folder: &Path, args: &[&str]) -> Ended {
        let own = Path::new(env!("CARGO_BIN_EXE_cargo-flytekit"));
        let programs = own.parent().map(Path::to_owned);
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(programs.into_iter().chain(env::split_paths(&path)));
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.arg("flytekit").args(args).current_dir(folder);
        command.env("PATH", path.expect("a list of folders"));
        command.env("CARGO_TARGET_DIR", target());
        command.env("CARGO_NET_OFFLINE", "true");
        build(&mut command)
    }

    /// Runs the subcommand with a build that takes less time than an optimized one.
    fn debug(&self, args: &[&str]) -> Ended {
        self.flytekit(&[args, &["--debug"]].concat())
    }
}

/// This workspace's target folder, where most dependencies are already compiled.
fn target() -> &'static Path {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap_or(temporary)
}

#[test]
fn a_crate_is_built_and_read_but_not_run() {
    let outside = Crate::new("outside_read", &[("src/main.rs", PROGRAM)]);
    let listed = outside.debug(&["list"]);
    let expected = "outside_read.add(a: integer, b: integer) -> o0: integer  [python-task]\n    Adds two numbers.\n";
    assert_eq!(listed.text(), expected, "{listed}");
    // Cargo's progress is shown, and does not interfere.
    assert!(listed.stderr.contains("Finished"), "{listed}");

    let listed = outside.debug(&["list", "--json", "--features", "more", "-p", "outside_read"]);
    let listed: Vec<Value> = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!(listed.len(), 2, "{listed:?}");

    let described = outside.debug(&["describe", "outside_read.add", "--format", "json"]);
    let described: Value = serde_json::from_slice(&described.stdout).expect("JSON");
    assert_eq!(described["template"]["metadata"]["retries"]["retries"], 3);
}

#[test]
fn a_change_is_seen_beside_the_last_package() {
    let outside = Crate::new("outside_changed", &[("src/main.rs", PROGRAM)]);
    // The settings are the crate's, even if the command runs in another folder.
    fs::write(
        outside.path("flytekit.toml"),
        "[image]\ndefault = \"team/app:1\"\n",
    )
    .expect("a file");
    let packaged = outside.debug(&["package"]);
    assert_eq!(
        packaged.text(),
        "Wrote 1 task to flyte-package.tgz\n",
        "{packaged}"
    );
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let manifest = outside.path("Cargo.toml").display().to_string();
    let archive = outside.path("flyte-package.tgz").display().to_string();
    let args = ["diff", &archive, "--debug", "--manifest-path", &manifest];
    let equal = Crate::flytekit_in(elsewhere.path(), &args);
    assert_eq!(equal.code(), Some(0), "{equal}");
    fs::write(outside.path("src/main.rs"), PROGRAM.replace("= 3", "= 4")).expect("a file");
    let changed = outside.debug(&["diff", "flyte-package.tgz"]);
    let text =
        "~ outside_changed.add\n    retries: 4, was 3\n0 added, 0 removed, 1 changed, 0 equal\n";
    assert_eq!(
        (changed.code(), &*changed.text()),
        (Some(1), text),
        "{changed}"
    );
}

#[test]
fn errors_of_the_build_are_cargos() {
    let outside = Crate::new(
        "outside_broken",
        &[("src/main.rs", "fn main() { let x: u8 = \"text\"; }")],
    );
    let ended = outside.debug(&["list"]);
    assert_eq!((ended.code(), &*ended.text()), (Some(101), ""), "{ended}");
    assert!(
        ended.stderr.contains("E0308") && ended.stderr.contains("src/main.rs"),
        "{ended}"
    );
    assert!(
        !ended.stderr.contains("no tasks"),
        "one error is enough: {ended}"
    );

    let ended = outside.debug(&["list", "--bin", "missing"]);
    assert!(
        ended.code() == Some(101) && ended.stderr.contains("missing"),
        "{ended}"
    );
}

#[test]
fn a_library_has_no_executable() {
    let outside = Crate::new("outside_library", &[("src/lib.rs", "")]);
    let ended = outside.debug(&["list"]);
    let message = "the build has no executable: tasks are registered from a binary";
    assert!(
        ended.code() == Some(1) && ended.stderr.contains(message),
        "{ended}"
    );
}

#[test]
fn of_several_binaries_the_one_with_tasks_is_meant() {
    let none = "fn main() {}";
    let other = PROGRAM.replace("fn add(", "fn subtract(");
    let outside = Crate::new(
        "outside_several",
        &[("src/main.rs", PROGRAM), ("src/bin/helper.rs", none)],
    );
    let ended = outside.debug(&["list"]);
    assert!(ended.text().starts_with("outside_several.add("), "{ended}");
    let ended = outside.debug(&["list", "--bin", "helper"]);
    assert!(
        ended.code() == Some(1) && ended.stderr.contains("helper: no tasks found"),
        "{ended}"
    );

    fs::write(outside.path("src/bin/other.rs"), other).expect("a file");
    let ended = outside.debug(&["list"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    for part in [
        "several binaries have tasks: ",
        "other",
        "outside",
        "--bin NAME",
    ] {
        assert!(
            ended.stderr.contains(part) && !ended.stderr.contains("helper,"),
            "{ended}"
        );
    }
    let ended = outside.debug(&["list", "--bin", "other"]);
    assert!(ended.text().starts_with("other.subtract("), "{ended}");
}

/// The file that a linker for another machine would write, with the tasks of `file`.
fn for_another_machine(file: &Path, format: BinaryFormat) -> Vec<u8> {
    use object::{Object as _, ObjectSection as _};
    let content = fs::read(file).expect("a program");
    let program = object::File::parse(&*content).expect("a program");
    let section = program.section_by_name("flytekit").expect("its tasks");
    let mut other = Object::new(format, Architecture::Aarch64, Endianness::Little);
    let segment = if format == BinaryFormat::MachO {
        "__DATA"
    } else {
        ""
    };
    let kind = SectionKind::ReadOnlyData;
    let id = other.add_section(segment.into(), "flytekit".into(), kind);
    other.append_section_data(id, section.data().expect("its bytes"), 8);
    other.write().expect("an object file")
}

#[test]
fn a_finished_file_is_read_wherever_it_would_run() {
    let outside = Crate::new("outside_finished", &[("src/main.rs", PROGRAM)]);
    assert!(outside.debug(&["list"]).success());
    let built = target().join("debug/outside_finished");
    // No crate is needed.
    fs::remove_file(outside.path("Cargo.toml")).expect("a file is removed");
    for format in [BinaryFormat::Elf, BinaryFormat::MachO, BinaryFormat::Coff] {
        let path = outside.path("program");
        fs::write(&path, for_another_machine(&built, format)).expect("a file");
        let listed = outside.flytekit(&["list", "--file", "program"]);
        assert!(
            listed.text().starts_with("outside_finished.add("),
            "{format:?}: {listed}"
        );
        let args = [
            "package", "--file", "program", "--image", "app:1", "--force",
        ];
        let packaged = outside.flytekit(&args);
        assert!(packaged.success(), "{format:?}: {packaged}");
    }
    let ended = outside.flytekit(&["list", "--file", "missing"]);
    assert!(
        ended.code() == Some(1) && ended.stderr.contains("missing: No such file"),
        "{ended}"
    );
    let ended = outside.flytekit(&["list", "--file", "program", "--release"]);
    assert!(ended.code() == Some(2), "{ended}");
}

#[test]
fn the_command_line_is_explained() {
    let outside = Crate::new("outside_help", &[]);
    let help = outside.flytekit(&["--help"]);
    for part in [
        "Usage: cargo flytekit",
        "list",
        "describe",
        "diff",
        "package",
        "register",
    ] {
        assert!(
            help.success() && help.text().contains(part),
            "no {part}: {help}"
        );
    }
    let help = outside.flytekit(&["package", "--help"]);
    for part in [
        "-p, --package",
        "--target <TRIPLE>",
        "--file <PATH>",
        "--image",
        "--output",
    ] {
        assert!(
            help.success() && help.text().contains(part),
            "no {part}: {help}"
        );
    }
    // `-p` has the same meaning as in `flytekit::main()`.
    let help = outside.flytekit(&["register", "--help"]);
    assert!(help.text().contains("-p, --project"), "{help}");
    let ended = outside.flytekit(&["run", "outside_help.add"]);
    assert!(
        ended.code() == Some(2) && ended.stderr.contains("run --remote"),
        "{ended}"
    );
    // Names from other programs cannot control the terminal.
    for (words, code, shown) in [
        (&["list", "--file", "no\u{1b}[2J"][..], 1, "no\\u{1b}[2J: "),
        (&["list", "--\u{202e}x"], 2, "--\\u{202e}x"),
    ] {
        let ended = outside.flytekit(words);
        assert_eq!(ended.code(), Some(code), "{ended}");
        let said = &ended.stderr;
        assert!(
            said.starts_with("error: ") && said.contains(shown),
            "{ended}"
        );
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
    let ended = outside.flytekit(&["lst"]);
    assert!(
        ended.code() == Some(2) && ended.stderr.contains("'list'"),
        "{ended}"
    );
}
