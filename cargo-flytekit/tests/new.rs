//! `cargo flytekit new`: the crates that it creates, and the names and paths that it refuses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use flytekit_test_support::{Ended, build, python, run};
use tempfile::TempDir;

/// The crates in `tests/new`, which are members of this workspace: they are compiled, run and tested with all
/// others, so that Spark and gRPC are not compiled again.
const MEMBERS: [(&str, &str); 3] = [
    ("new-spark", "--spark"),
    ("new-dask", "--dask"),
    ("new-connector", "--connector"),
];

fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("a workspace")
}

/// A command of `new` in a folder, as cargo starts it.
fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-flytekit"));
    command.args(["flytekit", "new"]).args(args);
    command.current_dir(folder);
    command
}

fn new(folder: &Path, args: &[&str]) -> Ended {
    run(&mut command(folder, args))
}

/// The arguments for a crate that depends on these sources.
fn of_sources<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let root = root().to_str().expect("a path in UTF-8");
    [args, &["--flytekit", root]].concat()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The files below a folder by their paths, without Git's and those that cargo writes later.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    fn read(folder: &Path, below: &Path, files: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder.join(below)).expect("a folder") {
            let entry = entry.expect("a file");
            let path = below.join(entry.file_name());
            let name = entry.file_name();
            if entry.path().is_dir() {
                if name != ".git" && name != "target" {
                    read(folder, &path, files);
                }
            } else if name != "Cargo.lock" {
                let content = fs::read_to_string(entry.path()).expect("a text");
                files.insert(path, content);
            }
        }
    }
    let mut found = BTreeMap::new();
    read(folder, Path::new(""), &mut found);
    found
}

/// The names of the files in a folder, hidden files too.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("a file").file_name());
    let mut names: Vec<_> = names.map(|name| name.display().to_string()).collect();
    names.sort();
    names
}

/// After a change of the templates, `FLYTEKIT_BLESS=1` writes these crates again.
#[test]
fn the_members_of_the_workspace_are_what_new_creates() {
    let bless = env::var_os("FLYTEKIT_BLESS").is_some();
    for (name, flag) in MEMBERS {
        let folder = folder();
        let ended = new(folder.path(), &of_sources(&[name, flag]));
        assert!(ended.success(), "{ended}");
        let mut created = files(&folder.path().join(name));
        let manifest = created
            .get_mut(Path::new("Cargo.toml"))
            .expect("a manifest");
        *manifest = manifest.replace(&root().display().to_string(), "../../..");
        let member = root().join("tests/new").join(name);
        if bless {
            for (path, content) in &created {
                let path = member.join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, content).expect("a file");
            }
        }
        assert_eq!(created, files(&member), "{}", member.display());
    }
}

/// Builds in this workspace's target folder, where flytekit without features is compiled for other tests, too.
fn cargo(folder: &Path, args: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    cargo.args(args).current_dir(folder);
    cargo.env("CARGO_TARGET_DIR", temporary.parent().expect("a folder"));
    cargo.env("CARGO_NET_OFFLINE", "true");
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "false");
    cargo
}

#[test]
fn a_crate_builds_runs_and_tests_itself() {
    let parent = folder();
    for (name, flag, first) in [
        (
            "outside-new",
            None,
            &["run", "outside_new.greet", "--name", "World"][..],
        ),
        (
            "outside_new_workflow",
            Some("--workflow"),
            &["run", "outside_new_workflow.report", "--day", "2026-01-31"],
        ),
    ] {
        let args: Vec<_> = [name].into_iter().chain(flag).collect();
        let created = new(parent.path(), &of_sources(&args));
        assert!(created.success(), "{created}");
        let said = created.text();
        assert!(said.contains(&format!("cd {name}\n  cargo test")), "{said}");
        // The command that it recommends.
        assert!(
            said.contains(&format!("cargo run -- {}", first.join(" "))),
            "{said}"
        );
        let folder = parent.path().join(name);
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("versions are kept");
        for args in [
            &["fmt", "--check"][..],
            &["test", "--quiet"],
            &[&["run", "--quiet", "--"], first].concat(),
        ] {
            let ended = build(&mut cargo(&folder, args));
            assert!(ended.success(), "{ended}");
        }
        // Git ignores the build output.
        let mut git = Command::new("git");
        let status = run(git
            .args(["status", "--short", "--untracked-files=all"])
            .current_dir(&folder));
        assert!(status.text().contains("?? Cargo.lock"), "{status}");
        assert!(!status.text().contains("target"), "{status}");
    }
}

