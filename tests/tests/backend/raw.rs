//! Containers of any program, run by Flyte's engine: the pods with copilot that its plugin makes of their
//! templates.
//!
//! Copilot itself is not available as a module, so a script replaces it.

use flytekit::types::{FlyteType, LiteralRef};
use flytekit_proto::flyteidl::core::literal::Value as Literal;
use flytekit_proto::flyteidl::core::primitive::Value;
use flytekit_proto::flyteidl::core::scalar::Value as Scalar;
use flytekit_proto::flyteidl::core::{Blob, LiteralMap};
use flytekit_test_support::python;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use prost::Message;

use crate::flow::{Flow, primitive};

fn flow(task: &str) -> Flow {
    let program = Path::new(env!("CARGO_BIN_EXE_containers"));
    let flow = Flow::with_program(program, &format!("containers.{task}"));
    if let Ok(real) = std::env::var("FLYTEKIT_TEST_COPILOT") {
        return flow.with_command("/bin/flyte-copilot", &[&real]);
    }
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let [shell, script] = ["copilot.sh", "copilot.py"].map(|it| scripts.join(it));
    let words = [Path::new("/bin/sh"), &shell, &python(), &script];
    let words = words.map(|it| it.display().to_string());
    flow.with_command("/bin/flyte-copilot", &words.each_ref().map(String::as_str))
}

fn blob<'a>(outputs: &'a LiteralMap, name: &str) -> &'a Blob {
    let literal = outputs.literals[name].value.as_ref();
    match literal {
        Some(Literal::Scalar(scalar)) => match scalar.value.as_ref() {
            Some(Scalar::Blob(blob)) => blob,
            other => panic!("no blob: {other:?}"),
        },
        other => panic!("no scalar: {other:?}"),
    }
}

#[test]
fn inputs_are_in_the_command_and_in_files() {
    let when: jiff::Timestamp = "2026-01-31T12:30:00.5Z".parse().expect("a time");
    let flow = flow("words").given(|inputs| {
        inputs.output("n", &7_i64)?;
        inputs.output("names", &vec!["a b".to_owned(), "$HOME".to_owned()])?;
        inputs.output("when", &when)
    });
    // The same as in a local run.
    let expected = "7|[a b,$HOME]-2026-01-31T12:30:00.5Z|a b$|{{.ID}}||7";
    let outputs = flow.outputs();
    assert_eq!(
        primitive(&outputs, "o0"),
        Value::StringValue(expected.to_owned())
    );
}

#[test]
fn outputs_of_each_type_come_from_files() {
    let flow = flow("answers");
    let execution = flow.run();
    assert!(execution.success(), "{execution}");
    let outputs = LiteralMap::decode(&*execution.outputs()).expect("a LiteralMap");
    for (name, expected) in [
        ("text", Value::StringValue("hello".to_owned())),
        ("number", Value::Integer(7)),
        ("share", Value::FloatValue(1000.0)),
        ("truth", Value::Boolean(true)),
    ] {
        assert_eq!(primitive(&outputs, name), expected, "{name}");
    }
    let read = |name: &str| outputs.literals[name].encode_to_vec();
    let when = jiff::Timestamp::decode(LiteralRef::new(&read("when"))).expect("a time");
    assert_eq!(when.to_string(), "2026-01-31T11:30:00.5Z");
    let length = read("length");
    let length = std::time::Duration::decode(LiteralRef::new(&length)).expect("a length");
    assert_eq!(length.as_millis(), 3_602_500);
    let settings = serde_json::Value::decode(LiteralRef::new(&read("settings"))).expect("JSON");
    assert_eq!(settings, serde_json::json!({"name": "x", "size": 3.0}));
    let path = |name: &str| {
        let uri = &blob(&outputs, name).uri;
        uri.strip_prefix("file://").unwrap_or(uri).to_owned()
    };
    assert_eq!(fs::read(path("file")).expect("a file"), b"a,b\n");
    let files = fs::read_dir(path("folder")).expect("a folder");
    let files: BTreeSet<_> = files.flatten().map(|it| it.file_name()).collect();
    assert_eq!(files, ["one".into(), "two".into()].into());
}

/// Copilot writes the reason into a file `errors.pb`, and Flyte's engine reads `error.pb`.
#[test]
fn a_reason_is_lost_on_its_way() {
    let execution = flow("reports").run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    assert!(
        execution.error().code.contains("OutputsNotFound"),
        "{execution}"
    );
}

#[test]
fn an_exit_code_is_a_failure() {
    let flow = flow("fails").given(|inputs| inputs.output("code", &3_i64));
    let execution = flow.run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    assert!(execution.error().message.contains("why"), "{execution}");
}
