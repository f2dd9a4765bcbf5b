//! The server's ports, metrics and shutdown.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use flytekit_test_support::{DEADLINE, eventually, is_running, run, signal};
use serde_json::json;

use crate::harness::{Client, Workspace, as_argument, execution, submitted, template};

#[test]
fn it_says_what_it_has() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    let databricks = json!({
        "name": "Databricks Connector",
        "supportedTaskTypes": ["spark", "databricks"],
        "supportedTaskCategories": [{"name": "spark"}, {"name": "databricks"}],
    });
    assert_eq!(
        client.call("agents", json!({})).unwrap(),
        json!({"agents": [databricks]})
    );
    let agent = client
        .call("agent", json!({"name": "Databricks Connector"}))
        .unwrap();
    assert_eq!(agent, json!({"agent": databricks}));
    let (code, words) = client.call("agent", json!({"name": "Other"})).unwrap_err();
    assert_eq!(code, "NOT_FOUND");
    assert!(
        words.contains("Other") && words.contains("Databricks Connector"),
        "{words}"
    );
    let listed = run(Command::new(env!("CARGO_BIN_EXE_flytekit-connector")).arg("list"));
    assert_eq!(
        listed.text(),
        "Databricks Connector\tasync\tspark (0), databricks (0)\n"
    );
}

#[test]
fn health_and_reflection_are_the_official_ones() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    for service in [
        "",
        "flyteidl.service.AsyncAgentService",
        "flyteidl2.connector.AsyncConnectorService",
    ] {
        assert_eq!(
            client.call("health", json!({"service": service})).unwrap(),
            "SERVING",
            "{service}"
        );
    }
    let (code, _) = client
        .call("health", json!({"service": "other"}))
        .unwrap_err();
    assert_eq!(code, "NOT_FOUND");
    let reflection = client.call("reflection", json!({})).unwrap();
    assert_eq!(reflection["file"], "flyteidl/service/agent.proto");
    let services = reflection["services"].to_string();
    for name in [
        "AsyncAgentService",
        "SyncAgentService",
        "AgentMetadataService",
        "ConnectorMetadataService",
    ] {
        assert!(services.contains(name), "{services}");
    }
}

#[test]
fn task_types_without_a_connector_are_named() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    for older in [false, true] {
        let arguments = json!({"meta": "{}", "type": "other", "older": older});
        for call in ["get", "delete"] {
            let (code, words) = client.call(call, arguments.clone()).unwrap_err();
            assert_eq!(code, "NOT_FOUND");
            assert_eq!(words, "Cannot find connector for task type: other.");
        }
    }
    let arguments = json!({"template": as_argument(template("void"), &[])});
    let (code, words) = client.call("execute", arguments.clone()).unwrap_err();
    assert_eq!(code, "UNIMPLEMENTED");
    assert!(
        words.contains("[Databricks Connector] does not support sync execution"),
        "{words}"
    );
}

#[test]
fn flyte_2_is_answered_by_the_same_handlers() {
    let workspace = Workspace::start();
    workspace.tell("sign-in", &json!({"tokens": ["dapi-of-connection"]}));
    let connector = workspace.connector(&[("_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN", "")], &[]);
    let client = workspace.client(&connector, &[]);
    let arguments = json!({
        "template": as_argument(template("existing_cluster"), &[]),
        "execution": execution("", "one", 0),
        "secret": "dapi-of-connection",
    });
    let told = client.call("flyte2", arguments).unwrap();
    assert_eq!(told["got"]["phase"], "INITIALIZING");
    assert_eq!(told["got"]["message"], "Waiting for cluster");
    assert_eq!(told["unknown"], 0, "fields that Flyte 2 does not have");
    assert_eq!(
        told["listed"]["connectors"][0]["name"],
        "Databricks Connector"
    );
    assert!(
        !told["meta"]
            .as_str()
            .unwrap()
            .contains("dapi-of-connection")
    );
    assert!(
        workspace
            .runs()
            .values()
            .all(|it| it["result_state"] == "CANCELED")
    );
    let asked = workspace.asked("/jobs/");
    assert!(
        asked
            .iter()
            .all(|it| it["authorization"] == "Bearer dapi-of-connection")
    );
}

#[test]
fn metrics_have_flytekits_names() {
    let (_workspace, connector, client, meta) = submitted();
    client.get(&meta).unwrap();
    client
        .create("no_compute", &execution("", "two", 0))
        .unwrap_err();
    client
        .call("get", json!({"meta": "{}", "type": "invented-1"}))
        .unwrap_err();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{}", connector.metrics_port())).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    for line in [
        r#"flyte_connector_requests_success_total{task_type="databricks",operation="create"} 1"#,
        r#"flyte_connector_requests_success_total{task_type="databricks",operation="get"} 1"#,
        r#"flyte_connector_requests_failure_total{task_type="databricks",operation="create",error_code="400"} 1"#,
        r#"flyte_connector_requests_failure_total{task_type="unknown",operation="get",error_code="404"} 1"#,
        r#"flyte_connector_request_latency_seconds_count{task_type="databricks",operation="create"} 2"#,
        r#"flyte_connector_input_literal_bytes_count{task_type="databricks"} 2"#,
        "flyte_connector_requests_active 0",
    ] {
        assert!(text.contains(line), "no `{line}` in {text}");
    }
    assert!(!text.contains("invented"), "{text}");
}

