//! Each kind of node around tasks in Rust.

use flytekit_proto::flyteidl::core::LiteralMap;
use flytekit_proto::flyteidl::core::literal::Value as Literal;
use flytekit_proto::flyteidl::core::primitive::Value;
use flytekit_test_support::backend::Execution;
use prost::Message;
use serde_json::json;

use crate::flow::{Flow, primitive, value};

fn flow(workflow: &str) -> Flow {
    Flow::of(&format!("runs_flows.nodes.{workflow}")).in_python("runs_flows")
}

fn number(execution: &Execution) -> Value {
    assert!(execution.success(), "{execution}");
    let outputs = LiteralMap::decode(&*execution.outputs()).expect("a LiteralMap");
    primitive(&outputs, "o0")
}

#[test]
fn gates_wait_for_answers() {
    let mut flow = flow("gates");
    let mut answer = |fine: bool| {
        let answers = [("fine", json!(fine)), ("number", json!(40))];
        flow.run.signals = answers
            .map(|(name, it)| (name.to_owned(), it))
            .into_iter()
            .collect();
        flow.run()
    };
    assert_eq!(number(&answer(true)), Value::Integer(42));
    let execution = answer(false);
    assert_eq!(
        execution.error().code,
        "ReceivedRejectSignal",
        "{execution}"
    );
}

#[test]
fn branches_are_chosen() {
    let mut flow = flow("branches");
    for (x, expected) in [(11, Ok(12)), (5, Ok(7)), (-1, Err("UserProvidedError"))] {
        flow = flow.given(|inputs| inputs.output("x", &x));
        let execution = flow.run();
        match expected {
            Ok(expected) => assert_eq!(number(&execution), Value::Integer(expected), "{execution}"),
            Err(code) => assert_eq!(execution.error().code, code, "{execution}"),
        }
    }
}

/// The plan has a default and a fixed input.
#[test]
fn launch_plans_are_executions_of_their_own() {
    let execution = flow("launches").run();
    assert_eq!(number(&execution), Value::Integer(1 + 20 + 300 + 20));
    let children = &execution.told.children;
    let phases: Vec<_> = children.iter().map(|child| &*child.phase).collect();
    assert_eq!(phases, ["SUCCEEDED", "SUCCEEDED"], "{execution}");

    let execution = flow("launches_broken").run();
    assert_eq!(execution.error().code, "USER:RuntimeError", "{execution}");
    assert_eq!(execution.told.children[0].phase, "FAILED", "{execution}");
}

/// The execution fails at once, and running nodes are aborted.
#[test]
fn a_failure_ends_siblings() {
    let flow = flow("siblings");
    let started = flow.path("started");
    let text = started.display().to_string();
    let execution = flow.given(|inputs| inputs.output("started", &text)).run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    let error = execution.error();
    assert!(error.message.contains("a sibling's mistake"), "{execution}");
    let waits = execution
        .told
        .containers
        .iter()
        .find(|it| it.argument("--task") == Some("runs.ends.waits"));
    let waits = waits.unwrap_or_else(|| panic!("it never ran: {execution}"));
    assert_eq!(waits.exit, Some(143), "{execution}");
}

#[test]
fn dynamic_and_mapped_tasks_run() {
    let outputs = flow("made_at_run_time").outputs();
    let Some(Literal::Collection(list)) = &outputs.literals["o0"].value else {
        panic!("{outputs:?}")
    };
    let numbers: Vec<_> = list.literals.iter().map(value).collect();
    assert_eq!(numbers, [Value::Integer(4), Value::Integer(8)]);
}
