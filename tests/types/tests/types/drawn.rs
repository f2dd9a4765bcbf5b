//! Generated types and values across the languages: flytekit writes, Rust reads and writes again, and both
//! agree about the types.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flytekit_tests::{assert_no_problems, run, script};
use serde::Deserialize;

/// The script's report.
#[derive(Deserialize)]
struct Report {
    types: BTreeMap<String, Vec<String>>,
    values: BTreeMap<String, Vec<String>>,
    /// The number of values in each form.
    forms: BTreeMap<String, usize>,
}

static REPORT: LazyLock<Report> = LazyLock::new(|| {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let seed = std::env::var("FLYTEKIT_TEST_SEED").unwrap_or_else(|_| "1".to_owned());
    println!("drawn with FLYTEKIT_TEST_SEED={seed}");
    let ended = run(script("drawn_types.py")
        .arg(env!("CARGO_BIN_EXE_types"))
        .arg(&seed)
        .arg(report.path()));
    assert!(ended.success(), "{ended}");
    serde_json::from_reader(report).expect("a report")
});

#[test]
fn a_type_is_what_flytekit_says_it_is() {
    assert_no_problems(&REPORT.types);
}

#[test]
fn a_value_is_read_and_written_as_flytekit_does() {
    assert_no_problems(&REPORT.values);
}

/// Without this test, a form that is never generated would go unnoticed.
#[test]
fn values_come_in_many_forms() {
    let mut forms = REPORT.forms.clone();
    let not_written = forms.remove("not written by flytekit").unwrap_or_default();
    let rare = forms.iter().filter(|&(_, &count)| count < 20);
    assert_eq!(rare.collect::<Vec<_>>(), [], "of {forms:?}");
    let all: usize = forms.values().sum();
    assert!(all > 2000 && not_written < all / 50, "{:?}", REPORT.forms);
}
