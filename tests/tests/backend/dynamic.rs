//! Tasks that build graphs, which the backend's engine compiles and runs.

use flytekit_proto::flyteidl::core::literal::Value as Literal;
use flytekit_proto::flyteidl::core::primitive::Value;

use crate::flow::{Flow, primitive, value};

fn flow(task: &str, input: &'static str, n: i64) -> Flow {
    let flow = Flow::of(&format!("runs.dynamic.{task}"));
    flow.given(|inputs| inputs.output(input, &n))
}

#[test]
fn a_graph_runs_in_the_place_of_its_task() {
    let outputs = flow("doubled", "up_to", 4).outputs();
    let Some(Literal::Collection(list)) = &outputs.literals["o0"].value else {
        panic!("{outputs:?}")
    };
    let numbers: Vec<_> = list.literals.iter().map(value).collect();
    assert_eq!(numbers, [0, 2, 4, 6].map(Value::Integer));
}

#[test]
fn graphs_in_a_graph_choices_workflows_and_plans_run() {
    // Sums of 0; 0, 2; 0, 2, 4: 0 + 2 + 6, four times that, and that four times by a plan.
    let outputs = flow("whole", "up_to", 3).outputs();
    assert_eq!(primitive(&outputs, "o0"), Value::Integer(8));
    assert_eq!(primitive(&outputs, "o1"), Value::Integer(8 * 4 * 4));
}

/// Each element is a container; an odd number is doubled at the second attempt, and has no half.
#[test]
fn maps_graphs_and_plans_in_a_graph_run() {
    let outputs = flow("mapped", "n", 4).outputs();
    let Some(Literal::Collection(list)) = &outputs.literals["o0"].value else {
        panic!("{outputs:?}")
    };
    let numbers: Vec<_> = list.literals.iter().map(value).collect();
    assert_eq!(numbers, [0, 2, 4, 6].map(Value::Integer));
    assert_eq!(primitive(&outputs, "o1"), Value::Integer(1));
    assert_eq!(primitive(&outputs, "o2"), Value::Integer(12 * 4));
}

#[test]
fn an_element_that_fails_fails_its_map_in_a_graph() {
    let execution = flow("mapped_with_a_failure", "n", 2).run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    let error = execution.error();
    assert!(
        error.message.contains("element 1: 1 cakes are odd"),
        "{execution}"
    );
}

#[test]
fn a_graph_without_nodes_is_its_outputs() {
    let outputs = flow("known", "n", 3).outputs();
    assert_eq!(primitive(&outputs, "o0"), Value::Integer(3));
}

#[test]
fn what_fails_in_a_graph_fails_its_task() {
    let execution = flow("with_a_failure", "n", 2).run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    let error = execution.error();
    assert!(error.message.contains("4 is no good"), "{execution}");
}

#[test]
fn a_graph_is_built_again_where_its_task_asks_for_that() {
    let outputs = flow("built_late", "at", 2).outputs();
    assert_eq!(primitive(&outputs, "o0"), Value::Integer(8));
}
