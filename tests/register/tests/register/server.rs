//! Tests of the test server: it refuses the same calls as Flyte, and flytekit's clients work with it. That is
//! why other tests may rely on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_proto::flyteidl::admin::{ExecutionCreateRequest, TaskCreateRequest};
use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::store::ObjectStore;
use flytekit_test_support::{
    DEADLINE, Ended, eventually, is_running, python_program, run, run_within, script,
};
use serde_json::{Value, json};

const TASKS: [&str; 5] = ["add", "greet", "hesitate", "refuse", "sleep"];

/// The folder of the tasks in Python.
fn module() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../python/remote")
}

/// A server that can run the tasks in Python.
fn server(options: &[&str]) -> FlyteServer {
    let module = module();
    let path = [
        "--python-path",
        module.to_str().expect("a path that is text"),
    ];
    FlyteServer::start(&[&path, options].concat())
}

fn pyflyte(server: &FlyteServer, arguments: &[&str]) -> Command {
    let mut command = python_program("pyflyte");
    command.args(arguments).current_dir(module());
    server.configure(&mut command);
    command
}

/// Registers the tasks as version `v1`.
fn register(server: &FlyteServer, how: &[&str]) -> Ended {
    let verb = ["register", "-p", "flytesnacks", "-d", "development"];
    let what = ["--version", "v1", "--image", "registry/app:1"];
    succeed(pyflyte(
        server,
        &[&verb[..], &what, how, &["arithmetic.py"]].concat(),
    ))
}

/// The report of flytekit's client.
fn client(server: &FlyteServer, arguments: &[&str], settings: &[(&str, &str)]) -> Value {
    let mut command = script("flyte_client.py");
    command.args(arguments);
    server.configure(&mut command);
    command.envs(settings.iter().copied());
    last_line(&succeed(command))
}

fn tasks(server: &FlyteServer, settings: &[(&str, &str)]) -> Value {
    client(server, &["tasks", "flytesnacks", "development"], settings)
}

fn execute(server: &FlyteServer, name: &str, inputs: &Value) -> Value {
    client(
        server,
        &[
            "execute",
            &format!("arithmetic.{name}"),
            "v1",
            &inputs.to_string(),
        ],
        &[],
    )
}

fn succeed(mut command: Command) -> Ended {
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    ended
}

/// Parses the last line of the output: clients print other lines before the result.
fn last_line(ended: &Ended) -> Value {
    let text = ended.text();
    let line = text.lines().last().unwrap_or_else(|| panic!("{ended}"));
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {ended}"))
}

