//! Registration without an image build: the executable is uploaded, and tasks download it.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use flytekit_proto::flyteidl::admin::TaskCreateRequest;
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::flyteidl::service::CreateUploadLocationRequest;
use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{Ended, python_program, run, script};
use prost::Message;
use serde_json::{Value, json};

/// The program in the image.
const IMAGE: &str = env!("CARGO_BIN_EXE_registered");

/// A later build of the same program.
const CHANGED: &str = env!("CARGO_BIN_EXE_changed");

/// The program's path in the image.
const EXECUTABLE: &str = "/usr/local/bin/flytekit-app";

/// A server whose containers have an image with the earlier build.
fn server(options: &[&str]) -> FlyteServer {
    let program = format!("{EXECUTABLE}={IMAGE}");
    FlyteServer::start(&[&["--program", &*program], options].concat())
}

fn registering(server: &FlyteServer, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(["register", "--image", "registry.example/app:1"]);
    // Each container has its own folders, but the processes of this test share the machine's.
    command
        .arg("--destination-dir")
        .arg(server.folder().join("code"));
    command.args(arguments);
    server.configure(&mut command);
    command
        .env_remove("CARGO_MANIFEST_DIR")
        .current_dir(server.folder());
    command
}

fn register(server: &FlyteServer, program: &str, arguments: &[&str]) -> Ended {
    run(&mut registering(server, program, arguments))
}

/// The error output of a registration whose upload fails.
fn refused(server: &FlyteServer) -> String {
    let mut command = registering(server, CHANGED, &["--fast", "--version", "v1"]);
    let ended = run(command.env("FLYTEKIT_STORE_TIMEOUT", "1"));
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(server.answers("CreateTask").is_empty());
    assert!(!ended.stderr.contains("signature="), "{ended}");
    let start = format!("to {}: ", server.http().replace("http://", ""));
    assert!(ended.stderr.contains(&start), "{ended}");
    ended.stderr
}

fn execute(server: &FlyteServer, version: &str) -> Value {
    let mut command = script("flyte_client.py");
    let inputs = json!({"a": 1, "b": 2}).to_string();
    command.args(["execute", "registered.add", version, &inputs]);
    server.configure(&mut command);
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    let text = ended.text();
    serde_json::from_str(text.lines().last().expect("a line")).expect("JSON")
}

fn args(request: &TaskCreateRequest) -> &[String] {
    let template = request
        .spec
        .as_ref()
        .and_then(|spec| spec.template.as_ref());
    match &template.expect("a template").target {
        Some(Target::Container(container)) => &container.args,
        other => panic!("no container: {other:?}"),
    }
}

#[test]
fn a_change_of_the_code_needs_no_image() {
    let server = server(&[]);
    let ended = register(&server, IMAGE, &["--version", "v1", "registered.add"]);
    assert!(ended.success(), "{ended}");
    assert!(server.answers("upload").is_empty());
    let ended = register(&server, CHANGED, &["--fast", "--version", "v2"]);
    assert!(ended.success(), "{ended}");
    for (version, sum) in [("v1", 3), ("v2", 1_000_003)] {
        let run = execute(&server, version);
        assert_eq!(run["outputs"], json!({"o0": sum}), "{run}");
    }

    let requests = server.requests_of::<TaskCreateRequest>("CreateTask");
    let [before, after] = &*requests else {
        panic!("{requests:?}")
    };
    let (prefix, rest) = args(after).split_at(7);
    let uri = &prefix[3];
    let code = server.folder().join("code");
    let code = code.to_str().expect("text");
    assert_eq!(rest, args(before));
    assert_eq!(
        [&prefix[..3], &prefix[4..]].concat(),
        [
            EXECUTABLE,
            "fast-execute",
            "--additional-distribution",
            "--dest-dir",
            code,
            "--"
        ]
    );
    let archive = fs::read(uri.strip_prefix("file://").expect("a file")).expect("an archive");
    let name = uri.rsplit('/').next().expect("a name");
    assert!(
        name.starts_with("fast") && name.ends_with(".tar.gz"),
        "{uri}"
    );
    assert!(
        Path::new(code)
            .join(name.trim_end_matches(".tar.gz"))
            .join("flytekit-app")
            .exists()
    );
    assert!(archive.starts_with(&[0x1f, 0x8b]));
}

#[test]
fn the_same_program_is_the_same_registration() {
    let server = server(&[]);
    for status in ["registered", "unchanged"] {
        let ended = register(&server, CHANGED, &["--fast", "--json"]);
        assert!(ended.success(), "{ended}");
        let said: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
        assert_eq!(said[0]["status"], status, "{said}");
    }
    let uploads = server.requests_of::<CreateUploadLocationRequest>("CreateUploadLocation");
    assert_eq!(uploads[0], uploads[1]);
}

