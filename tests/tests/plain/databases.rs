//! Queries of `SQLite` beside those of flytekit's own executor, on the same databases.

use std::collections::BTreeMap;

use flytekit_tests::{assert_no_problems, run, script};

#[test]
fn tables_are_those_of_flytekit() {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let ended = run(script("databases.py")
        .arg(env!("CARGO_BIN_EXE_databases"))
        .arg(report.path()));
    assert!(ended.success(), "{ended}");
    let cases: BTreeMap<String, Vec<String>> = serde_json::from_reader(report).expect("a report");
    assert!(!cases.is_empty());
    assert_no_problems(&cases);
}
