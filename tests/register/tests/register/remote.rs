//! `run --remote`: registered tasks in Rust and in Python really run, and flytekit's client sees the same
//! executions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_proto::flyteidl::admin::execution_spec::NotificationOverrides;
use flytekit_proto::flyteidl::admin::{ExecutionCreateRequest, ExecutionSpec};
use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::store::ObjectStore;
use flytekit_test_support::{
    DEADLINE, Ended, eventually, interpreter, python_program, run, run_within, script, signal,
};
use serde_json::{Value, json};

const REGISTERED: &str = env!("CARGO_BIN_EXE_registered");

/// The folder of the tasks in Python.
fn module() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../python/remote")
}

/// A server that can run the tasks in Python and those of [`REGISTERED`].
fn server(options: &[&str]) -> FlyteServer {
    with_programs(options, FlyteServer::start)
}

fn with_programs(options: &[&str], start: impl Fn(&[&str]) -> FlyteServer) -> FlyteServer {
    let module = module();
    let module = module.to_str().expect("a path that is text");
    let program = format!("/usr/local/bin/flytekit-app={REGISTERED}");
    let own = ["--python-path", module, "--program", &program];
    start(&[&own, options].concat())
}

/// The program with these arguments, which blanks separate.
fn app(server: &FlyteServer, words: &str) -> Command {
    let mut command = Command::new(REGISTERED);
    command.args(words.split_whitespace());
    server.configure(&mut command);
    // The folder has neither flytekit.toml nor a repository.
    command.env_remove("CARGO_MANIFEST_DIR");
    command.current_dir(server.folder());
    command
}

fn remote(server: &FlyteServer, words: &str) -> Ended {
    run(&mut app(server, &format!("run --remote {words}")))
}

#[track_caller]
fn succeed(mut command: Command) -> Ended {
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    ended
}

/// The outputs that a successful run prints.
#[track_caller]
fn outputs(server: &FlyteServer, words: &str) -> String {
    let ended = remote(server, words);
    assert!(ended.success(), "{ended}");
    ended.text()
}

/// The error that a failed run prints, without the progress before it.
#[track_caller]
fn error(server: &FlyteServer, words: &str) -> String {
    let ended = remote(server, words);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let (_, error) = ended.stderr.split_once("error: ").expect("an error");
    error.to_owned()
}

/// Registers the tasks in Rust.
fn register(server: &FlyteServer, version: &str) {
    let words = format!("register --version {version} --image registry.example/app:1");
    succeed(app(server, &words));
}

/// Registers the tasks of a module in Python.
fn register_python(server: &FlyteServer, file: &str) {
    let mut command = python_program("pyflyte");
    command.args(["register", "-p", "flytesnacks", "-d", "development"]);
    command.args(["--version", "v1", "--image", "registry/app:1", file]);
    command.current_dir(module());
    server.configure(&mut command);
    succeed(command);
}

/// The report of flytekit's client.
fn client(server: &FlyteServer, arguments: &[&str]) -> Value {
    let mut command = script("flyte_client.py");
    command.args(arguments);
    server.configure(&mut command);
    let ended = succeed(command);
    let text = ended.text();
    let line = text.lines().last().unwrap_or_else(|| panic!("{ended}"));
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {ended}"))
}

fn link(server: &FlyteServer, name: &str) -> String {
    format!(
        "http://{}/console/projects/flytesnacks/domains/development/executions/{name}",
        server.endpoint()
    )
}

