//! Snapshots of the templates in a binary: one file per task in `snapshots/templates/`.

use std::collections::BTreeMap;
use std::path::Path;

use flytekit::registry;
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::text;
use flytekit_test_support::{backend, check_snapshots};
use prost::Name;
use serde_json::Map;

/// Compares the templates in `executable` with those in `snapshots/templates/<binary>`, and reports the
/// differences. `FLYTEKIT_BLESS=1` writes the files; review the changes.
///
/// # Panics
///
/// If they differ, or cannot be read.
pub fn check(binary: &str, executable: &Path) {
    let now = "in the binary";
    check_snapshots(&format!("templates/{binary}"), now, &templates(executable));
}

/// Compares the Kubernetes objects of all tasks in `executable` with those in `snapshots/objects/<binary>`.
/// `FLYTEKIT_BLESS=1` writes the files; review the changes.
///
/// # Panics
///
/// If they differ, or the backend refuses a task.
pub fn check_objects(binary: &str, executable: &Path) {
    backend::check(binary, executable, &Map::new(), |_| true);
}

/// File names and texts.
fn templates(executable: &Path) -> BTreeMap<String, String> {
    let tasks = registry::read_file(executable).expect("tasks").tasks;
    let text = |spec: &[u8]| text::format(&TaskSpec::full_name(), spec).expect("a TaskSpec");
    tasks
        .iter()
        .map(|task| (format!("{}.textproto", task.name), text(&task.spec)))
        .collect()
}
