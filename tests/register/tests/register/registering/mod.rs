//! `register`, compared with flytekit.

mod compared;
mod thousand;
mod twins;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use flytekit_proto::flyteidl::admin::{ObjectGetRequest, TaskCreateRequest};
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::flyteidl::core::{Container, ResourceType};
use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{DEADLINE, Ended, eventually, run, run_within, script, signal};
use serde_json::{Value, json};

const REGISTERED: &str = env!("CARGO_BIN_EXE_registered");
const IMAGE: &str = "registry.example/app:1";
const NAMES: [&str; 3] = ["registered.add", "registered.fail", "registered.greet"];

/// Registers with a server and these arguments.
fn register(server: &FlyteServer, arguments: &[&str]) -> Ended {
    run(&mut registering(server, arguments))
}

fn registering(server: &FlyteServer, arguments: &[&str]) -> Command {
    let mut command = Command::new(REGISTERED);
    command.arg("register").args(arguments);
    if !arguments.contains(&"--image") {
        command.args(["--image", IMAGE]);
    }
    elsewhere(&mut command, server);
    command
}

/// Configures a command for a server, in a folder without flytekit.toml and without a repository.
fn elsewhere(command: &mut Command, server: &FlyteServer) {
    server.configure(command);
    command.env_remove("CARGO_MANIFEST_DIR");
    command.current_dir(server.folder());
}

/// The entries on standard output, which is JSON.
fn entries(ended: &Ended) -> Vec<Value> {
    serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended}"))
}

/// The number of tasks with each status.
fn statuses(ended: &Ended) -> BTreeMap<String, usize> {
    let mut statuses = BTreeMap::new();
    for entry in entries(ended) {
        let status = entry["status"].as_str().expect("a status").to_owned();
        *statuses.entry(status).or_default() += 1;
    }
    statuses
}

fn counts<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.map(|(name, count)| (name.to_owned(), count)).into()
}

#[test]
fn tasks_are_registered_once() {
    let server = FlyteServer::start(&[]);
    let first = register(&server, &["--version", "v1"]);
    assert!(first.success(), "{first}");
    let text = first.text();
    let lines: Vec<_> = text.lines().collect();
    for (line, name) in lines.iter().zip(NAMES) {
        let link = format!(
            "http://{}/console/projects/flytesnacks/domains/development/task/{name}/version/v1",
            server.endpoint()
        );
        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!(words, ["registered", name, &link], "{first}");
    }
    let end = "3 tasks as version v1 in project flytesnacks, domain development: 3 registered, 0 \
               unchanged, 0 failed";
    assert_eq!(lines[3..], [end], "{first}");

    let again = register(&server, &["--version", "v1", "--json"]);
    assert!(again.success(), "{again}");
    assert_eq!(statuses(&again), counts([("unchanged", 3)]), "{again}");
    let answers = counts([("ALREADY_EXISTS", 3), ("OK", 3)]);
    assert_eq!(server.answers("CreateTask"), answers);
    assert_eq!(server.requests().len(), 6, "nothing else is asked");
}

#[test]
fn a_request_names_the_task_as_its_template_does() {
    let server = FlyteServer::start(&[]);
    let ended = register(&server, &["--version", "v1", "--domain", "staging"]);
    assert!(ended.success(), "{ended}");
    for request in server.requests_of::<TaskCreateRequest>("CreateTask") {
        let id = request.id.clone().expect("an identifier");
        assert_eq!(id.resource_type(), ResourceType::Task);
        let place = (&*id.project, &*id.domain, &*id.version);
        assert_eq!(place, ("flytesnacks", "staging", "v1"));
        assert!(NAMES.contains(&&*id.name), "{}", id.name);
        assert_eq!(container(request).image, IMAGE);
    }
}

/// The container of a request's task. Checks that request and template have the same identifier.
fn container(request: TaskCreateRequest) -> Container {
    let template = request.spec.and_then(|spec| spec.template);
    let template = template.expect("a template");
    assert_eq!(request.id, template.id);
    match template.target {
        Some(Target::Container(container)) => container,
        other => panic!("no container: {other:?}"),
    }
}

#[test]
fn without_a_version_the_content_gives_it() {
    let server = FlyteServer::start(&[]);
    let version = |arguments: &[&str]| {
        let ended = register(&server, arguments);
        assert!(ended.success(), "{ended}");
        entries(&ended)[0]["version"]
            .as_str()
            .expect("a version")
            .to_owned()
    };
    let first = version(&["--json"]);
    assert_eq!(
        version(&["--json", "registered.greet"]),
        first,
        "one of the tasks"
    );
    assert_eq!(
        version(&["--json", "--domain", "production"]),
        first,
        "elsewhere"
    );
    let other = version(&["--json", "--image", "registry.example/app:2"]);
    assert_ne!(other, first, "other content");
}