/// Calls, by their names in `flyte_calls.py`, and the beginnings of their errors.
const REFUSALS: [(&str, &str); 46] = [
    (
        "nothing there",
        "NOT_FOUND: missing entity of type TASK with identifier resource_type:TASK project:\"flytesnacks\" domain:\"development\" name:\"app.add\" version:\"v1\"",
    ),
    ("no id", "INVALID_ARGUMENT: missing id"),
    (
        "id of a workflow",
        "INVALID_ARGUMENT: unexpected resource type workflow",
    ),
    ("no project", "INVALID_ARGUMENT: missing project"),
    ("no domain", "INVALID_ARGUMENT: missing domain"),
    ("no name", "INVALID_ARGUMENT: missing name"),
    ("no version", "INVALID_ARGUMENT: missing version"),
    (
        "unknown project",
        "INVALID_ARGUMENT: failed to validate that project [nowhere] and domain [development] are registered",
    ),
    (
        "unknown domain",
        "INVALID_ARGUMENT: domain [nowhere] is unrecognized by system",
    ),
    ("no spec", "INVALID_ARGUMENT: missing spec"),
    ("no type", "INVALID_ARGUMENT: missing type"),
    ("no metadata", "INVALID_ARGUMENT: missing metadata"),
    (
        "no runtime version",
        "INVALID_ARGUMENT: missing runtime version",
    ),
    ("no interface", "INVALID_ARGUMENT: missing typed interface"),
    ("no image", "INVALID_ARGUMENT: missing image"),
    ("no command", "INVALID_ARGUMENT: task failed compilation"),
    ("good task", "OK"),
    (
        "same task",
        "ALREADY_EXISTS: task with identical structure already exists",
    ),
    (
        "other task",
        "INVALID_ARGUMENT: app.add task with different structure already exists. (Please register a new version of the task):\n/container/image:\n\t- \"registry/app:1\" \n\t+ \"registry/app:2\"",
    ),
    ("unknown task", "NOT_FOUND: missing entity of type TASK"),
    (
        "input missing",
        "INVALID_ARGUMENT: expected_inputs right missing",
    ),
    ("input unknown", "INVALID_ARGUMENT: invalid input more"),
    (
        "input without a value",
        "INVALID_ARGUMENT: missing valid literal in inputs left",
    ),
    (
        "text for a number",
        "INVALID_ARGUMENT: invalid left input wrong type. Expected simple:INTEGER, but got simple:STRING",
    ),
    (
        "text for an optional number",
        "INVALID_ARGUMENT: invalid right input wrong type",
    ),
    (
        "name with a space",
        "INVALID_ARGUMENT: invalid name format: with space",
    ),
    (
        "long name",
        "INVALID_ARGUMENT: size of name exceeded length 63",
    ),
    (
        "no project of an execution",
        "INVALID_ARGUMENT: missing project",
    ),
    ("good execution", "OK"),
    (
        "same name",
        "ALREADY_EXISTS: value with matching already exists",
    ),
    ("no limit", "INVALID_ARGUMENT: invalid value for limit"),
    (
        "bad token",
        "INVALID_ARGUMENT: invalid pagination token first",
    ),
    ("bad filter", "INVALID_ARGUMENT: Unrecognized filter format"),
    ("good list", "OK"),
    (
        "upload to no project",
        "INVALID_ARGUMENT: project and domain are required parameters",
    ),
    (
        "upload of no content",
        "INVALID_ARGUMENT: content_md5 or filename_root is a required parameter",
    ),
    ("upload of tomorrow", "INVALID_ARGUMENT: expiresIn"),
    ("signature of nobody", "403: AccessDenied"),
    (
        "signature expired",
        "403: AccessDenied: Request has expired",
    ),
    (
        "upload without a digest",
        "403: SignatureDoesNotMatch: Content-MD5",
    ),
    (
        "upload without its header",
        "403: SignatureDoesNotMatch: x-amz-meta-flyteContentMD5",
    ),
    ("other content", "400: BadDigest"),
    ("good upload", "200: "),
    ("good download", "200: content"),
    ("download of nothing", "404: NoSuchKey"),
    ("end of what has ended", "FAILED_PRECONDITION: Cannot abort"),
];

/// The server refuses each of these calls, and accepts the correct ones.
#[test]
fn what_flyte_refuses_is_refused() {
    let server = FlyteServer::start(&[]);
    let ended = succeed({
        let mut command = script("flyte_calls.py");
        command.arg(server.endpoint());
        command
    });
    let told: BTreeMap<String, String> = serde_json::from_slice(&ended.stdout).expect("JSON");
    for (call, refusal) in REFUSALS {
        let told = told
            .get(call)
            .unwrap_or_else(|| panic!("no call `{call}`: {told:?}"));
        assert!(told.starts_with(refusal), "{call}: {told}");
    }
    assert_eq!(
        told.len(),
        REFUSALS.len(),
        "calls of which nothing is expected: {told:?}"
    );
}

#[test]
fn pyflyte_registers_and_flytekit_reads_and_runs_it() {
    let server = server(&[]);
    register(&server, &["--copy", "none"]);
    let requests: Vec<TaskCreateRequest> = server.requests_of("CreateTask");
    assert_eq!(requests.len(), TASKS.len());
    let names: Vec<_> = TASKS
        .iter()
        .map(|name| json!([format!("arithmetic.{name}"), "v1"]))
        .collect();
    let mut listed = tasks(&server, &[]);
    listed
        .as_array_mut()
        .expect("a list")
        .sort_by_key(ToString::to_string);
    assert_eq!(listed, Value::from(names));
    let add = client(
        &server,
        &["task", "flytesnacks", "development", "arithmetic.add", "v1"],
        &[],
    );
    assert_eq!(add["container"]["image"], "registry/app:1");

    let succeeded = |outputs| json!({"phase": "SUCCEEDED", "outputs": outputs, "error": null});
    assert_eq!(
        execute(&server, "add", &json!({"left": 1, "right": 2})),
        succeeded(json!({"o0": 3}))
    );
    assert_eq!(
        execute(&server, "greet", &json!({"name": null})),
        succeeded(json!({"o0": "Hello, you!"}))
    );
    assert_eq!(
        execute(&server, "greet", &json!({"name": "Ada"})),
        succeeded(json!({"o0": "Hello, Ada!"}))
    );

    let failed = execute(&server, "refuse", &json!({"reason": "no reason"}));
    assert_eq!(
        (&failed["phase"], &failed["error"][0]),
        (&json!("FAILED"), &json!("USER:RuntimeError"))
    );
    let said = failed["error"][1].as_str().expect("a message");
    assert!(said.ends_with("ValueError: no reason"), "{said}");

    let failed = execute(&server, "hesitate", &json!({}));
    assert_eq!(failed["error"][0], "RetriesExhausted|USER:Recoverable");
    let said = failed["error"][1].as_str().expect("a message");
    assert!(
        said.starts_with("[2/2] currentAttempt done. Last Error: USER::"),
        "{said}"
    );
}

