//! Checks the docs' page about types: its table, its examples and its differences.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use flytekit_tests::{assert_no_problems, run, script};

/// The problems of each case, by its kind and its name.
type Problems = BTreeMap<String, BTreeMap<String, Vec<String>>>;

static PROBLEMS: LazyLock<Problems> = LazyLock::new(|| {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let ended = run(script("docs_types.py")
        .arg(env!("CARGO_BIN_EXE_types"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/types.md"))
        .arg(report.path()));
    assert!(ended.success(), "{ended}");
    serde_json::from_reader(report).expect("a report")
});

#[test]
fn the_table_has_the_names_of_flytes_types() {
    assert_no_problems(&PROBLEMS["names"]);
}

#[test]
fn the_examples_in_both_languages_are_twins() {
    assert_no_problems(&PROBLEMS["tasks"]);
}

#[test]
fn the_differences_are_what_is_different() {
    assert_no_problems(&PROBLEMS["differences"]);
}
