//! Queries of `SQLite` beside those of flytekit's own executor, on the same databases.

use std::collections::BTreeMap;

use std::process::Command;

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

#[test]
fn an_error_is_raised_where_the_query_was_run() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_databases"));
    command.args(["run", "query", "--template", "SELECT 1"]);
    command.args(["--uri", "/no/such/database", "--compressed", "false"]);
    let ended = run(&mut command);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let place = "raised at tests/src/bin/databases.rs:";
    assert!(ended.stderr.contains(place), "{ended}");
}
