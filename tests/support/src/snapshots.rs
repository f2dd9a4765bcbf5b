//! Readable snapshots, in files that are reviewed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use crate::diff;

/// Compares texts, by the names of their files, with those below `tests/snapshots/<folder>`, and reports the
/// differences. `now` names the texts in messages. `FLYTEKIT_BLESS=1` writes the files; review the changes.
///
/// # Panics
///
/// If they differ, or cannot be read.
///
/// ```no_run
/// let texts = [("add.yaml".to_owned(), "kind: Pod\n".to_owned())].into();
/// flytekit_test_support::check_snapshots("objects/app", "built now", &texts);
/// ```
pub fn check_snapshots(folder: &str, now: &str, texts: &BTreeMap<String, String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let below = format!("snapshots/{folder}");
    if env::var_os("FLYTEKIT_BLESS").is_some() {
        return write(&root.join(below), texts);
    }
    let snapshots = read(&root.join(&below));
    let names: BTreeSet<_> = texts.keys().chain(snapshots.keys()).collect();
    let text =
        |texts: &BTreeMap<_, String>, name: &String| texts.get(name).cloned().unwrap_or_default();
    let differences = names.into_iter().map(|name| {
        let (snapshot, found) = (text(&snapshots, name), text(texts, name));
        diff((&format!("{below}/{name}"), &snapshot), (now, &found))
    });
    let differences: String = differences.collect();
    assert!(
        differences.is_empty(),
        "run the test with FLYTEKIT_BLESS=1 and review the change:\n{differences}"
    );
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let texts = paths.map(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        let text = fs::read_to_string(&path).expect("text");
        (name.expect("a name").to_owned(), text)
    });
    texts.collect()
}

/// Makes these files the only content of the folder.
fn write(folder: &Path, texts: &BTreeMap<String, String>) {
    for stale in read(folder)
        .keys()
        .filter(|name| !texts.contains_key(*name))
    {
        fs::remove_file(folder.join(stale)).expect("a file that can be removed");
    }
    if !texts.is_empty() {
        fs::create_dir_all(folder).expect("a folder");
    }
    for (name, text) in texts {
        fs::write(folder.join(name), text).expect("a file that can be written");
    }
}
