//! Values and errors in both languages: flytekit writes inputs, the fixture runs like a container, flytekit
//! reads its outputs, and runs its own twins.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use flytekit_tests::{assert_no_problems, run_within, script};

/// The problems of each case, by its kind and its name.
type Problems = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Many times the usual duration: each case is a process, in both languages.
const DEADLINE: Duration = Duration::from_secs(1800);

static PROBLEMS: LazyLock<Problems> = LazyLock::new(|| {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let ended = run_within(
        DEADLINE,
        script("runs.py")
            .arg(env!("CARGO_BIN_EXE_fixture"))
            .arg(report.path()),
        |_| (),
    );
    assert!(ended.success(), "{ended}");
    serde_json::from_reader(report).expect("a report")
});

#[test]
fn a_task_gives_what_its_twin_gives() {
    assert_no_problems(&PROBLEMS["values"]);
}

#[test]
fn large_outputs_lie_where_those_of_the_twin_do() {
    assert_no_problems(&PROBLEMS["offloaded"]);
}

#[test]
fn a_task_fails_as_its_twin_fails() {
    assert_no_problems(&PROBLEMS["errors"]);
}