#[test]
fn registering_again_is_refused_if_it_is_something_else() {
    let server = server(&[]);
    register(&server, &["--copy", "none"]);
    register(&server, &["--copy", "none"]);
    assert_eq!(server.answers("CreateTask")["OK"], TASKS.len());
    assert!(server.answers("CreateTask")["ALREADY_EXISTS"] >= TASKS.len());

    let other = [
        "register",
        "-p",
        "flytesnacks",
        "-d",
        "development",
        "--version",
        "v1",
    ];
    let other = [
        &other[..],
        &[
            "--image",
            "registry/app:2",
            "--copy",
            "none",
            "arithmetic.py",
        ],
    ]
    .concat();
    let ended = run(&mut pyflyte(&server, &other));
    assert!(!ended.success(), "{ended}");
    assert!(
        ended
            .to_string()
            .contains("different structure already exists"),
        "{ended}"
    );
}

#[test]
fn pyflyte_uploads_code_which_then_runs() {
    // The uploaded module runs: its folder is not on Python's path.
    let server = FlyteServer::start(&[]);
    register(&server, &["--destination-dir", "."]);
    assert_eq!(server.answers("upload"), [("200".to_owned(), 1)].into());
    let sum = execute(&server, "add", &json!({"left": 20, "right": 22}));
    assert_eq!(sum["outputs"]["o0"], 42, "{sum}");
}

#[test]
fn pyflyte_runs_a_workflow_of_a_module_to_its_end() {
    let server = FlyteServer::start(&[]);
    let run = [
        "run",
        "--remote",
        "--wait",
        "--poll-interval",
        "1",
        "--image",
        "registry/app:1",
    ];
    let workflow = [
        "--name",
        "sum",
        "arithmetic.py",
        "sum_of_three",
        "--first",
        "1",
        "--second",
        "2",
    ];
    let ended = succeed(pyflyte(&server, &[&run[..], &workflow].concat()));
    assert!(ended.text().contains("has succeeded"), "{ended}");
    let [request] = &server.requests_of::<ExecutionCreateRequest>("CreateExecution")[..] else {
        panic!("not one execution")
    };
    assert_eq!(request.name, "sum");
}

#[test]
fn data_lies_in_a_store_if_there_is_one() {
    let store = ObjectStore::start();
    let server = FlyteServer::with_store(&store, &[]);
    register(&server, &["--destination-dir", "."]);
    let sum = execute(&server, "add", &json!({"left": 1, "right": 1}));
    assert_eq!(sum["outputs"]["o0"], 2, "{sum}");
    let [request] = &server.requests_of::<ExecutionCreateRequest>("CreateExecution")[..] else {
        panic!("not one execution")
    };
    assert_eq!(request.project, "flytesnacks");
    assert!(!server.folder().join("data").exists());
}

