//! Runs all tasks of a program through the backend's compiler and plugins, with snapshots of the built
//! objects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};

use super::{Build, Compile, build, compile};
use crate::{check_snapshots, run};

/// The image of tasks without an image of their own.
const IMAGE: &str = "registry/default:tag";

/// Writes the archive of a program's tasks into a folder.
///
/// # Panics
///
/// If the program fails.
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
/// selected tasks with `snapshots/objects/<binary>`. `FLYTEKIT_BLESS=1` writes the files; review the changes.
///
/// # Panics
///
/// If a task is refused, or objects differ.
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
    check_snapshots(&format!("objects/{binary}"), "built now", &texts);
}
