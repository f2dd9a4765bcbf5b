//! The connector sends Databricks the same requests as flytekit's connector.

use serde_json::{Value, json};

use crate::harness::{Workspace, as_argument, execution, names, template, without_run};

/// With this variable, the connector keeps the same metadata as flytekit's.
const LIKE_FLYTEKIT: [(&str, &str); 1] = [("FLYTEKIT_DATABRICKS_TOKEN_IN_METADATA", "true")];

/// Tasks that need other credentials: `sign_in` tests them.
const SIGN_IN: [&str; 6] = [
    "m2m",
    "m2m_secret",
    "oidc",
    "oidc_audience",
    "wrong_auth_type",
    "token_secret",
];

/// Converts all numbers to doubles, as protobuf's JSON form does.
fn in_doubles(value: &mut Value) {
    match value {
        Value::Number(number) => *value = json!(number.as_f64()),
        Value::Array(values) => values.iter_mut().for_each(in_doubles),
        Value::Object(fields) => fields.values_mut().for_each(in_doubles),
        _ => {}
    }
}

/// Checks the known differences of our request from flytekit's, and removes them.
fn in_their_form(mut asked: Value, task: &str) -> Value {
    let body = asked["body"].as_object_mut().expect("a body");
    let token = body.remove("idempotency_token").expect("a token");
    assert_eq!(token.as_str().map(str::len), Some(64), "{token}");
    if task == "cluster_and_environment" {
        assert_eq!(
            body.insert("environment_key".to_owned(), "left".into()),
            None
        );
    }
    in_doubles(&mut asked);
    asked
}

#[test]
fn requests_and_metadata_are_flytekits() {
    let workspace = Workspace::start();
    workspace.tell("sign-in", &json!({"tokens": ["dapi-default"]}));
    let connector = workspace.connector(&LIKE_FLYTEKIT, &[]);
    let client = workspace.client(&connector, &[]);
    let mut compared = 0;
    for task in names().filter(|it| !SIGN_IN.contains(it)) {
        let mut template = template(task);
        if task == "older" {
            assert_eq!(template.r#type, "spark");
            // The task cannot name its workspace: the port of the server changes with each test.
            let custom = template.custom.as_mut().expect("a configuration");
            custom.fields.remove("databricksInstance");
        }
        let arguments = json!({
            "template": as_argument(template, &[]),
            "execution": execution("", task, 0),
        });
        workspace.asked("");
        let theirs = client.call("flytekit_create", arguments.clone());
        let mut their_request = workspace.asked("runs/submit");
        let ours = client.call("create", arguments);
        let our_request = workspace.asked("runs/submit");
        if task == "no_compute" {
            let (theirs, ours) = (theirs.unwrap_err(), ours.unwrap_err());
            assert_eq!((&*theirs.0, &*ours.0), ("ValueError", "INVALID_ARGUMENT"));
            assert!(
                ours.1
                    .contains("No compute configuration found in databricks_conf"),
                "{ours:?}"
            );
            assert_eq!(our_request, Vec::<Value>::new());
            continue;
        }
        let (theirs, ours) = (metadata(theirs), metadata(ours));
        assert_ne!(theirs["run_id"], ours["run_id"]);
        assert_eq!(without_run(theirs), without_run(ours), "{task}");
        their_request.iter_mut().for_each(in_doubles);
        let our_request: Vec<_> = our_request
            .into_iter()
            .map(|it| in_their_form(it, task))
            .collect();
        assert_eq!(our_request, their_request, "{task}");
        assert_eq!(our_request.len(), 1, "{task}");
        compared += 1;
    }
    assert!(compared >= 14, "{compared}");
}

#[test]
fn watching_and_cancelling_are_flytekits() {
    let workspace = Workspace::start();
    let connector = workspace.connector(&LIKE_FLYTEKIT, &[]);
    let client = workspace.client(&connector, &[]);
    let meta = client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
    workspace.asked("");
    let theirs = client.call("flytekit_get", json!({"meta": meta})).unwrap();
    let their_request = workspace.asked("");
    let mut ours = client.get(&meta).unwrap();
    assert_eq!(workspace.asked(""), their_request);
    // flytekit's connector leaves this field empty.
    assert_eq!(ours["state"].take(), "PENDING");
    ours.as_object_mut().unwrap().remove("state");
    assert_eq!(ours, theirs);
    client
        .call("flytekit_delete", json!({"meta": meta}))
        .unwrap();
    let their_request = workspace.asked("");
    client.delete(&meta).unwrap();
    assert_eq!(workspace.asked(""), their_request);
}

/// Whole numbers are sent without a fraction, and values of variables as text.
#[test]
fn whole_numbers_are_whole() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    client
        .create("new_cluster", &execution("", "one", 0))
        .unwrap();
    let asked = workspace.asked("runs/submit");
    let body = &asked[0]["body"];
    assert_eq!(body["timeout_seconds"], json!(3600));
    assert_eq!(body["new_cluster"]["num_workers"], json!(2));
    let variables = json!({"MODE": "flyte", "FLYTE_FAIL_ON_ERROR": "true"});
    assert_eq!(body["new_cluster"]["spark_env_vars"], variables);
}

fn metadata(answer: Result<Value, (String, String)>) -> Value {
    let text = answer.expect("a run");
    serde_json::from_str(text.as_str().expect("text")).expect("JSON")
}
