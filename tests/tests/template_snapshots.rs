//! The templates as they leave the binaries: one file a task in `tests/snapshots/templates/`.
//!
//! `FLYTEKIT_BLESS=1` writes the files anew; review what that changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use flytekit::registry;
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::text;
use flytekit_tests::{diff, run_within};
use prost::Name;

const BLESS: &str = "FLYTEKIT_BLESS=1 cargo test -p flytekit-tests --test template_snapshots";

#[test]
fn templates_of_the_fixture() {
    check("fixture", Path::new(env!("CARGO_BIN_EXE_fixture")));
}

#[test]
fn templates_of_the_quickstart() {
    check("quickstart", &example("quickstart"));
}

/// Cargo gives a test the binaries of its own package only. The executable with another one's unit
/// tests has the same tasks, and a run of all tests, which this call is part of, has built it.
fn example(name: &str) -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    build.args(["test", "--workspace", "--all-features", "--bin", name]);
    build.args(["--no-run", "--message-format=json"]);
    // What cargo has set for this test: build scripts that look at it would run again.
    let of_this_test =
        |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(of_this_test) {
            build.env_remove(name);
        }
    }
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    let ended = run_within(Duration::from_secs(600), &mut build, |_| ());
    assert!(ended.success(), "{ended}");
    let messages = ended.text();
    let mut executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    });
    executables
        .next_back()
        .unwrap_or_else(|| panic!("no executable: {ended}"))
}

fn check(binary: &str, executable: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots/templates")
        .join(binary);
    let templates = templates(executable);
    if env::var_os("FLYTEKIT_BLESS").is_some() {
        return write(&folder, &templates);
    }
    let snapshots = read(&folder);
    let names: BTreeSet<_> = templates.keys().chain(snapshots.keys()).collect();
    let text =
        |texts: &BTreeMap<_, String>, name: &String| texts.get(name).cloned().unwrap_or_default();
    let differences = names.into_iter().map(|name| {
        let (snapshot, now) = (text(&snapshots, name), text(&templates, name));
        diff(
            (&format!("snapshots/templates/{binary}/{name}"), &snapshot),
            ("in the binary", &now),
        )
    });
    let differences: String = differences.collect();
    assert!(
        differences.is_empty(),
        "run `{BLESS}` and review the change:\n{differences}"
    );
}

/// File names and texts.
fn templates(executable: &Path) -> BTreeMap<String, String> {
    let tasks = registry::read_file(executable).expect("tasks");
    let text = |spec: &[u8]| text::format(&TaskSpec::full_name(), spec).expect("a TaskSpec");
    tasks
        .iter()
        .map(|task| (format!("{}.textproto", task.name), text(&task.spec)))
        .collect()
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a name");
            (name.to_owned(), fs::read_to_string(&path).expect("text"))
        })
        .collect()
}

/// Makes the folder hold these files and no others.
fn write(folder: &Path, texts: &BTreeMap<String, String>) {
    fs::create_dir_all(folder).expect("a folder");
    for stale in read(folder)
        .keys()
        .filter(|name| !texts.contains_key(*name))
    {
        fs::remove_file(folder.join(stale)).expect("a file that can be removed");
    }
    for (name, text) in texts {
        fs::write(folder.join(name), text).expect("a file that can be written");
    }
}
