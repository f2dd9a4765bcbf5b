//! All tasks of a program before the backend's compiler and plugins, and snapshots of what is built.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

use super::{Build, Compile, build, compile};
use crate::{diff, run};

/// Of tasks without an image of their own.
const IMAGE: &str = "registry/default:tag";

/// Writes the archive of a program's tasks into a folder.
///
/// # Panics
///
/// When the program does not.
///
/// ```no_run
/// let archive = flytekit_test_support::backend::package("target/debug/app".as_ref(), "/tmp".as_ref());
/// ```
pub fn package(program: &Path, folder: &Path) -> PathBuf {
    let archive = folder.join("package.tgz");
    let mut package = Command::new(program);
    package.args(["package", "--image", IMAGE, "--output"]);
    let ended = run(package
        .arg(&archive)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("CARGO_MANIFEST_DIR"));
    assert!(ended.success(), "{ended}");
    archive
}

/// Compiles and builds all tasks of a program on a platform with these settings, and compares the objects of
/// those to be shown with `snapshots/objects/<binary>`. `FLYTEKIT_BLESS=1` writes the files anew; review what
/// that changes.
///
/// # Panics
///
/// When a task is refused, or objects differ.
///
/// ```no_run
/// let program = "target/debug/quickstart".as_ref();
/// let platform = serde_json::Map::new();
/// flytekit_test_support::backend::check("quickstart", program, &platform, |task| task == "quickstart.add");
/// ```
pub fn check(
    binary: &str,
    program: &Path,
    platform: &Map<String, Value>,
    is_shown: impl Fn(&str) -> bool,
) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let closure = vec![package(program, folder.path())];
    let verdicts = compile(&Compile {
        closure: closure.clone(),
        ..Compile::default()
    });
    for verdict in &verdicts {
        assert!(verdict.errors.is_empty(), "{verdict:#?}");
    }
    let built = build(&Build {
        closure,
        settings: platform.clone(),
        ..Build::default()
    });
    assert_eq!(built.len(), verdicts.len(), "not all are built");
    let mut texts = BTreeMap::new();
    for task in built {
        assert!(
            task.error.is_none() && !task.objects.is_empty(),
            "{task:#?}"
        );
        if is_shown(&task.name) {
            let file = format!("{}.yaml", task.name);
            texts.insert(file, task.objects.join("---\n"));
        }
    }
    compare(binary, &texts);
}

fn compare(binary: &str, texts: &BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/objects");
    let folder = folder.join(binary);
    if env::var_os("FLYTEKIT_BLESS").is_some() {
        return write(&folder, texts);
    }
    let snapshots = read(&folder);
    let names: BTreeSet<_> = texts.keys().chain(snapshots.keys()).collect();
    let text =
        |texts: &BTreeMap<_, String>, name: &String| texts.get(name).cloned().unwrap_or_default();
    let differences = names.into_iter().map(|name| {
        let (snapshot, now) = (text(&snapshots, name), text(texts, name));
        let place = format!("snapshots/objects/{binary}/{name}");
        diff((&place, &snapshot), ("built now", &now))
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
        let name = path.file_name().expect("a name").to_string_lossy();
        (
            name.into_owned(),
            fs::read_to_string(&path).expect("a snapshot"),
        )
    });
    texts.collect()
}

/// Makes the folder hold these files and no others.
fn write(folder: &Path, texts: &BTreeMap<String, String>) {
    if texts.is_empty() {
        return;
    }
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