#[test]
fn other_content_under_a_version_is_refused_in_words() {
    let server = FlyteServer::start(&[]);
    let first = register(&server, &["--version", "v1", "registered.add"]);
    assert!(first.success(), "{first}");

    let other = ["--version", "v1", "--image", "registry.example/app:2"];
    let second = register(&server, &other);
    assert_eq!(second.code(), Some(1), "{second}");
    let says = |words: &str| assert!(second.stderr.contains(words), "no `{words}`: {second}");
    says("error: registered.add: version v1 is registered with other content:\n");
    says(IMAGE);
    says("registry.example/app:2");
    says("choose another one with --version");
    let text = second.text();
    assert!(
        text.contains("2 registered, 0 unchanged, 1 failed"),
        "{second}"
    );

    // The third run changes nothing.
    let third = register(&server, &["--version", "v1", "registered.add", "--json"]);
    assert_eq!(statuses(&third), counts([("unchanged", 1)]), "{third}");
    let fourth = register(&server, &[&other[..], &["--json"]].concat());
    assert_eq!(fourth.code(), Some(1), "{fourth}");
    let expected = counts([("different", 1), ("unchanged", 2)]);
    assert_eq!(statuses(&fourth), expected, "{fourth}");
    let differences = entries(&fourth)[0]["differences"].to_string();
    assert!(differences.contains("registry.example/app:2"), "{fourth}");
}

