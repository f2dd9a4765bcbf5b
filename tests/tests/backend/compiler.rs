//! The compiler: verdicts that the rules for workflows are made of, and what it says of our templates.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use flytekit_test_support::backend::{Compile, compile};
use flytekit_tests::{run, script};
use serde::Deserialize;

/// A case of `fixtures/compiler`, as far as it is the expectation.
#[derive(Deserialize)]
struct Case {
    case: String,
    errors: Vec<(String, String)>,
}

#[test]
fn the_verdicts_are_those_of_the_fixtures() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compiler");
    let files = fs::read_dir(fixtures).expect("fixtures");
    let files = files.map(|entry| entry.expect("a file").path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == "txt"));
    let written = run(script("compiler_cases.py").args(files));
    assert!(written.success(), "{written}");

    let folder = tempfile::tempdir().expect("a folder");
    let cases = folder.path().join("cases.jsonl");
    fs::write(&cases, &written.stdout).expect("a file");
    let verdicts = compile(&Compile {
        cases: vec![cases],
        ..Compile::default()
    });

    let text = written.text();
    let expected: BTreeMap<_, _> = text.lines().map(expectation).collect();
    let found: BTreeMap<_, _> = verdicts
        .into_iter()
        .map(|verdict| {
            let errors = verdict.errors.into_iter();
            let mut errors: Vec<_> = errors.map(|error| (error.code, error.node)).collect();
            errors.sort();
            (verdict.case, errors)
        })
        .collect();
    assert!(expected.len() >= 149, "{} cases", expected.len());
    for (case, errors) in &expected {
        assert_eq!(found.get(case), Some(errors), "{case}");
    }
}

fn expectation(line: &str) -> (String, Vec<(String, String)>) {
    let Case { case, mut errors } = serde_json::from_str(line).expect("a case");
    errors.sort();
    (case, errors)
}
