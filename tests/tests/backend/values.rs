//! Values of each family of types on their way between tasks of both languages.

use flytekit_proto::flyteidl::core::primitive::Value;

use crate::flow::{Flow, primitive};

fn goes_through(workflow: &str) {
    let entity = format!("runs_flows.values.{workflow}");
    let outputs = Flow::of(&entity).in_python("runs_flows").outputs();
    let expected = Value::StringValue("as they were made".to_owned());
    assert_eq!(primitive(&outputs, "o0"), expected);
}

#[test]
fn values_of_python_go_through_rust() {
    goes_through("through_rust");
}

#[test]
fn values_of_rust_go_through_python() {
    goes_through("through_python");
}