#[test]
fn a_crate_joins_the_workspace_around_it() {
    let parent = folder();
    fs::write(
        parent.path().join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\n",
    )
    .expect("a file");
    let ended = new(parent.path(), &of_sources(&["my_app"]));
    assert!(ended.success(), "{ended}");
    let manifest = fs::read_to_string(parent.path().join("Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("members = [\"my_app\"]"), "{manifest}");
    let lock = parent.path().join("Cargo.lock");
    fs::copy(root().join("Cargo.lock"), lock).expect("versions are kept");
    let ended = build(&mut cargo(parent.path(), &["tree", "--package", "my_app"]));
    assert!(
        ended.success() && ended.text().contains("flytekit"),
        "{ended}"
    );
}

/// The error says what is wrong and what to do; nothing is left in the folder.
#[test]
fn nothing_is_left_of_a_crate_that_cannot_be() {
    for (args, wrong, cure) in [
        (
            &["fn"][..],
            "Rust keyword",
            "choose another name, such as `fn_app`",
        ),
        (&["test"], "built-in test library", "such as `test_app`"),
        (&["MyApp"], "from a to z", "try `myapp`"),
        (&["héllo"], "from a to z", "try `h_llo`"),
        (&["1st"], "begin with a letter", "digits"),
        (
            &["."],
            "does not name a new folder",
            "cargo flytekit new my_app",
        ),
        (&["a/b/my_app"], "there is no folder a/b", "my_app"),
        (&["flytekit"], "depends on", "choose another"),
        (&["app", "--spark", "--dask"], "--spark", "--dask"),
        (&["app", "--sprak"], "--sprak", "--spark"),
        (&["app", "--flytekit", "nowhere"], "no checkout", "nowhere"),
        (&[], "<PATH>", "--help"),
    ] {
        let parent = folder();
        let ended = new(parent.path(), args);
        assert!(!ended.success() && ended.text().is_empty(), "{ended}");
        let said = &ended.stderr;
        assert!(
            said.contains(wrong) && said.contains(cure),
            "{args:?}: {ended}"
        );
        assert_eq!(names(parent.path()), [""; 0], "{args:?}");
    }
}

#[test]
fn a_folder_that_exists_stays_as_it_is() {
    let parent = folder();
    let app = parent.path().join("my_app");
    fs::create_dir(&app).expect("a folder");
    fs::write(app.join("notes"), "mine").expect("a file");
    let ended = new(parent.path(), &["my_app"]);
    assert!(!ended.success(), "{ended}");
    assert!(
        ended
            .stderr
            .contains("my_app exists already: choose another name"),
        "{ended}"
    );
    assert_eq!(names(parent.path()), ["my_app"]);
    assert_eq!(names(&app), ["notes"]);
}

#[cfg(unix)]
#[test]
fn cargo_must_be_there_and_new_enough() {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = folder();
    let without =
        run(command(parent.path(), &["my_app"]).env("CARGO", parent.path().join("cargo")));
    assert!(!without.success(), "{without}");
    assert!(without.stderr.contains("cannot start cargo"), "{without}");
    assert!(without.stderr.contains("https://rustup.rs"), "{without}");

    let old = folder();
    let script = old.path().join("cargo");
    fs::write(
        &script,
        "#!/bin/sh\necho 'cargo 1.80.1 (376290515 2024-07-16)'\n",
    )
    .expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a mode");
    let ended = run(command(parent.path(), &["my_app"]).env("CARGO", &script));
    assert!(!ended.success(), "{ended}");
    let needed =
        "cargo 1.80.1 (376290515 2024-07-16) is too old: flytekit needs Rust 1.88 or newer";
    assert!(ended.stderr.contains(needed), "{ended}");
    assert!(ended.stderr.contains("rustup update"), "{ended}");
    assert_eq!(names(parent.path()), [""; 0]);
}

/// Runs the tests of the members that need an engine, which the crates themselves leave out.
#[test]
fn tasks_of_new_crates_run_on_their_engines() {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The features of the whole workspace, with which these are built for all tests.
    cargo.args(["build", "--quiet", "--workspace", "--all-features"]);
    cargo.args(["--bin", "new-spark", "--bin", "new-dask"]);
    let built = build(cargo.current_dir(root()));
    assert!(built.success(), "{built}");
    let beside = Path::new(env!("CARGO_BIN_EXE_cargo-flytekit"));
    for (program, task, result) in [
        (
            "new-spark",
            ["new_spark.sum_range", "--spark", "sail"],
            "499500",
        ),
        ("new-dask", ["new_dask.primes", "--dask", "local"], "9592"),
    ] {
        let mut app = Command::new(beside.with_file_name(program));
        app.env("FLYTEKIT_PYTHON", python());
        let ended = run(app.arg("run").args(task));
        assert!(ended.success() && ended.text().contains(result), "{ended}");
    }
}
