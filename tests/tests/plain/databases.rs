//! Queries of `SQLite` beside those of flytekit's own executor, on the same databases.

use std::collections::BTreeMap;

use std::fs;
use std::process::Command;

use flytekit_tests::{
    DEADLINE, assert_no_problems, eventually, interpreter, run, run_within, script, signal,
};

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

/// The unpacked database is removed with the process.
#[cfg(unix)]
#[test]
fn a_query_that_is_told_to_end_leaves_no_database() {
    const ENDLESS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    const PACKED: &str = "import gzip, sqlite3, sys; name = sys.argv[1]; base = sqlite3.connect(name); \
        base.execute('CREATE TABLE t (x)'); base.close(); packed = gzip.open(name + '.gz', 'wb'); \
        packed.write(open(name, 'rb').read()); packed.close()";
    let folder = tempfile::tempdir().expect("a folder");
    let temporary = folder.path().join("temporary");
    fs::create_dir(&temporary).expect("a folder");
    let database = folder.path().join("database").display().to_string();
    let packed = run(interpreter().args(["-c", PACKED, &database]));
    assert!(packed.success(), "{packed}");

    let mut command = Command::new(env!("CARGO_BIN_EXE_databases"));
    command.args(["run", "query", "--template", ENDLESS]);
    command.args(["--uri", &format!("{database}.gz"), "--compressed", "true"]);
    let count = || fs::read_dir(&temporary).expect("a folder").count();
    command.env("TMPDIR", &temporary);
    let ended = run_within(DEADLINE, &mut command, |child| {
        eventually("the database is unpacked", DEADLINE, || count() > 0);
        signal("TERM", child.id());
    });
    assert_eq!((ended.code(), count()), (Some(143), 0), "{ended}");
}
