//! Values of each family of types on their way between tasks of both languages.

use flytekit_proto::flyteidl::core::primitive::Value;
use serde_json::json;

use crate::flow::{Flow, primitive};

fn goes_through(workflow: &str, raw_data: Option<&str>) {
    let entity = format!("runs_flows.values.{workflow}");
    let mut flow = Flow::of(&entity).in_python("runs_flows");
    if let Some(prefix) = raw_data {
        let setting = ("raw_output_prefix".to_owned(), json!(prefix));
        flow.run.settings.extend([setting]);
    }
    let expected = Value::StringValue("as they were made".to_owned());
    assert_eq!(primitive(&flow.outputs(), "o0"), expected);
}

#[test]
fn values_of_python_go_through_rust() {
    goes_through("through_rust", None);
}

#[test]
fn values_of_rust_go_through_python() {
    goes_through("through_python", None);
}

/// flytekit writes such URIs, but does not read files from them.
#[test]
fn values_of_python_behind_uris_go_through_rust() {
    goes_through("through_rust", Some("file://{work}/raw"));
}