#[test]
fn a_task_in_rust_runs_there_as_here() {
    let server = server(&[]);
    register(&server, "v1");
    for task in [
        "registered.add --a 1 --b -3",
        "registered.add --json --a 40 --b 2",
        "registered.greet --name you",
        "registered.greet --name you --times 2",
    ] {
        let here = succeed(app(&server, &format!("run {task}"))).text();
        assert_eq!(outputs(&server, &format!("--wait {task}")), here, "{task}");
    }

    let ended = remote(&server, "registered.add --a 1 --b 2");
    assert!(ended.success(), "{ended}");
    let text = ended.text();
    let name = text.trim();
    assert_eq!(ended.stderr.trim(), link(&server, name));
    let of_flyte = name.starts_with('f') && name.len() == 20;
    assert!(of_flyte && name.bytes().all(|it| it.is_ascii_alphanumeric()));
    let result = client(&server, &["result", name]);
    let expected = json!({"phase": "SUCCEEDED", "outputs": {"o0": 3}, "error": null});
    assert_eq!(result, expected);

    let ended = remote(&server, "--json --name again registered.add --a 1 --b 2");
    let told: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    let expected = json!({
        "name": "again",
        "project": "flytesnacks",
        "domain": "development",
        "link": link(&server, "again"),
    });
    assert_eq!(told, expected, "{ended}");
}

