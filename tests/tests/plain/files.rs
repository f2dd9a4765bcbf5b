//! Files, folders, bytes and tables in both languages: flytekit writes inputs, reads Rust's outputs, and runs
//! its own twins.

use std::collections::BTreeMap;

use flytekit_tests::{assert_no_problems, run, script};

#[test]
fn what_lies_in_files_passes_both_ways() {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let ended = run(script("files.py")
        .arg(env!("CARGO_BIN_EXE_fixture"))
        .arg(report.path()));
    assert!(ended.success(), "{ended}");
    let cases: BTreeMap<String, Vec<String>> = serde_json::from_reader(report).expect("a report");
    assert_no_problems(&cases);
}