#[test]
fn a_message_that_is_too_large_is_refused() {
    let workspace = Workspace::start();
    let connector = workspace.connector(&[], &["--max-message-size=2000"]);
    let client = workspace.client(&connector, &[]);
    let mut large = template("existing_cluster");
    large.r#type = "databricks".repeat(1000);
    let (code, words) = client
        .call("create", json!({"template": as_argument(large, &[])}))
        .unwrap_err();
    assert_eq!(code, "OUT_OF_RANGE", "{words}");
    client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
}

#[test]
fn it_ends_when_it_is_told_to_and_finishes_what_runs() {
    let workspace = Workspace::start();
    let (connector, client) = workspace.started(&[]);
    client.call("health", json!({})).unwrap();
    workspace.fault(&json!({"path": "submit", "slow": 3}));
    let mut arguments = json!({
        "template": as_argument(template("existing_cluster"), &[]),
        "execution": execution("", "one", 0),
    });
    client.send("create", &mut arguments);
    eventually("the call is on its way", DEADLINE, || {
        !workspace.asked("submit").is_empty()
    });
    let process = connector.process();
    signal("TERM", process);
    connector.daemon_says("is ending: accepts no more calls");
    client.receive().expect("the call is finished");
    eventually("it ends", DEADLINE, || !is_running(process));
    assert_eq!(workspace.runs().len(), 1);
}

#[test]
fn connections_are_encrypted_by_files() {
    let workspace = Workspace::start();
    let server = workspace.folder().join("server.pem");
    let file = server.to_str().unwrap();
    let arguments = [
        &*format!("--tls-certificate={file}"),
        &format!("--tls-key={file}"),
    ];
    let connector = workspace.connector(&[], &arguments);
    let ca = workspace.folder().join("ca.pem");
    let environment = [("CONNECTOR_CA", ca.display().to_string())];
    let address = connector.address().replace("127.0.0.1", "localhost");
    let client = Client::start(&address, &environment);
    assert_eq!(client.call("health", json!({})).unwrap(), "SERVING");
    let plain = workspace.client(&connector, &[]);
    let (code, _) = plain.call("health", json!({})).unwrap_err();
    assert_eq!(code, "UNAVAILABLE");
}

#[test]
fn clients_show_certificates_of_an_authority() {
    let workspace = Workspace::start();
    let at =
        |workspace: &Workspace, name: &str| workspace.folder().join(name).display().to_string();
    let (server, authority) = (at(&workspace, "server.pem"), at(&workspace, "ca.pem"));
    let arguments = [
        &*format!("--tls-certificate={server}"),
        &format!("--tls-key={server}"),
        &format!("--client-ca={authority}"),
    ];
    let connector = workspace.connector(&[], &arguments);
    let address = connector.address().replace("127.0.0.1", "localhost");
    let client = |certificate: Option<String>| {
        let mut environment = vec![("CONNECTOR_CA", authority.clone())];
        environment.extend(certificate.map(|it| ("CONNECTOR_CLIENT", it)));
        Client::start(&address, &environment)
    };
    let known = client(Some(at(&workspace, "client.pem")));
    assert_eq!(known.call("health", json!({})).unwrap(), "SERVING");
    let stranger = Workspace::start();
    for certificate in [None, Some(at(&stranger, "client.pem"))] {
        let (code, _) = client(certificate).call("health", json!({})).unwrap_err();
        assert_eq!(code, "UNAVAILABLE");
    }
}

#[test]
fn wrong_command_lines_and_taken_ports_are_told() {
    let program = || Command::new(env!("CARGO_BIN_EXE_flytekit-connector"));
    let wrong = run(program().args(["serve", "--port", "many"]));
    assert_eq!(wrong.code(), Some(2), "{wrong}");
    let half = run(program().args(["serve", "--tls-key=key.pem"]));
    assert_eq!(half.code(), Some(2), "{half}");
    let taken = std::net::TcpListener::bind("[::]:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = run(program().args(["serve", "--port", &port]));
    assert_eq!(refused.code(), Some(1), "{refused}");
    assert!(
        refused
            .stderr
            .contains(&format!("cannot listen on port {port}")),
        "{refused}"
    );
    let nowhere = run(program().args([
        "serve",
        "--port=0",
        "--tls-certificate=no.pem",
        "--tls-key=no.pem",
    ]));
    assert!(nowhere.stderr.contains("cannot read no.pem"), "{nowhere}");
}