#[test]
fn a_task_in_python_runs() {
    let server = server(&[]);
    register_python(&server, "arithmetic.py");
    let sum = outputs(&server, "arithmetic.add --wait --left 1 --right 2");
    assert_eq!(sum, "o0 = 3\n");
    let greeting = outputs(&server, "--wait arithmetic.greet");
    assert_eq!(greeting, "o0 = \"Hello, you!\"\n");
    let inputs = server.folder().join("inputs.json");
    fs::write(&inputs, r#"{"name": "Ada"}"#).expect("a file");
    let words = format!("--wait --inputs {} arithmetic.greet", inputs.display());
    assert_eq!(outputs(&server, &words), "o0 = \"Hello, Ada!\"\n");

    let failed = error(&server, "arithmetic.refuse --wait --reason why");
    let parts = [
        "the run failed (user error, code USER:RuntimeError)",
        "ValueError: why",
        &link(&server, "f"),
    ];
    for part in parts {
        assert!(failed.contains(part), "{part}: {failed}");
    }
}

#[test]
fn what_happens_is_told_once() {
    let server = server(&[]);
    register_python(&server, "arithmetic.py");
    let ended = remote(&server, "--follow arithmetic.hesitate");
    assert_eq!(ended.code(), Some(1), "{ended}");
    let lines: Vec<_> = ended.stderr.lines().collect();
    for told in [
        "attempt 1: log Kubernetes Logs (User): http://",
        "attempt 1: failed: USER:Recoverable: FlyteRecoverableException: ",
        "attempt 2: log Kubernetes Logs (User): http://",
        "attempt 2: failed: USER:Recoverable: FlyteRecoverableException: ",
        "arithmetichesitate: failed: RetriesExhausted|USER:Recoverable: ",
        "error: the run failed (user error, code RetriesExhausted|USER:Recoverable)",
    ] {
        let count = lines.iter().filter(|line| line.contains(told)).count();
        assert_eq!(count, 1, "{told}: {ended}");
    }
}

#[test]
fn options_come_to_flyte() {
    let server = server(&[]);
    register(&server, "v1");
    let ended = remote(
        &server,
        "--name given --env A=1 --env B=x=y --label l=1 --annotation n=2 --tags one --tag two \
         --service-account robot --raw-output-data-prefix file:///tmp/raw --max-parallelism 4 \
         --interruptible false --overwrite-cache --cluster-pool pool --ecl label \
         --disable-notifications registered.greet --name you",
    );
    assert!(ended.success(), "{ended}");
    let request = &server.requests_of::<ExecutionCreateRequest>("CreateExecution")[0];
    let spec = request.spec.clone().expect("a spec");
    let ExecutionSpec {
        launch_plan,
        metadata,
        notification_overrides,
        labels,
        annotations,
        security_context,
        max_parallelism,
        raw_output_data_config,
        cluster_assignment,
        interruptible,
        overwrite_cache,
        envs,
        tags,
        execution_cluster_label,
    } = spec;
    assert_eq!(
        [&request.project, &request.domain, &request.name],
        ["flytesnacks", "development", "given"]
    );
    let task = launch_plan.expect("a task");
    assert_eq!(task.resource_type().as_str_name(), "TASK");
    assert_eq!((&*task.name, &*task.version), ("registered.greet", "v1"));
    assert_eq!(metadata.expect("metadata").principal, "placeholder");
    let nobody = NotificationOverrides::DisableAll(true);
    assert_eq!(notification_overrides, Some(nobody));
    let pairs =
        |values: std::collections::BTreeMap<String, String>| values.into_iter().collect::<Vec<_>>();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(pairs(labels.expect("labels").values), [pair("l", "1")]);
    let annotations = annotations.expect("annotations").values;
    assert_eq!(pairs(annotations), [pair("n", "2")]);
    let account = security_context
        .and_then(|it| it.run_as)
        .expect("an account");
    assert_eq!(account.k8s_service_account, "robot");
    assert_eq!(max_parallelism, 4);
    let prefix = raw_output_data_config.expect("a prefix");
    assert_eq!(prefix.output_location_prefix, "file:///tmp/raw");
    let pool = cluster_assignment.expect("a pool").cluster_pool_name;
    assert_eq!(pool, "pool");
    assert_eq!(interruptible, Some(false));
    assert!(overwrite_cache);
    let envs = envs.expect("variables").values.into_iter();
    let envs: Vec<_> = envs.map(|it| (it.key, it.value)).collect();
    assert_eq!(envs, [pair("A", "1"), pair("B", "x=y")]);
    assert_eq!(tags, ["one", "two"]);
    let label = execution_cluster_label.expect("a label").value;
    assert_eq!(label, "label");
    let names: Vec<_> = request
        .inputs
        .iter()
        .flat_map(|it| it.literals.keys())
        .collect();
    assert_eq!(names, ["name", "times"]);
}

#[test]
fn a_task_is_asked_for_by_its_version_or_the_newest() {
    let server = server(&[]);
    register(&server, "v1");
    register(&server, "v2");
    for words in [
        "registered.add",
        "--version v1 registered.add",
        "registered.add --version=v1",
    ] {
        let ended = remote(&server, &format!("{words} --a 1 --b 2"));
        assert!(ended.success(), "{ended}");
    }
    let requests = server.requests_of::<ExecutionCreateRequest>("CreateExecution");
    let versions = requests.into_iter().map(|it| {
        let task = it.spec.and_then(|spec| spec.launch_plan);
        task.expect("a task").version
    });
    assert_eq!(versions.collect::<Vec<_>>(), ["v2", "v1", "v1"]);
}

#[test]
fn help_shows_the_inputs_that_flyte_knows() {
    let server = server(&[]);
    register(&server, "v1");
    let help = outputs(&server, "registered.add --help");
    for part in [
        "Usage: registered run --remote registered.add [OPTIONS]",
        "--a <integer>",
        "One of them",
        "The other one",
        "--wait",
        "--name <NAME>",
    ] {
        assert!(help.contains(part), "{part}: {help}");
    }
    let help = outputs(&server, "registered.greet --help");
    assert!(help.contains("--name <string>"), "{help}");
    assert!(!help.contains("--name <NAME>"), "{help}");
    // `--help` before the task makes no calls.
    let help = remote(&server, "--help registered.add");
    assert!(help.text().contains("[OPTIONS] <TASK> [INPUTS]"), "{help}");
}

#[test]
fn mistakes_are_named() {
    let server = server(&[]);
    register(&server, "v1");
    let place = "in the project `flytesnacks`, domain `development`";
    for (words, message) in [
        (
            "add",
            &*format!("there is no task `add` {place}; did you mean `registered.add`?"),
        ),
        ("nothing", &format!("there is no task `nothing` {place}\n")),
        (
            "--version v7 registered.add",
            &format!(
                "the task `registered.add` has no version `v7` {place}; its newest one is `v1`"
            ),
        ),
        (
            "--domain staging registered.add",
            "no tasks are registered in the project `flytesnacks`, domain `staging`",
        ),
    ] {
        let told = error(&server, words);
        assert!(told.contains(message), "{message}: {told}");
    }
    for (words, message) in [
        ("", "required arguments were not provided:\n  <TASK>"),
        (
            "registered.add --a 1",
            "required arguments were not provided:\n  --b <integer>",
        ),
        (
            "registered.add --a x --b 1",
            "a: expected integer, found `x`",
        ),
        ("registered.add --c 1", "unexpected argument '--c' found"),
        (
            "--bogus registered.add",
            "unexpected argument '--bogus' found",
        ),
        ("--env A registered.add", "expected NAME=VALUE"),
        (
            "--timeout soon registered.add",
            "expected a duration such as 90s",
        ),
    ] {
        let ended = remote(&server, words);
        assert_eq!(ended.code(), Some(2), "{ended}");
        assert!(ended.stderr.contains(message), "{message}: {ended}");
    }
    let inputs = server.folder().join("inputs.json");
    fs::write(&inputs, r#"{"a": 1}"#).expect("a file");
    let told = error(
        &server,
        &format!("registered.add --inputs {}", inputs.display()),
    );
    assert!(
        told.contains("`registered.add` needs a value for `b`"),
        "{told}"
    );
    assert_eq!(
        server.requests_of::<ExecutionCreateRequest>("CreateExecution"),
        []
    );

    let mut nobody = Command::new(REGISTERED);
    nobody.args(["run", "--remote", "registered.add"]);
    server.configure(&mut nobody);
    let ended = run(nobody.env("FLYTE_PLATFORM_URL", "127.0.0.1:1"));
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(ended.stderr.contains("127.0.0.1:1"), "{ended}");
}

#[test]
fn a_name_is_of_one_run() {
    let server = server(&[]);
    register(&server, "v1");
    let first = remote(&server, "--name mine registered.add --a 1 --b 2");
    assert!(first.success(), "{first}");
    let again = remote(&server, "--wait --name mine registered.add --a 1 --b 2");
    assert!(
        again.stderr.contains("this run was started before"),
        "{again}"
    );
    assert_eq!(again.text(), "o0 = 3\n", "{again}");
    let other = error(&server, "--name mine registered.add --a 1 --b 3");
    let expected = format!(
        "there is a run `mine` already, of another task or with other inputs: {}",
        link(&server, "mine")
    );
    assert_eq!(other.trim(), expected);
}

#[test]
fn a_lost_connection_starts_no_second_run() {
    for fault in ["--fail-each-once", "--lose-each-once"] {
        let server = server(&[fault]);
        register(&server, "v1");
        let words = "--follow registered.add --a 1 --b 2";
        assert_eq!(outputs(&server, words), "o0 = 3\n", "{fault}");
        let requests = server.requests_of::<ExecutionCreateRequest>("CreateExecution");
        assert!(requests.len() > 1, "{fault}");
        assert!(
            requests.iter().all(|it| it.name == requests[0].name),
            "{fault}"
        );
    }
}

#[test]
fn a_run_outlives_whoever_waits_for_it() {
    let server = server(&[]);
    register_python(&server, "arithmetic.py");
    let words = "run --remote --wait --name slow arithmetic.sleep --seconds 3";
    let ended = run_within(DEADLINE, &mut app(&server, words), |child| {
        eventually("it runs", DEADLINE, || {
            !server.requests_of::<()>("GetExecution").is_empty()
        });
        signal("INT", child.id());
    });
    assert_eq!(ended.code(), Some(130), "{ended}");
    let left = format!(
        "ended by SIGINT; the run goes on\n  {}",
        link(&server, "slow")
    );
    assert!(ended.stderr.contains(&left), "{ended}");
    let late = error(
        &server,
        "--timeout 1s --name late arithmetic.sleep --seconds 4",
    );
    assert!(
        late.starts_with("the run is still running, and continues"),
        "{late}"
    );
    for name in ["slow", "late"] {
        assert_eq!(client(&server, &["result", name])["phase"], "SUCCEEDED");
    }
}

#[test]
fn an_aborted_run_says_why() {
    let server = server(&[]);
    register_python(&server, "arithmetic.py");
    let words = "run --remote --wait --name long arithmetic.sleep --seconds 60";
    let ended = run_within(DEADLINE, &mut app(&server, words), |_| {
        eventually("it runs", DEADLINE, || {
            !server.requests_of::<()>("GetExecution").is_empty()
        });
        client(&server, &["terminate", "long"]);
    });
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(
        ended.stderr.contains("error: the run was aborted"),
        "{ended}"
    );
    assert!(ended.stderr.contains(": enough\n"), "{ended}");
}

#[test]
fn files_of_this_machine_are_uploaded() {
    let store = ObjectStore::start();
    let server = with_programs(&[], |options| FlyteServer::with_store(&store, options));
    register_python(&server, "places.py");
    let folder = server.folder().join("mine");
    fs::create_dir_all(folder.join("deep/er")).expect("a folder");
    for name in ["a.txt", "b.txt", "deep/er/c.txt"] {
        fs::write(folder.join(name), name).expect("a file");
    }
    let mine = folder.display();
    let words = format!(
        "--wait places.join --files [\"{mine}/a.txt\",\"{mine}/b.txt\"] \
         --report {{\"title\":\"T\",\"file\":\"{mine}/a.txt\"}} --note {mine}/deep/er/c.txt"
    );
    assert_eq!(
        outputs(&server, &words),
        "o0 = \"T a.txt b.txt a.txt deep/er/c.txt\"\n"
    );
    // Each file is uploaded once. The first upload is flytekit's, of its module.
    let uploads = server.answers("upload");
    assert_eq!(
        uploads.into_iter().collect::<Vec<_>>(),
        [("200".to_owned(), 1 + 3)]
    );

    let tree = outputs(&server, &format!("--wait places.tree --folder {mine}"));
    assert_eq!(tree, "o0 = [\"a.txt\",\"b.txt\",\"deep/er/c.txt\"]\n");
    let length = outputs(
        &server,
        &format!("--wait places.length --data {mine}/deep/er/c.txt"),
    );
    assert_eq!(length, "o0 = 13\n");

    let ended = remote(&server, "places.length --data /nowhere");
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(
        ended.stderr.contains("data: `/nowhere`: No such file"),
        "{ended}"
    );
}

#[test]
fn an_input_of_another_type_comes_from_a_message() {
    const WRITE: &str = "
import sys
from flyteidl.core.literals_pb2 import LiteralMap
inputs = LiteralMap()
inputs.literals['options'].scalar.generic['key'] = 'value'
inputs.literals['more'].scalar.primitive.integer = 1
open(sys.argv[1], 'wb').write(inputs.SerializeToString())";
    let server = server(&[]);
    register_python(&server, "places.py");
    let help = outputs(&server, "places.keys --help");
    assert!(
        help.contains("Flags cannot represent the type of `options`"),
        "{help}"
    );
    let told = error(&server, "places.keys --more 1");
    assert!(
        told.contains("`places.keys` needs a value for `options`"),
        "{told}"
    );
    let inputs = server.folder().join("inputs.pb");
    let mut write = interpreter();
    write.args(["-c", WRITE]).arg(&inputs);
    succeed(write);
    let words = format!("--wait places.keys --inputs {}", inputs.display());
    assert_eq!(outputs(&server, &words), "o0 = 2\n");
}

#[test]
fn large_outputs_are_fetched() {
    let limited = server(&["--answer-limit", "10"]);
    register(&limited, "v1");
    let words = "--wait registered.greet --times 2 --name you";
    let greeting = "o0 = [\"Hello, you!\",\"Hello, you!\"]\n";
    assert_eq!(outputs(&limited, words), greeting);
    assert_eq!(limited.answers("download"), [("200".to_owned(), 1)].into());

    let broken = server(&["--answer-limit", "10", "--fail", "download=403"]);
    register(&broken, "v1");
    let told = error(&broken, words);
    let parts = [
        "the run succeeded, but its outputs, ",
        "/outputs.pb, cannot be read: HTTP status client error (403 Forbidden)",
    ];
    for part in parts {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("signature"), "{told}");
}
