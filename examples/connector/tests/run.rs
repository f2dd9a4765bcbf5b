//! The official stubs call the server.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flytekit_proto::flyteidl::core::TaskTemplate;
use flytekit_test_support::{Daemon, interpreter, run};
use prost::Message as _;
use serde_json::{Value, json};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_connector-clock");

fn template(task_type: &str) -> String {
    let template = TaskTemplate {
        r#type: task_type.to_owned(),
        ..TaskTemplate::default()
    };
    STANDARD.encode(template.encode_to_vec())
}

/// Makes some calls, and returns their answers.
fn answers(port: &str, calls: &[Value]) -> Vec<Value> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python");
    let packages = std::env::var_os("FLYTEKIT_TEST_CONNECTOR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/connector"),
        Into::into,
    );
    let mut client = interpreter()
        .arg(tests.join("connector_client.py"))
        .arg(format!("127.0.0.1:{port}"))
        .env("PYTHONPATH", packages)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = client.stdin.take().expect("a pipe");
    for call in calls {
        writeln!(stdin, "{call}").expect("it takes a call");
    }
    drop(stdin);
    let ended = client.wait_with_output().expect("it ends");
    let text = String::from_utf8(ended.stdout).expect("text");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("JSON")
}

#[test]
fn both_kinds_of_connectors_answer() {
    let folder = TempDir::new().unwrap();
    let mut server = Command::new(PROGRAM);
    server.args(["serve", "--port=0", "--prometheus-port=none"]);
    let daemon = Daemon::start(&server, folder.path().join("log"));
    let address = daemon.says("listens on ");
    let (_, port) = address.rsplit_once(':').unwrap();
    let number = |value: i64| json!({"scalar": {"primitive": {"integer": value.to_string()}}});
    let text = |value: &str| json!({"scalar": {"primitive": {"stringValue": value}}});
    let answers = answers(
        port,
        &[
            json!({"call": "create", "template": template("sleep"), "inputs": {"seconds": number(0)}}),
            json!({"call": "get", "meta": "{\"end\": 0}", "type": "sleep"}),
            json!({"call": "get", "meta": "{\"end\": 99999999999}", "type": "sleep"}),
            json!({"call": "delete", "meta": "{\"end\": 0}", "type": "sleep"}),
            json!({"call": "create", "template": template("sleep")}),
            json!({"call": "execute", "template": template("shout"), "inputs": {"text": text("hear, hear")}}),
            json!({"call": "create", "template": template("shout")}),
            json!({"call": "execute", "template": template("shout"), "messages": 0}),
        ],
    );
    assert!(
        answers[0]["ok"].as_str().unwrap().starts_with("{\"end\":"),
        "{answers:?}"
    );
    assert_eq!(answers[1]["ok"]["phase"], "SUCCEEDED");
    assert_eq!(answers[2]["ok"]["phase"], "RUNNING");
    assert!(
        answers[2]["ok"]["message"]
            .as_str()
            .unwrap()
            .ends_with("s are left")
    );
    assert_eq!(answers[3]["ok"], json!({}));
    assert_eq!(answers[4]["error"][0], "INVALID_ARGUMENT");
    let resource = &answers[5]["ok"][0]["header"]["resource"];
    assert_eq!(resource["outputs"]["literals"]["o0"], text("HEAR, HEAR"));
    assert_eq!(answers[6]["error"][0], "UNIMPLEMENTED");
    assert_eq!(answers[7]["error"][0], "INVALID_ARGUMENT");
}

#[test]
fn it_lists_its_connectors() {
    let listed = run(Command::new(PROGRAM).arg("list"));
    assert_eq!(
        listed.text(),
        "Sleep Connector\tasync\tsleep (0)\nShout Connector\tsync\tshout (0)\n"
    );
}
