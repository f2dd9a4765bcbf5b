//! Workflows in Rust, with tasks in Rust and in Python.

use std::fs;

use flytekit_proto::flyteidl::core::literal::Value as Literal;
use flytekit_proto::flyteidl::core::primitive::Value;
use flytekit_test_support::backend::Execution;
use serde_json::json;

use crate::flow::{Flow, primitive, value};

/// A workflow with tasks in Rust.
fn flow(workflow: &str) -> Flow {
    Flow::of(&format!("runs.flows.{workflow}"))
}

/// A workflow with tasks in Rust and in Python.
fn mixed(workflow: &str) -> Flow {
    flow(workflow).in_python("runs_flows")
}

fn of(workflow: &str, x: i64) -> Flow {
    mixed(workflow).given(|inputs| inputs.output("x", &x))
}

#[track_caller]
fn number(flow: &Flow) -> i64 {
    match primitive(&flow.outputs(), "o0") {
        Value::Integer(number) => number,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn phase_of<'e>(execution: &'e Execution, id: &str) -> &'e str {
    let mut nodes = execution.told.nodes.iter();
    let node = nodes.find(|node| node.id == id);
    &node.unwrap_or_else(|| panic!("{execution}")).phase
}

/// The number of attempts of a node.
#[track_caller]
fn attempts(execution: &Execution, id: &str) -> usize {
    let mut nodes = execution.told.nodes.iter();
    let node = nodes.find(|node| node.id == id);
    node.unwrap_or_else(|| panic!("{execution}")).attempts.len()
}

#[test]
fn values_and_their_parts_are_passed_on() {
    let outputs = of("values", 3).outputs();
    // 6, then 6 + 3 + 7 + 6, and 7 + 6.
    assert_eq!(primitive(&outputs, "o0"), Value::Integer(2 * (13 + 22)));
    let Some(Literal::Collection(list)) = &outputs.literals["o1"].value else {
        panic!("{outputs:?}")
    };
    let numbers: Vec<_> = list.literals.iter().map(value).collect();
    assert_eq!(numbers, [13, 22, 6, 9].map(Value::Integer));
}

#[test]
fn one_side_of_each_condition_runs() {
    let mut flow = mixed("branches");
    for (x, strict, expected) in [
        (50, false, Ok(1051)),
        (50, true, Ok(1100)),
        (200, false, Ok(1400)),
        // A workflow of workflows: 2 * (2 * 13 + 1) + 1.
        (13, true, Ok(1055)),
        (0, true, Err("UserProvidedError")),
    ] {
        flow = flow.given(|inputs| {
            inputs.output("strict", &strict)?;
            inputs.output("x", &x)
        });
        match expected {
            Ok(expected) => assert_eq!(number(&flow), expected),
            Err(code) => assert_eq!(flow.run().error().code, code),
        }
    }
}

#[test]
fn workflows_are_parts_of_workflows() {
    assert_eq!(number(&of("parts", 4)), 2 * (2 * 4 + 1) + 1);
}

#[test]
fn launch_plans_of_both_languages_are_executions_of_their_own() {
    let flow = of("launches", 4);
    let execution = flow.run();
    assert!(execution.success(), "{execution}");
    let children = execution.told.children.iter();
    let phases: Vec<_> = children.map(|child| &*child.phase).collect();
    assert_eq!(phases, ["SUCCEEDED", "SUCCEEDED"], "{execution}");
    assert_eq!(number(&flow), (4 + 20) + (300 + 20) + (1000 + 4));
}

#[test]
fn a_workflow_in_python_starts_one_in_rust() {
    let flow = Flow::of("runs_flows.nodes.launches_rust").in_python("runs_flows");
    let flow = flow.given(|inputs| inputs.output("x", &4_i64));
    assert_eq!(number(&flow), 19 + 4);
}