#[test]
fn what_flyte_refuses_is_said_once_for_all() {
    let server = FlyteServer::start(&[]);
    let ended = register(&server, &["--domain", "moon"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let errors: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(errors.len(), 1, "{ended}");
    assert!(
        errors[0].starts_with(&format!("error: {}: ", NAMES.join(", "))),
        "{ended}"
    );
    assert!(errors[0].contains("moon"), "{ended}");
    // The client compares the registered tasks with its own.
    let asked = server.requests_of::<ObjectGetRequest>("GetTask");
    assert_eq!(asked.len(), 3);
}

#[test]
fn calls_that_fail_once_are_made_again() {
    for (fault, unchanged) in [
        ("--fail-each-once", "OK"),
        ("--lose-each-once", "ALREADY_EXISTS"),
    ] {
        let server = FlyteServer::start(&[fault]);
        let ended = register(&server, &["--json"]);
        assert!(ended.success(), "{fault}: {ended}");
        assert_eq!(statuses(&ended), counts([("registered", 3)]), "{ended}");
        let answers = counts([(unchanged, 3), ("UNAVAILABLE", 3)]);
        assert_eq!(server.answers("CreateTask"), answers, "{fault}");
    }
}

#[test]
fn a_server_that_hangs_is_given_up() {
    let server = FlyteServer::start(&["--hang", "CreateTask"]);
    let arguments = ["--concurrency", "1", "--json"];
    let ended = run(registering(&server, &arguments).env("FLYTEKIT_ADMIN_TIMEOUT", "1"));
    assert_eq!(ended.code(), Some(1), "{ended}");
    // The client does not try the others: they would time out, too.
    let expected = counts([("failed", 1), ("untried", 2)]);
    assert_eq!(statuses(&ended), expected, "{ended}");
    assert!(ended.stderr.contains("no answer within 1 s"), "{ended}");
}

#[test]
fn a_dry_run_asks_nobody() {
    let server = FlyteServer::start(&[]);
    let ended = register(&server, &["--dry-run", "--version", "v1"]);
    assert!(ended.success(), "{ended}");
    let expected = format!(
        "registered.add    {IMAGE}\nregistered.fail   {IMAGE}\nregistered.greet  {IMAGE}\n3 tasks \
         as version v1 in project flytesnacks, domain development would be registered\n"
    );
    assert_eq!(ended.text(), expected, "{ended}");
    let json = register(&server, &["--dry-run", "--json"]);
    assert_eq!(statuses(&json), counts([("planned", 3)]), "{json}");
    assert_eq!(entries(&json)[0]["image"], IMAGE, "{json}");
    assert!(server.requests().is_empty());
}

#[test]
fn only_tasks_that_are_named_are_registered() {
    let server = FlyteServer::start(&[]);
    let named = |names: &[&str]| {
        let ended = register(&server, &[&["--json", "--dry-run"], names].concat());
        assert!(ended.success(), "{ended}");
        let names = entries(&ended).into_iter();
        names.map(|entry| entry["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        named(&["registered.greet", "registered.add"]),
        [NAMES[0], NAMES[2]]
    );
    assert_eq!(named(&["*a*"]), [NAMES[0], NAMES[1]]);

    let ended = register(&server, &["registered.ad", "*.nothing"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(
        ended.stderr.contains("did you mean `registered.add`?"),
        "{ended}"
    );
    assert!(ended.stderr.contains("no task `*.nothing`"), "{ended}");
    assert!(server.requests().is_empty());
}

/// Flyte refuses a task whose resources exceed the platform's limits. The other tasks are registered.
#[test]
fn more_than_the_platform_has_is_refused() {
    let server = FlyteServer::start(&["--limit", "memory=32Mi"]);
    let ended = register(&server, &["--json"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert_eq!(
        statuses(&ended),
        counts([("failed", 1), ("registered", 2)]),
        "{ended}"
    );
    let refused =
        "Requested MEMORY default [64Mi] is greater than current limit set in the platform";
    assert!(ended.text().contains(refused), "{ended}");
}

#[test]
fn tasks_can_fetch_their_executable() {
    let server = FlyteServer::start(&[]);
    let dry = register(&server, &["--fast", "--dry-run", "--json"]);
    assert!(dry.success(), "{dry}");
    assert!(server.requests().is_empty(), "a dry run uploads nothing");

    let ended = register(&server, &["--fast", "--json"]);
    assert!(ended.success(), "{ended}");
    assert_eq!(entries(&ended)[0]["version"], entries(&dry)[0]["version"]);
    assert_eq!(server.answers("upload"), counts([("200", 1)]));
    for request in server.requests_of::<TaskCreateRequest>("CreateTask") {
        let args = container(request).args;
        assert_eq!(args[1..3], ["fast-execute", "--additional-distribution"]);
        let archive = Path::new(args[3].strip_prefix("file://").expect("a file"));
        assert!(archive.exists(), "{args:?}");
    }

    let again = register(&server, &["--fast", "--json"]);
    assert_eq!(statuses(&again), counts([("unchanged", 3)]), "{again}");
    let with_image = register(&server, &["--json"]);
    assert_eq!(
        statuses(&with_image),
        counts([("registered", 3)]),
        "{with_image}"
    );
}

#[test]
fn flytekit_reads_what_was_registered_and_links_to_it_alike() {
    let plain = FlyteServer::start(&[]);
    read_by_flytekit(&plain, "v1", &[], &format!("http://{}/", plain.endpoint()));
    let console = "https://console.example.com:8080";
    let elsewhere = [("FLYTE_PLATFORM_CONSOLE_ENDPOINT", console)];
    read_by_flytekit(&plain, "v2", &elsewhere, &format!("{console}/"));
    let tls = FlyteServer::start(&["--tls"]);
    read_by_flytekit(&tls, "v1", &[], &format!("https://{}/", tls.endpoint()));
}

/// Registers with these variables, and reads the tasks with flytekit.
fn read_by_flytekit(server: &FlyteServer, version: &str, env: &[(&str, &str)], console: &str) {
    let mut command = registering(server, &["--version", version, "--json"]);
    let ended = run(command.envs(env.iter().copied()));
    assert!(ended.success(), "{ended}");
    let mut client = script("registered_read.py");
    client.arg(version).args(NAMES);
    server.configure(&mut client);
    let said = run(client.envs(env.iter().copied()));
    assert!(said.success(), "{said}");
    let inputs = [
        json!(["a", "b"]),
        json!(["message"]),
        json!(["name", "times"]),
    ];
    let tasks = entries(&ended).into_iter().zip(inputs);
    let expected = tasks.map(|(entry, inputs)| {
        let (name, link) = (&entry["name"], entry["link"].as_str().expect("a link"));
        assert!(link.starts_with(console), "{link}");
        json!({"name": name, "image": IMAGE, "inputs": inputs, "link": link})
    });
    assert_eq!(entries(&said), expected.collect::<Vec<_>>(), "{said}");
}

#[test]
fn who_signs_in_does_it_once_for_all_tasks() {
    let server = FlyteServer::start(&["--require-auth", "--client", "app:s3cret"]);
    let mut command = registering(&server, &["--json"]);
    let ended = run(command.envs([
        ("FLYTE_CREDENTIALS_AUTH_MODE", "ClientSecret"),
        ("FLYTE_CREDENTIALS_CLIENT_ID", "app"),
        ("FLYTE_CREDENTIALS_CLIENT_SECRET", "s3cret"),
    ]));
    assert!(ended.success(), "{ended}");
    assert_eq!(statuses(&ended), counts([("registered", 3)]), "{ended}");
    assert_eq!(server.answers("token"), counts([("200", 1)]));
}

#[test]
fn an_interrupted_registration_says_how_far_it_came_and_can_be_finished() {
    let server = FlyteServer::start(&["--delay", "1500"]);
    let arguments = ["--version", "v1", "--concurrency", "1"];
    let mut command = registering(&server, &arguments);
    let ended = run_within(DEADLINE, &mut command, |child| {
        // The second request starts when the first task is registered.
        let one_is_done = || server.requests().len() == 2;
        eventually("one is registered", DEADLINE, one_is_done);
        signal("INT", child.id());
    });
    assert_eq!(ended.code(), Some(130), "{ended}");
    let says = "error: ended by SIGINT: 1 registered, 0 unchanged, 0 failed, of 3; register again";
    assert!(ended.stderr.contains(says), "{ended}");

    let again = register(&server, &["--version", "v1", "--json"]);
    assert!(again.success(), "{again}");
    let done = statuses(&again);
    assert!(done["unchanged"] >= 1, "{again}");
    assert_eq!(done.values().sum::<usize>(), 3, "{again}");
}

#[test]
fn nobody_at_the_address_is_an_error_that_names_it() {
    let server = FlyteServer::start(&[]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let arguments = ["--concurrency", "2", "--json", "--endpoint", &endpoint];
    let ended = register(&server, &arguments);
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(ended.stderr.contains(&endpoint), "{ended}");
    assert_eq!(
        statuses(&ended),
        counts([("failed", 2), ("untried", 1)]),
        "{ended}"
    );
}
