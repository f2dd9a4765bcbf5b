//! The metadata of a run, which Flyte keeps: each connector accepts the other's.

use serde_json::{Value, json};

use crate::harness::{TOKEN, Workspace, execution, run_id, submitted};

#[test]
fn flytekits_runs_go_on_here() {
    let workspace = Workspace::start();
    let connector = workspace.connector(&[("_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN", "")], &[]);
    let client = workspace.client(&connector, &[]);
    let arguments = json!({
        "template": crate::harness::as_argument(crate::harness::template("existing_cluster"), &[]),
        "execution": execution("", "one", 0),
    });
    let meta = client.call("flytekit_create", arguments).unwrap();
    let meta = meta.as_str().unwrap();
    assert!(meta.contains(TOKEN));
    assert_eq!(client.get(meta).unwrap()["phase"], "INITIALIZING");
    client.delete(meta).unwrap();
    let runs = workspace.runs();
    assert_eq!(runs[&run_id(meta)]["result_state"], "CANCELED");
}

#[test]
fn our_runs_go_on_there() {
    let (workspace, _connector, client, meta) = submitted();
    assert!(!meta.contains(TOKEN), "Flyte keeps no token");
    let decoded = client
        .call("flytekit_decode", json!({"meta": meta}))
        .unwrap();
    let ours: Value = serde_json::from_str(&meta).unwrap();
    assert_eq!(decoded, ours);
    // Without a token in the metadata, flytekit's connector uses its own token.
    let got = client.call("flytekit_get", json!({"meta": meta})).unwrap();
    assert_eq!(got["phase"], "INITIALIZING");
    client
        .call("flytekit_delete", json!({"meta": meta}))
        .unwrap();
    assert_eq!(workspace.runs()[&run_id(&meta)]["result_state"], "CANCELED");
}

#[test]
fn older_and_newer_metadata_are_read() {
    let (workspace, _connector, client, meta) = submitted();
    let run_id = run_id(&meta);
    let older =
        json!({"databricks_instance": workspace.host, "run_id": run_id, "auth_token": TOKEN});
    let newer =
        json!({"databricks_instance": workspace.host, "run_id": run_id, "of_next_year": {"a": 1}});
    for meta in [older, newer] {
        assert_eq!(
            client.get(&meta.to_string()).unwrap()["phase"],
            "INITIALIZING",
            "{meta}"
        );
    }
    for wrong in ["", "{}", "[1]", r#"{"databricks_instance": "x"}"#] {
        let (code, words) = client.get(wrong).unwrap_err();
        assert_eq!(code, "INTERNAL", "{words}");
        assert!(words.contains("resource_meta"), "{words}");
    }
    let strange = json!({"databricks_instance": workspace.host, "run_id": "7&x=y"});
    let (_, words) = client.get(&strange.to_string()).unwrap_err();
    assert!(words.contains("is not the number of a run"), "{words}");
    let elsewhere = json!({"databricks_instance": "host/path?", "run_id": "7"});
    let (_, words) = client.get(&elsewhere.to_string()).unwrap_err();
    assert!(words.contains("is not a workspace"), "{words}");
}
