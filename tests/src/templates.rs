//! Snapshots of the templates that leave a binary: one file a task in `snapshots/templates/`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use flytekit::registry;
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::text;
use flytekit_test_support::backend;
use prost::Name;
use serde_json::Map;

use crate::diff;

/// Compares the templates in `executable` with those in `snapshots/templates/<binary>`, and says
/// what changed. `FLYTEKIT_BLESS=1` writes the files anew; review what that changes.
///
/// # Panics
///
/// When they differ, or cannot be read.
pub fn check(binary: &str, executable: &Path) {
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
        "run the test with FLYTEKIT_BLESS=1 and review the change:\n{differences}"
    );
}

/// Compares the Kubernetes objects of all tasks in `executable` with those in `snapshots/objects/<binary>`.
/// `FLYTEKIT_BLESS=1` writes the files anew; review what that changes.
///
/// # Panics
///
/// When they differ, or the backend refuses a task.
pub fn check_objects(binary: &str, executable: &Path) {
    backend::check(binary, executable, &Map::new(), |_| true);
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
