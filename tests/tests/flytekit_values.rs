//! Values and errors across the languages: flytekit writes inputs, the fixture runs as a container
//! does, flytekit reads what it left, and does the same itself.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flytekit_tests::{run, script};

/// The problems of each case, by its kind and its name.
type Problems = BTreeMap<String, BTreeMap<String, Vec<String>>>;

static PROBLEMS: LazyLock<Problems> = LazyLock::new(|| {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let ended = run(script("runs.py")
        .arg(env!("CARGO_BIN_EXE_fixture"))
        .arg(report.path()));
    assert!(ended.success(), "{ended}");
    serde_json::from_reader(report).expect("a report")
});

fn assert_none(kind: &str) {
    let cases = &PROBLEMS[kind];
    assert!(!cases.is_empty(), "no cases");
    let problems = cases.iter().filter(|(_, problems)| !problems.is_empty());
    let shown: Vec<_> = problems
        .map(|(case, problems)| format!("{case}:\n{}", problems.join("\n")))
        .collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn a_task_gives_what_its_twin_gives() {
    assert_none("values");
}

#[test]
fn a_task_fails_as_its_twin_fails() {
    assert_none("errors");
}
