//! The compiler: verdicts that the rules for workflows are made of, and what it says of our templates.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use flytekit_test_support::backend::{Compile, compile, package};
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

#[test]
fn the_compiler_takes_workflows_as_the_attribute_writes_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = package(Path::new(env!("CARGO_BIN_EXE_graphs")), folder.path());
    let verdicts = compile(&Compile {
        closure: vec![archive],
        ..Compile::default()
    });
    let mut workflows = 0;
    for verdict in verdicts {
        workflows += usize::from(verdict.case.starts_with("workflow "));
        let codes: Vec<&str> = verdict.errors.iter().map(|it| &*it.code).collect();
        // What another program has registered is not in the archive.
        let is_foreign = verdict.case == "workflow bodies.referring";
        let expected = |code: &&str| is_foreign && code.ends_with("ReferenceNotFound");
        assert!(codes.iter().all(expected), "{verdict:#?}");
    }
    assert!(workflows >= 12, "{workflows} workflows");
}
