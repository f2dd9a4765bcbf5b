//! Failures between Flyte, the connector and Databricks: each attempt has one run, and no run goes on
//! unwatched.

use std::time::{Duration, Instant};

use flytekit_test_support::{DEADLINE, eventually, signal};
use serde_json::{Value, json};

use crate::harness::{TOKEN, Workspace, as_argument, execution, template};

#[test]
fn an_overloaded_or_broken_server_is_asked_again() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    for (number, fault) in [
        json!({"status": 429, "headers": {"Retry-After": "1"}, "times": 2}),
        json!({"status": 500}),
        json!({"status": 503, "times": 2}),
        json!({"cut": true}),
        json!({"cut_after": true}),
        json!({"body": "{\"run_id\": 12"}),
        json!({"body": "<html>"}),
    ]
    .into_iter()
    .enumerate()
    {
        for call in ["submit", "get?", "cancel"] {
            workspace.fault(&with(&fault, "path", call));
        }
        workspace.asked("");
        let meta = client.create(
            "existing_cluster",
            &execution("", &format!("run-{number}"), 0),
        );
        let meta = meta.unwrap_or_else(|error| panic!("{fault}: {error:?}"));
        assert_eq!(
            client.get(&meta).unwrap()["phase"],
            "INITIALIZING",
            "{fault}"
        );
        client.delete(&meta).unwrap();
        let runs = workspace.runs();
        assert_eq!(runs.len(), number + 1, "{fault}: submitted once");
        assert!(
            runs.values().all(|it| it["result_state"] == "CANCELED"),
            "{runs:?}"
        );
        let times =
            usize::try_from(fault.get("times").and_then(Value::as_u64).unwrap_or(1)).unwrap();
        assert_eq!(workspace.asked("").len(), 3 * (times + 1), "{fault}");
    }
}

#[test]
fn a_server_is_left_alone_for_as_long_as_it_asks() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    workspace.fault(&json!({"path": "submit", "status": 429, "headers": {"Retry-After": "2"}}));
    let began = Instant::now();
    client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
    assert!(
        began.elapsed() >= Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    // The caller waits for a shorter time, and still gets the reason.
    workspace.fault(&json!({"path": "submit", "status": 429, "headers": {"Retry-After": "90"}}));
    let arguments = json!({
        "template": as_argument(template("existing_cluster"), &[]),
        "execution": execution("", "two", 0),
        "timeout": 20,
    });
    let (code, words) = client.call("create", arguments).unwrap_err();
    assert_eq!(code, "UNAVAILABLE", "{words}");
    assert!(
        words.contains("429") && words.contains("asks to wait 90 s"),
        "{words}"
    );
}

#[test]
fn a_refusal_is_told_at_once() {
    let workspace = Workspace::start();
    let (connector, client) = workspace.started(&[]);
    let body =
        format!(r#"{{"error_code": "PERMISSION_DENIED", "message": "no cluster for {TOKEN}"}}"#);
    workspace.fault(&json!({"path": "submit", "status": 403, "body": body}));
    let (code, words) = client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap_err();
    assert_eq!(code, "INVALID_ARGUMENT");
    assert!(
        words.contains("Forbidden: PERMISSION_DENIED: no cluster for [secret]"),
        "{words}"
    );
    assert_eq!(workspace.asked("").len(), 1);
    assert!(!connector.log().contains(TOKEN));
}

#[test]
fn one_attempt_is_one_run_whatever_answers_are_lost() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    let one = client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
    // Flyte asks another connector because the first answer was lost.
    let (_second, second) = workspace.started(&[]);
    let again = second
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
    assert_eq!(again, one);
    let next = client
        .create("existing_cluster", &execution("", "one", 1))
        .unwrap();
    assert_ne!(next, one);
    assert_eq!(workspace.runs().len(), 2);
}

#[test]
fn a_connector_that_is_killed_is_followed_by_another() {
    let workspace = Workspace::start();
    let (first, client) = workspace.started(&[]);
    let meta = client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
    signal("KILL", first.process());
    drop((client, first));
    let (_second, client) = workspace.started(&[]);
    assert_eq!(client.get(&meta).unwrap()["phase"], "INITIALIZING");
    client.delete(&meta).unwrap();
    assert!(
        workspace
            .runs()
            .values()
            .all(|it| it["result_state"] == "CANCELED")
    );
}

#[test]
fn a_run_that_somebody_deleted_has_failed() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    let meta = client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
    let run_id = crate::harness::run_id(&meta);
    workspace.tell("delete", &json!({"run_id": run_id}));
    let got = client.get(&meta).unwrap();
    assert_eq!(got["phase"], "FAILED");
    let message = got["message"].as_str().unwrap();
    assert!(message.contains("somebody has deleted it"), "{message}");
    // Deleting succeeds although the run is gone.
    client.delete(&meta).unwrap();
    client.delete(&meta).unwrap();
}

/// Flyte cannot cancel the run itself, because it never received the run's id.
#[test]
fn a_run_whose_caller_gave_up_is_cancelled() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    workspace.fault(&json!({"path": "submit", "slow": 3}));
    let arguments = json!({
        "template": as_argument(template("existing_cluster"), &[]),
        "execution": execution("", "one", 0),
        "timeout": 2,
    });
    let (code, _) = client.call("create", arguments).unwrap_err();
    assert!(
        code == "DEADLINE_EXCEEDED" || code == "UNAVAILABLE" || code == "CANCELLED",
        "{code}"
    );
    eventually("the run is cancelled, if there is one", DEADLINE, || {
        let runs = workspace.runs();
        !runs.is_empty() && runs.values().all(|it| it["result_state"] == "CANCELED")
    });
}

#[test]
fn a_token_endpoint_that_is_overloaded_is_asked_again() {
    let workspace = Workspace::start();
    let variables = [
        ("DATABRICKS_CLIENT_ID", "id"),
        ("DATABRICKS_CLIENT_SECRET", "password"),
    ];
    let connector = workspace.connector(&variables, &[]);
    let client = workspace.client(&connector, &variables);
    workspace.tell("sign-in", &json!({"principals": {"id": "password"}}));
    workspace.fault(&json!({"path": "oidc", "status": 503, "times": 2}));
    client.create("m2m", &execution("", "one", 0)).unwrap();
    workspace.fault(&json!({"path": "secrets", "status": 500, "times": 1}));
    client.create("m2m", &execution("team", "two", 0)).unwrap();
}

fn with(value: &Value, name: &str, word: &str) -> Value {
    let mut value = value.clone();
    value[name] = word.into();
    value
}
