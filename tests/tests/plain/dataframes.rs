//! Data frames across the languages: flytekit writes what Rust reads, and reads what Rust wrote, on
//! Sail and on Spark.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use flytekit_tests::{assert_no_problems, run_within, script};

/// Many times the duration of a JVM's start and two dozen runs.
const DEADLINE: Duration = Duration::from_secs(1800);

fn compare(server: &str) {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut command: Command = script("dataframes.py");
    command
        .arg(env!("CARGO_BIN_EXE_fixture"))
        .arg(server)
        .arg(report.path());
    let ended = run_within(DEADLINE, &mut command, |_| ());
    assert!(ended.success(), "{ended}");
    let cases: BTreeMap<String, Vec<String>> = serde_json::from_reader(report).expect("a report");
    assert_no_problems(&cases);
}

#[test]
fn frames_pass_both_ways_on_sail() {
    compare("sail");
}

#[test]
fn frames_pass_both_ways_on_spark() {
    compare("spark");
}