#[test]
fn a_task_in_rust_runs() {
    let app = env!("CARGO_BIN_EXE_registered");
    let program = format!("/usr/local/bin/flytekit-app={app}");
    let server = FlyteServer::start(&["--program", &program]);
    let file = tempfile::NamedTempFile::new().expect("a file");
    for task in ["registered.add", "registered.fail"] {
        let described = run(Command::new(app).args(["describe", "--format", "pb", task]));
        fs::write(&file, described.stdout).expect("a file");
        client(
            &server,
            &[
                "create",
                file.path().to_str().expect("a path that is text"),
                "v1",
            ],
            &[],
        );
    }
    let sum = ["execute", "registered.add", "v1", r#"{"a": 1, "b": 2}"#];
    assert_eq!(client(&server, &sum, &[])["outputs"]["o0"], 3);
    let failure = [
        "execute",
        "registered.fail",
        "v1",
        r#"{"message": "no luck"}"#,
    ];
    let failed = client(&server, &failure, &[]);
    let said = failed["error"][1].as_str().expect("a message");
    assert!(said.contains("no luck"), "{failed}");
}

/// `--fail-each-once`: flytekit retries each call, whatever the error.
#[test]
fn each_call_fails_the_first_time_if_it_shall() {
    let server = server(&["--fail-each-once", "--delay", "200"]);
    register(&server, &["--copy", "none"]);
    let answers = [
        ("OK".to_owned(), TASKS.len()),
        ("UNAVAILABLE".to_owned(), TASKS.len()),
    ];
    assert_eq!(server.answers("CreateTask"), answers.into());
    // flytekit registers each task in a thread of its own.
    let most = server.most_at_once("CreateTask");
    assert!((2..=TASKS.len()).contains(&most), "{most}");
}

/// `--lose-each-once`: the first call has an effect, but no answer.
#[test]
fn each_answer_gets_lost_the_first_time_if_it_shall() {
    let server = server(&["--lose-each-once"]);
    register(&server, &["--copy", "none"]);
    let answers = server.answers("CreateTask");
    assert_eq!(answers["UNAVAILABLE"], TASKS.len());
    assert!(answers["ALREADY_EXISTS"] >= TASKS.len(), "{answers:?}");
    assert_eq!(answers.get("OK"), None);
}

#[test]
fn a_method_fails_and_hangs_on_demand() {
    let faults = [
        "--fail",
        "ListTasks=RESOURCE_EXHAUSTEDx2:too much",
        "--hang",
        "GetTask",
    ];
    let server = FlyteServer::start(&faults);
    assert_eq!(tasks(&server, &[]), json!([]));
    let answers = [("OK".to_owned(), 1), ("RESOURCE_EXHAUSTED".to_owned(), 2)];
    assert_eq!(server.answers("ListTasks"), answers.into());

    let mut hanging = script("flyte_client.py");
    hanging.args(["task", "flytesnacks", "development", "arithmetic.add", "v1"]);
    server.configure(&mut hanging);
    let ended = run_within(DEADLINE, &mut hanging, |client| {
        eventually("the call hangs", DEADLINE, || {
            server.answers("GetTask").contains_key("")
        });
        client.kill().expect("a child can be killed");
    });
    assert_eq!(ended.code(), None, "{ended}");
}

/// The settings of a client with its own identity.
const CLIENT: [(&str, &str); 4] = [
    ("FLYTE_CREDENTIALS_AUTH_MODE", "clientsecret"),
    ("FLYTE_CREDENTIALS_CLIENT_ID", "flytepropeller"),
    ("FLYTE_CREDENTIALS_CLIENT_SECRET", "secret"),
    ("FLYTE_CREDENTIALS_AUDIENCE", "tests"),
];

#[test]
fn a_client_signs_in_over_tls_and_again_when_its_token_has_expired() {
    let options = ["--tls", "--require-auth", "--audience", "tests"];
    // Each token has expired on arrival.
    let server = FlyteServer::start(&[&options[..], &["--token-lifetime", "0"]].concat());
    let mut command = script("flyte_client.py");
    command
        .args(["tasks", "flytesnacks", "development"])
        .envs(CLIENT);
    server.configure(&mut command);
    command.envs(CLIENT);
    let ended = run(&mut command);
    assert!(
        !ended.success() && ended.stderr.contains("token is expired"),
        "{ended}"
    );
    assert!(server.answers("token")["200"] > 1);

    let server = FlyteServer::start(&options);
    assert!(server.http().starts_with("https://"));
    assert_eq!(tasks(&server, &CLIENT), json!([]));
    assert_eq!(server.answers("token"), [("200".to_owned(), 1)].into());
    let calls = [("OK".to_owned(), 1), ("UNAUTHENTICATED".to_owned(), 1)];
    assert_eq!(server.answers("ListTasks"), calls.into());
    let record = fs::read_to_string(server.folder().join("requests")).expect("a record");
    assert!(
        record.contains("Bearer ") && record.contains("Basic "),
        "{record}"
    );
    assert!(!record.contains(CLIENT[2].1), "{record}");
    let forms = server.requests().into_iter().map(|call| call.message);
    for form in forms.map(|form| String::from_utf8_lossy(&form).into_owned()) {
        assert!(!form.contains(CLIENT[2].1), "{form}");
    }
}

#[test]
fn a_client_with_the_wrong_secret_gets_no_token() {
    let server = FlyteServer::start(&["--require-auth", "--client", "flytepropeller:other"]);
    let mut command = script("flyte_client.py");
    command.args(["tasks", "flytesnacks", "development"]);
    server.configure(&mut command);
    let ended = run(command.envs(CLIENT));
    assert!(
        !ended.success() && ended.stderr.contains("invalid_client"),
        "{ended}"
    );
    assert!(!server.answers("token").contains_key("200"));
}

#[test]
fn a_device_is_told_to_wait_then_agreed_to() {
    let server = FlyteServer::start(&["--require-auth", "--metadata-key", "flyte-authorization"]);
    let settings = [("FLYTE_CREDENTIALS_AUTH_MODE", "DeviceFlow")];
    assert_eq!(tasks(&server, &settings), json!([]));
    let answers = [("200".to_owned(), 1), ("400".to_owned(), 2)];
    assert_eq!(server.answers("token"), answers.into());
    let mut calls = server
        .requests()
        .into_iter()
        .filter(|call| call.method == "ListTasks");
    let last = calls.next_back().expect("a call");
    assert_eq!(last.header("flyte-authorization"), Some("Bearer …"));
}

#[test]
fn a_browser_is_sent_back_with_a_code_that_becomes_a_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let browser = folder.path().join("browser");
    let visit = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()";
    let python = flytekit_test_support::python();
    // Like a browser, the script opens the page in the background.
    let script = format!("#!/bin/sh\n{} -c '{visit}' \"$1\" &\n", python.display());
    fs::write(&browser, script).expect("a file");
    succeed({
        let mut command = Command::new("chmod");
        command.arg("+x").arg(&browser);
        command
    });
    let server = FlyteServer::start(&["--require-auth"]);
    let browser = browser.to_str().expect("a path that is text");
    let settings = [
        ("FLYTE_CREDENTIALS_AUTH_MODE", "Pkce"),
        ("BROWSER", browser),
    ];
    assert_eq!(tasks(&server, &settings), json!([]));
    assert_eq!(server.answers("authorize"), [("302".to_owned(), 1)].into());
    assert_eq!(server.answers("token"), [("200".to_owned(), 1)].into());
}

