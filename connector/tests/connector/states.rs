//! Flyte gets the state, the errors and the logs of a run.

use std::fs;

use flytekit_proto::flyteidl::core::{ContainerError, ErrorDocument, container_error};
use prost::Message as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Workspace, execution, run_id, submitted};

fn state(life_cycle: &str, result: Option<&str>, message: &str) -> Value {
    let mut state = json!({"life_cycle_state": life_cycle, "state_message": message});
    if let Some(result) = result {
        state["result_state"] = result.into();
    }
    state
}

/// The states that flytekit's connector and its tests know.
#[test]
fn states_are_flytekits() {
    let (workspace, _connector, client, meta) = submitted();
    for (life_cycle, result) in [
        ("PENDING", None),
        ("RUNNING", None),
        ("TERMINATING", None),
        ("SKIPPED", None),
        ("INTERNAL_ERROR", None),
        ("TERMINATED", Some("SUCCESS")),
        ("TERMINATED", Some("FAILED")),
        ("TERMINATED", Some("TIMEDOUT")),
        ("TERMINATED", Some("CANCELED")),
    ] {
        workspace.put(&meta, &state(life_cycle, result, "words"), &json!({}));
        let theirs = client.call("flytekit_get", json!({"meta": meta})).unwrap();
        let mut ours = client.get(&meta).unwrap();
        ours.as_object_mut().unwrap().remove("state");
        assert_eq!(ours, theirs, "{life_cycle} {result:?}");
    }
}

/// flytekit's connector fails on these states, and Flyte fails the task after a few such calls.
#[test]
fn a_run_that_waits_goes_on() {
    let (workspace, _connector, client, meta) = submitted();
    for (life_cycle, phase) in [
        ("QUEUED", "QUEUED"),
        ("BLOCKED", "QUEUED"),
        ("WAITING_FOR_RETRY", "QUEUED"),
        ("OF_NEXT_YEAR", "RUNNING"),
    ] {
        workspace.put(&meta, &state(life_cycle, None, ""), &json!({}));
        assert!(client.call("flytekit_get", json!({"meta": meta})).is_err());
        assert_eq!(client.get(&meta).unwrap()["phase"], phase, "{life_cycle}");
    }
    workspace.put(&meta, &Value::Null, &json!({}));
    assert_eq!(client.get(&meta).unwrap()["phase"], "INITIALIZING");
}

#[test]
fn a_failed_run_says_why_in_its_own_words() {
    let (workspace, _connector, client, meta) = submitted();
    let output =
        json!({"error": "ValueError: -1 is negative", "error_trace": "Traceback\n  line 3"});
    let failed = state(
        "TERMINATED",
        Some("FAILED"),
        "Workload failed, see run output for details",
    );
    workspace.put(&meta, &failed, &output);
    let got = client.get(&meta).unwrap();
    assert_eq!(got["phase"], "FAILED");
    assert_eq!(
        got["message"],
        "Workload failed, see run output for details\nValueError: -1 is negative\nTraceback\n  line 3"
    );
    let links = json!([{
        "name": "Databricks Console",
        "uri": format!("https://{}/#job/42/run/{}", workspace.host, run_id(&meta)),
    }]);
    assert_eq!(got["logLinks"], links);
}

#[test]
fn what_a_run_printed_is_its_log() {
    let (workspace, _connector, client, meta) = submitted();
    workspace.put(
        &meta,
        &state("RUNNING", None, ""),
        &json!({"logs": "one\ntwo\nthree\n"}),
    );
    let logs = client
        .call("logs", json!({"meta": meta, "lines": 2}))
        .unwrap();
    assert_eq!(logs[0], json!({"header": {"token": "2"}}));
    assert_eq!(logs[1]["body"]["results"], json!(["one", "two"]));
    let lines = logs[1]["body"]["structuredLines"].as_array().unwrap();
    assert_eq!(lines[1], json!({"message": "two", "originator": "USER"}));
    let logs = client
        .call("logs", json!({"meta": meta, "lines": 2, "token": "2"}))
        .unwrap();
    assert_eq!(logs[0], json!({"header": {}}));
    assert_eq!(logs[1]["body"]["results"], json!(["three"]));
    let (code, words) = client.call("metrics", json!({"meta": meta})).unwrap_err();
    assert_eq!(code, "UNIMPLEMENTED", "{words}");
}

/// Flyte itself does not look for the error document of a task without outputs.
#[test]
fn a_success_with_an_error_document_is_a_failure() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    let meta = client.create("void", &execution("", "one", 0)).unwrap();
    workspace.put(&meta, &state("TERMINATED", Some("SUCCESS"), ""), &json!({}));
    let prefix = TempDir::new().unwrap();
    let get = || {
        client
            .call("get", json!({"meta": meta, "prefix": prefix.path()}))
            .unwrap()
    };
    assert_eq!(get()["phase"], "SUCCEEDED");
    for (kind, phase) in [
        (container_error::Kind::NonRecoverable, "FAILED"),
        (container_error::Kind::Recoverable, "RETRYABLE_FAILED"),
    ] {
        let error = ContainerError {
            code: "USER:Negative".to_owned(),
            message: "-1 is negative".to_owned(),
            kind: kind.into(),
            ..ContainerError::default()
        };
        let document = ErrorDocument { error: Some(error) };
        fs::write(prefix.path().join("error.pb"), document.encode_to_vec()).unwrap();
        let got = get();
        assert_eq!(got["phase"], phase);
        assert_eq!(got["message"], "[USER:Negative] -1 is negative");
    }
    // The document is from an earlier attempt within the run: the last one has written outputs.
    fs::write(prefix.path().join("outputs.pb"), []).unwrap();
    assert_eq!(get()["phase"], "SUCCEEDED");
    fs::remove_file(prefix.path().join("outputs.pb")).unwrap();
    let failed = state("TERMINATED", Some("FAILED"), "Workload failed");
    workspace.put(&meta, &failed, &json!({"error": "exit code 1"}));
    let got = get();
    assert_eq!(got["phase"], "RETRYABLE_FAILED");
    assert_eq!(
        got["message"],
        "Workload failed\n[USER:Negative] -1 is negative"
    );
    fs::write(prefix.path().join("error.pb"), [7]).unwrap();
    assert_eq!(get()["phase"], "FAILED");
}