#[test]
fn waits_are_answered() {
    let mut flow = of("gates", 5);
    let mut answered = |sure: bool, fine: bool| {
        let answers = [
            ("fine", json!(fine)),
            ("input", json!(true)),
            ("number", json!(100)),
            ("sure", json!(sure)),
        ];
        flow.run.signals = answers
            .map(|(name, it)| (name.to_owned(), it))
            .into_iter()
            .collect();
        flow.run()
    };
    let result = |execution: &Execution| {
        use prost::Message as _;
        assert!(execution.success(), "{execution}");
        let outputs = execution.outputs();
        let outputs = flytekit_proto::flyteidl::core::LiteralMap::decode(&*outputs);
        let outputs = outputs.expect("a LiteralMap");
        (primitive(&outputs, "o0"), primitive(&outputs, "o1"))
    };
    let five = Value::Integer(5);
    assert_eq!(
        result(&answered(true, true)),
        (Value::Integer(110), five.clone())
    );
    assert_eq!(result(&answered(false, true)), (Value::Integer(105), five));
    let refused = answered(true, false);
    assert_eq!(refused.error().code, "ReceivedRejectSignal", "{refused}");
}

#[test]
fn what_runs_on_failure_runs() {
    for (workflow, message) in [
        ("handled", "cleaned up, None"),
        ("handled_by_a_workflow", "cleaned up, Some(\"in steps\")"),
    ] {
        let flow = flow(workflow);
        let file = flow.path("cleaned");
        let text = file.display().to_string();
        let flow = flow.given(|inputs| inputs.output("file", &text));
        let execution = flow.run();
        assert_eq!(execution.told.phase, "FAILED", "{execution}");
        let written = fs::read_to_string(&file);
        let written = written.unwrap_or_else(|error| panic!("{error}: {execution}"));
        assert_eq!(written, message);
    }
}

#[test]
fn what_runs_on_failure_is_told_of_it() {
    for workflow in ["told", "told_in_steps"] {
        let flow = flow(workflow);
        let file = flow.path("told");
        let text = file.display().to_string();
        let flow = flow.given(|inputs| inputs.output("file", &text));
        let execution = flow.run();
        assert_eq!(execution.told.phase, "FAILED", "{execution}");
        let written = fs::read_to_string(&file);
        let written = written.unwrap_or_else(|error| panic!("{error}: {execution}"));
        assert!(written.starts_with("fn0: "), "{written}: {execution}");
        let message = &execution.error().message;
        assert!(written.contains(&**message), "{written}: {execution}");
    }
}

#[test]
fn others_go_on_after_a_failure_where_the_policy_says_so() {
    let flow = flow("goes_on");
    let [from, to] = ["from", "to"].map(|name| flow.path(name).display().to_string());
    let written = flow.path("to");
    let flow = flow.given(|inputs| {
        inputs.output("from", &from)?;
        inputs.output("to", &to)
    });
    let execution = flow.run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    let error = execution.error();
    assert!(error.message.contains("a sibling's mistake"), "{execution}");
    assert_eq!(phase_of(&execution, "n0"), "SUCCEEDED", "{execution}");
    assert!(written.exists(), "{execution}");
}

#[test]
fn a_node_is_tried_as_often_as_it_says() {
    let flow = flow("retried");
    let execution = flow.run();
    assert!(execution.success(), "{execution}");
    assert_eq!(attempts(&execution, "n0"), 2, "{execution}");
    assert_eq!(attempts(&execution, "n1"), 4, "{execution}");
}

#[test]
fn a_node_has_the_time_that_it_says() {
    let execution = flow("times_out").run();
    let error = execution.error();
    assert!(error.code.contains("TimeoutExpired"), "{execution}");
}

#[test]
fn nodes_run_in_the_order_that_is_said() {
    let flow = flow("ordered");
    let text = flow.path("file").display().to_string();
    let execution = flow.given(|inputs| inputs.output("file", &text)).run();
    // The second waits for the first one's file, and then fails.
    assert_eq!(phase_of(&execution, "n0"), "SUCCEEDED", "{execution}");
    assert_eq!(phase_of(&execution, "last"), "FAILED", "{execution}");
}