#[test]
fn what_runs_ends_when_it_is_told_to_and_with_the_server() {
    let server = server(&[]);
    register(&server, &["--copy", "none"]);
    let long = ["arithmetic.sleep", "v1", r#"{"seconds": 600.0}"#];
    let aborted = client(&server, &[&["abort"], &long[..]].concat(), &[]);
    assert_eq!(
        (&aborted["phase"], &aborted["cause"]),
        (&json!("ABORTED"), &json!("enough"))
    );
    assert!(!is_running(process(&aborted)));

    let started = client(&server, &[&["start"], &long[..]].concat(), &[]);
    assert!(is_running(process(&started)));
    drop(server);
    eventually("the task has ended", DEADLINE, || {
        !is_running(process(&started))
    });
}

fn process(told: &Value) -> u32 {
    let process = told["process"].as_u64().expect("a number");
    process.try_into().expect("a process")
}

/// Settings in a file have the same effect as variables.
#[test]
fn a_configuration_file_leads_to_the_server() {
    let server = FlyteServer::start(&["--tls", "--require-auth", "--accept-token", "a-token"]);
    let folder = tempfile::tempdir().expect("a folder");
    let more = ["authType: ExternalCommand", "command: [echo, a-token]"];
    let file = server.write_config(folder.path(), &more);
    let mut command = script("flyte_client.py");
    command.args(["tasks", "flytesnacks", "development"]);
    server.configure(&mut command);
    for name in ["FLYTE_PLATFORM_URL", "FLYTE_PLATFORM_CA_CERT_FILE_PATH"] {
        command.env_remove(name);
    }
    command.env("FLYTECTL_CONFIG", file);
    assert_eq!(last_line(&succeed(command)), json!([]));
}