#[test]
fn flytectl_registers_a_package_with_its_code() {
    let server = server(&[]);
    let mut command = Command::new(CHANGED);
    command.args(["package", "--fast", "--image", "registry.example/app:1"]);
    command.args(["--output", "package.tgz", "--destination-dir"]);
    command.arg(server.folder().join("code"));
    server.configure(&mut command);
    command
        .env_remove("CARGO_MANIFEST_DIR")
        .current_dir(server.folder());
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    let mut flytectl = script("flytectl_register.py");
    flytectl.arg(server.folder().join("package.tgz")).arg("v1");
    server.configure(&mut flytectl);
    let ended = run(&mut flytectl);
    assert!(ended.success(), "{ended}");
    let requests = server.requests_of::<TaskCreateRequest>("CreateTask");
    assert!(args(&requests[0])[3].starts_with("file://"), "{requests:?}");
    assert_eq!(execute(&server, "v1")["outputs"], json!({"o0": 1_000_003}));
}

#[test]
fn a_dry_run_uploads_nothing() {
    let server = server(&[]);
    let ended = register(&server, CHANGED, &["--fast", "--dry-run"]);
    assert!(ended.success(), "{ended}");
    assert_eq!(server.requests(), []);
}

/// The fields of the upload request, and the headers of the upload without those of the HTTP client.
fn shape(server: &FlyteServer) -> (BTreeMap<&'static str, String>, Vec<(String, String)>) {
    let uploads = server.requests_of::<CreateUploadLocationRequest>("CreateUploadLocation");
    let upload = &uploads[0];
    let name = &upload.filename;
    let digits = name
        .strip_prefix("fast")
        .and_then(|it| it.strip_suffix(".tar.gz"));
    assert!(digits.is_some_and(|it| it.len() == 32), "{name}");
    assert_eq!(upload.content_md5.len(), 16);
    let like_any = CreateUploadLocationRequest {
        filename: "fast….tar.gz".to_owned(),
        content_md5: b"digest".to_vec(),
        ..upload.clone()
    };
    let mut requests = server.requests().into_iter();
    let request = requests.rfind(|it| it.method == "upload");
    let request = request.expect("an upload");
    let known = |name: &str| name.starts_with("content-") || name.starts_with("x-");
    let headers = request.metadata.into_iter().filter(|(name, _)| known(name));
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name, length_of(&value)))
        .collect();
    headers.sort();
    let request = ("request", format!("{:?}", like_any.encode_to_vec()));
    (BTreeMap::from([request]), headers)
}

/// Replaces a digest with its length. The length of an archive differs between the clients.
fn length_of(value: &str) -> String {
    match value.parse::<u64>() {
        Ok(_) => "a number".to_owned(),
        Err(_) => format!("{} characters", value.len()),
    }
}

#[test]
fn flytekit_asks_for_the_same() {
    let ours = server(&[]);
    let ended = register(&ours, CHANGED, &["--fast", "--version", "v1"]);
    assert!(ended.success(), "{ended}");

    let theirs = server(&[]);
    let sources = tempfile::tempdir().expect("a folder");
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../python/remote/arithmetic.py");
    fs::copy(module, sources.path().join("arithmetic.py")).expect("a copy");
    let mut pyflyte = python_program("pyflyte");
    pyflyte.args([
        "register",
        "-p",
        "flytesnacks",
        "-d",
        "development",
        "--version",
        "v1",
    ]);
    pyflyte.args([
        "--copy",
        "all",
        "--image",
        "registry.example/app:1",
        "arithmetic.py",
    ]);
    theirs.configure(pyflyte.current_dir(sources.path()));
    let ended = run(&mut pyflyte);
    assert!(ended.success(), "{ended}");
    assert_eq!(shape(&ours), shape(&theirs));
}

#[test]
fn what_fails_once_is_tried_again() {
    let server = server(&["--fail-each-once"]);
    let ended = register(&server, CHANGED, &["--fast", "--version", "v1"]);
    assert!(ended.success(), "{ended}");
    assert_eq!(
        server.answers("upload"),
        BTreeMap::from([("200".to_owned(), 1), ("503".to_owned(), 1)])
    );
    assert_eq!(execute(&server, "v1")["outputs"], json!({"o0": 1_000_003}));
}

#[test]
fn a_store_that_refuses_is_named() {
    let broken = server(&["--fail", "upload=500:out of order"]);
    let said = refused(&broken);
    for part in [
        "500 Internal Server Error",
        "out of order",
        "in 5 attempts",
        "MiB",
    ] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    let closed = server(&["--fail", "upload=403"]);
    let said = refused(&closed);
    assert!(said.contains("403") && said.contains("refused"), "{said}");
    assert_eq!(closed.answers("upload").values().sum::<usize>(), 1);
}

#[test]
fn a_signature_that_has_expired_is_named() {
    let server = server(&["--url-lifetime", "0.001"]);
    let said = refused(&server);
    assert!(said.contains("Request has expired"), "{said}");
}

#[test]
fn a_store_that_is_silent_is_given_up() {
    let server = server(&["--hang", "upload"]);
    let started = Instant::now();
    let said = refused(&server);
    assert!(
        said.contains("the store accepted no data and sent no answer for 1 s"),
        "{said}"
    );
    assert!(said.contains("FLYTEKIT_STORE_TIMEOUT"), "{said}");
    assert!(started.elapsed().as_secs() < 60);
}
