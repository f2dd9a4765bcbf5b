//! Checks the page for users of flytekit: its names in Python, and its names in Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use flytekit_tests::{assert_no_problems, run, script};

const PAGE: &str = "docs/from-flytekit.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join(PAGE)).expect("the page")
}

#[test]
fn each_parameter_of_flytekit_is_told() {
    let report = tempfile::NamedTempFile::new().expect("a temporary file");
    let page = root().join(PAGE);
    let ended = run(script("docs_from_flytekit.py").arg(page).arg(report.path()));
    assert!(ended.success(), "{ended}");
    let problems: BTreeMap<String, Vec<String>> =
        serde_json::from_reader(report).expect("a report");
    assert!(problems.len() > 30, "{problems:?}");
    assert_no_problems(&problems);
}

/// The words of the other pages, which tests of their own compare with the code.
fn words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for folder in ["macros/docs", "docs"] {
        for file in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = file.expect("a file").path();
            if !path.ends_with(PAGE) && path.extension().is_some_and(|it| it == "md") {
                let text = fs::read_to_string(path).expect("a page");
                words.extend(text.split(|it| !is_of_a_name(it)).map(str::to_owned));
            }
        }
    }
    words
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The cells of the rows of all tables: the name in Python, the one in Rust, and the reason.
fn rows(page: &str) -> impl Iterator<Item = [&str; 3]> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let row = row.trim_start_matches("| ").trim_end_matches('|');
        let mut cells = row.splitn(3, " | ").map(str::trim);
        [(); 3].map(|()| cells.next().unwrap_or_default())
    })
}

#[test]
fn each_name_in_rust_is_on_another_page() {
    let (page, words) = (page(), words());
    let mut missing = Vec::new();
    for [python, rust, _] in rows(&page) {
        for code in rust.split('`').skip(1).step_by(2) {
            let names = code.split(|it| !is_of_a_name(it));
            let unknown = names.filter(|name| !name.is_empty() && !words.contains(*name));
            missing.extend(unknown.map(|name| format!("{python}: {name}")));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_name_without_a_counterpart_has_a_reason() {
    let page = page();
    for [python, rust, reason] in rows(&page) {
        assert!(rust != "–" || !reason.is_empty(), "{python}");
        assert!(rust == "–" || rust.starts_with('`'), "{python}: {rust}");
    }
}
