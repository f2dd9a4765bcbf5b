//! The compiler: its verdicts, from which the rules for workflows come, and its verdict about our templates.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use flytekit_test_support::backend::{Compile, compile, package};
use flytekit_tests::{Ended, run, script};
use serde::Deserialize;

/// The expectation of a case in `fixtures/compiler`.
#[derive(Deserialize)]
struct Expectation {
    case: String,
    errors: Vec<(String, String)>,
    rust: String,
}

/// The cases, in the form of the compiler's program.
fn cases() -> Ended {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compiler");
    let files = fs::read_dir(fixtures).expect("fixtures");
    let files = files.map(|entry| entry.expect("a file").path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == "txt"));
    let written = run(script("compiler_cases.py").args(files));
    assert!(written.success(), "{written}");
    written
}

#[test]
fn the_verdicts_are_those_of_the_fixtures() {
    let written = cases();
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
    let Expectation {
        case, mut errors, ..
    } = serde_json::from_str(line).expect("a case");
    errors.sort();
    (case, errors)
}

/// Each case is a workflow in Rust that the compiler accepts, or one that does not compile, or has a reason
/// why it is neither.
#[test]
fn each_verdict_is_accounted_for_in_rust() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = package(Path::new(env!("CARGO_BIN_EXE_graphs")), folder.path());
    let verdicts = compile(&Compile {
        closure: vec![archive],
        ..Compile::default()
    });
    let taken = verdicts.into_iter().filter(|it| it.errors.is_empty());
    let mut taken: HashSet<_> = taken.map(|verdict| verdict.case).collect();
    let mut refused = refused_in_rust();
    for line in cases().text().lines() {
        let case: Expectation = serde_json::from_str(line).expect("a case");
        let Expectation { case, errors, rust } = case;
        if let Some(workflow) = rust.strip_prefix("accepted, ") {
            assert!(errors.is_empty(), "{case}: Flyte refuses it");
            let is_taken = taken.remove(&format!("workflow {workflow}"));
            assert!(is_taken, "{case}: {workflow} is not taken, or not its own");
        } else if let Some(file) = rust.strip_prefix("refused, ") {
            let (file, although) = file.split_once(": ").unwrap_or((file, ""));
            let is_stricter = errors.is_empty();
            assert_eq!(is_stricter, !although.is_empty(), "{case}: why?");
            let found = refused.remove(&case);
            assert_eq!(found.as_deref(), Some(file), "{case}: it compiles");
        } else {
            let reason = rust.strip_prefix("none: ");
            assert!(reason.is_some_and(|it| !it.is_empty()), "{case}: {rust}");
        }
    }
    assert!(refused.is_empty(), "no cases: {refused:?}");
}

/// The cases of `tests/ui/verdicts`, and the file of each: rustc refuses something between its mark and the
/// next one.
fn refused_in_rust() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/verdicts");
    let mut refused = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("cases") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|it| it != "rs") {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy();
        let said = fs::read_to_string(path.with_extension("stderr")).expect("messages");
        let lines: Vec<usize> = said
            .split("\n\n")
            .filter(|message| message.starts_with("error"))
            .filter_map(|message| {
                message
                    .split_once(&format!("verdicts/{name}:"))?
                    .1
                    .split_once(':')
            })
            .map(|(line, _)| line.parse().expect("a line"))
            .collect();
        let source = fs::read_to_string(&path).expect("cases");
        let marks: Vec<_> = (1..)
            .zip(source.lines())
            .filter_map(|(line, text)| Some((line, text.strip_prefix("// case: ")?)))
            .collect();
        for (place, (from, case)) in marks.iter().enumerate() {
            let to = marks.get(place + 1).map_or(usize::MAX, |(to, _)| *to);
            if lines.iter().any(|line| (*from..to).contains(line)) {
                refused.insert((*case).to_owned(), name.clone().into_owned());
            }
        }
    }
    refused
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
        // Entities of other programs are not in the archive, so their outputs are unknown there, too.
        let endings: &[&str] = match &*verdict.case {
            "workflow bodies.referring"
            | "workflow twins.foreigners"
            | "launch plan twins.planned_far" => &["ReferenceNotFound"],
            "workflow twins.launching_far" => {
                &["ParameterNotBound", "ValueRequired", "VariableNameNotFound"]
            }
            _ => &[],
        };
        let expected = |code: &&str| endings.iter().any(|ending| code.ends_with(ending));
        assert!(codes.iter().all(expected), "{verdict:#?}");
    }
    assert!(workflows >= 50, "{workflows} workflows");
}
