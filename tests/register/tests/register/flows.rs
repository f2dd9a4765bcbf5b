//! Workflows and launch plans: `package`, `register`, `diff` and activation.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use flytekit_proto::flyteidl::admin::{
    LaunchPlanCreateRequest, LaunchPlanState, LaunchPlanUpdateRequest, WorkflowCreateRequest,
};
use flytekit_proto::flyteidl::core::node::Target;
use flytekit_proto::flyteidl::core::{Identifier, workflow_node};
use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{Ended, python_program, run, script};
use serde_json::Value;
use tempfile::TempDir;

const FLOWS: &str = env!("CARGO_BIN_EXE_flows");
const IMAGE: [&str; 2] = ["--image", "registry.example/app:1"];

/// All entities in the order of registration, with the numbers of their kinds.
const IN_ORDER: [(&str, u8); 16] = [
    ("flows.double", 1),
    ("flows.is_late", 1),
    ("flows.inner", 2),
    ("flows.inner", 3),
    ("flows.a_nightly", 3),
    ("flows.a_outer", 2),
    ("flows.a_outer", 3),
    ("flows.daily", 2),
    ("flows.daily", 3),
    ("flows.described", 3),
    ("flows.every_two_days", 3),
    ("flows.kicked_off", 3),
    ("flows.limited", 3),
    ("flows.often", 3),
    ("flows.told", 3),
    ("flows.with_defaults", 3),
];

/// Runs the program in a folder without flytekit.toml and without a repository.
fn flows(server: Option<&FlyteServer>, folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new(FLOWS);
    command.args(arguments);
    if let Some(server) = server {
        server.configure(&mut command);
    }
    command.env_remove("CARGO_MANIFEST_DIR").env("HOME", folder);
    run(command.current_dir(folder))
}

fn register(server: &FlyteServer, arguments: &[&str]) -> Ended {
    let arguments = [&["register", "--json"], &IMAGE[..], arguments].concat();
    flows(Some(server), server.folder(), &arguments)
}

fn entries(ended: &Ended) -> Vec<Value> {
    serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended}"))
}

/// The name, kind and status of each entity.
fn outcomes(ended: &Ended) -> Vec<(String, String, String)> {
    let text = |entry: &Value, key| entry[key].as_str().expect("text").to_owned();
    let entries = entries(ended).into_iter();
    let outcome = |it: Value| (text(&it, "name"), text(&it, "kind"), text(&it, "status"));
    entries.map(outcome).collect()
}

fn all(status: &str) -> Vec<(String, String, String)> {
    let kinds = ["task", "workflow", "launch plan"];
    let each = IN_ORDER.map(|(name, kind)| {
        let kind = kinds[usize::from(kind) - 1];
        (name.to_owned(), kind.to_owned(), status.to_owned())
    });
    each.into()
}

#[test]
fn an_archive_has_all_kinds_in_one_order() {
    let folder = TempDir::new().expect("a folder");
    let package = [&["package"], &IMAGE[..]].concat();
    let ended = flows(None, folder.path(), &package);
    assert!(ended.success(), "{ended}");
    let wrote = "Wrote 2 tasks, 3 workflows and 11 launch plans to flyte-package.tgz\n";
    assert_eq!(ended.text(), wrote);
    let archive = folder.path().join("flyte-package.tgz");
    let members = run(Command::new("tar").arg("tzf").arg(&archive));
    let expected: Vec<String> = (0..)
        .zip(IN_ORDER)
        .map(|(index, (name, kind))| format!("{index:02}_{name}_{kind}.pb"))
        .collect();
    assert_eq!(members.text().lines().collect::<Vec<_>>(), expected);

    let diff = |more: &[&str]| {
        let arguments = [&["diff", "flyte-package.tgz"], &IMAGE[..], more].concat();
        flows(None, folder.path(), &arguments)
    };
    assert_eq!(
        diff(&[]).text(),
        "0 added, 0 removed, 0 changed, 16 equal\n"
    );
    // Equal entities give equal bytes.
    let again = [&package[..], &["--output", "again.tgz"]].concat();
    assert!(flows(None, folder.path(), &again).success());
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("an archive");
    assert!(read("flyte-package.tgz") == read("again.tgz"));
}

#[test]
fn it_is_what_pyflyte_packages_but_for_the_differences() {
    let folder = TempDir::new().expect("a folder");
    let package = [&["package", "--output", "ours.tgz"], &IMAGE[..]].concat();
    let ended = flows(None, folder.path(), &package);
    assert!(ended.success(), "{ended}");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../python/flows.py");
    std::fs::copy(sources, folder.path().join("flows.py")).expect("a copy");
    let mut command = python_program("pyflyte");
    command.args(["--pkgs", "flows", "package", "--image", IMAGE[1]]);
    command
        .args(["--output", "theirs.tgz"])
        .env("HOME", folder.path());
    let ended = run(command.current_dir(folder.path()));
    assert!(ended.success(), "{ended}");
    let archives = ["ours.tgz", "theirs.tgz"].map(|name| folder.path().join(name));
    let ended = run(script("flow_packages.py").args(archives));
    assert_eq!(
        ended.text(),
        "3 workflows and 11 launch plans are equal\n",
        "{ended}"
    );
}

#[test]
fn a_list_says_of_each_what_it_is() {
    let folder = TempDir::new().expect("a folder");
    let listed = flows(None, folder.path(), &["list"]);
    let text = listed.text();
    for entry in [
        "flows.a_nightly() -> o0: integer  [launch plan of flows.inner, at 0 2 * * *]\n    \
         Twice three, each night.\n",
        "flows.a_outer(n: integer) -> o0: integer  [workflow]\n",
        "flows.double(a: integer) -> o0: integer  [python-task]\n    Twice a number.\n",
        "flows.often() -> o0: integer  [launch plan of flows.inner, every 90 minutes]\n",
        "flows.every_two_days(x: integer) -> o0: integer  [launch plan of flows.inner, every 2 days]\n",
    ] {
        assert!(text.contains(entry), "{text}");
    }
    let json = entries(&flows(None, folder.path(), &["list", "--json"]));
    assert_eq!(json[0]["kind"], "launch plan");
    assert_eq!(json[0]["schedule"], "at 0 2 * * *");
    let described = |arguments: &[&str]| {
        let ended = flows(None, folder.path(), &[&["describe"], arguments].concat());
        assert!(ended.success(), "{ended}");
        ended.text()
    };
    assert!(described(&["flows.inner"]).starts_with("template {\n"));
    let plan = described(&["flows.a_outer", "--launch-plan", "--format", "json"]);
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    let parameter = &plan["spec"]["defaultInputs"]["parameters"]["n"];
    assert_eq!(parameter["default"]["scalar"]["primitive"]["integer"], "5");
    let ended = flows(None, folder.path(), &["describe", "flows.outer"]);
    let says = "no task, workflow or launch plan `flows.outer`; did you mean `flows.a_outer`?";
    assert!(ended.stderr.contains(says), "{ended}");
}

#[test]
fn a_launch_plan_runs_here_with_what_it_fixes() {
    let folder = TempDir::new().expect("a folder");
    let ended = flows(None, folder.path(), &["run", "flows.a_nightly"]);
    assert_eq!(ended.text(), "o0 = 6\n", "{ended}");
    let ended = flows(None, folder.path(), &["run", "flows.a_outer", "--n", "1"]);
    assert_eq!(ended.text(), "o0 = 4\n", "{ended}");
    let ended = flows(None, folder.path(), &["run", "flows.a_nightly", "--x", "4"]);
    assert_eq!(ended.code(), Some(2), "{ended}");
    let ended = flows(None, folder.path(), &["run", "flows.every_two_days"]);
    assert_eq!(ended.text(), "o0 = 14\n", "{ended}");
}

#[test]
fn all_kinds_are_registered_once_in_the_order_of_their_needs() {
    let server = FlyteServer::start(&[]);
    let first = register(&server, &["--version", "v1"]);
    assert!(first.success(), "{first}");
    assert_eq!(outcomes(&first), all("registered"));
    let link = entries(&first)[5]["link"]
        .as_str()
        .expect("a link")
        .to_owned();
    assert!(
        link.ends_with("/workflow/flows.a_outer/version/v1"),
        "{link}"
    );
    let again = register(&server, &["--version", "v1"]);
    assert_eq!(outcomes(&again), all("unchanged"), "{again}");

    let workflows = server.requests_of::<WorkflowCreateRequest>("CreateWorkflow");
    for workflow in &workflows {
        let template = workflow.spec.clone().expect("a specification").template;
        let template = template.expect("a template");
        assert_eq!(template.id, workflow.id);
        for id in template
            .nodes
            .into_iter()
            .filter_map(|node| of_node(node.target?))
        {
            let place = (&*id.project, &*id.domain, &*id.version);
            assert_eq!(place, ("flytesnacks", "development", "v1"), "{id:?}");
        }
    }
    let plans = server.requests_of::<LaunchPlanCreateRequest>("CreateLaunchPlan");
    assert_eq!((workflows.len(), plans.len()), (6, 22));
    // Only launch plans that ask for it are activated, again with each registration.
    assert_eq!(activated(&server), ["flows.a_nightly", "flows.a_nightly"]);

    let diff = [
        "diff",
        "--registered",
        "--version",
        "v1",
        "--image",
        IMAGE[1],
    ];
    let diff = flows(Some(&server), server.folder(), &diff);
    assert_eq!(
        diff.text(),
        "0 added, 0 removed, 0 changed, 16 equal\n",
        "{diff}"
    );
}

fn of_node(target: Target) -> Option<Identifier> {
    match target {
        Target::TaskNode(task) => match task.reference? {
            flytekit_proto::flyteidl::core::task_node::Reference::ReferenceId(id) => Some(id),
        },
        Target::WorkflowNode(workflow) => match workflow.reference? {
            workflow_node::Reference::LaunchplanRef(id)
            | workflow_node::Reference::SubWorkflowRef(id) => Some(id),
        },
        _ => None,
    }
}

/// The names of the activated launch plans, in order.
fn activated(server: &FlyteServer) -> Vec<String> {
    let updates = server.requests_of::<LaunchPlanUpdateRequest>("UpdateLaunchPlan");
    let active = updates
        .into_iter()
        .filter(|it| it.state() == LaunchPlanState::Active);
    active.filter_map(|it| Some(it.id?.name)).collect()
}

#[test]
fn what_something_is_made_of_comes_with_it() {
    let server = FlyteServer::start(&[]);
    let ended = register(&server, &["--dry-run", "flows.a_nightly"]);
    let names: Vec<_> = outcomes(&ended)
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(
        names,
        [
            "flows.double",
            "flows.inner",
            "flows.inner",
            "flows.a_nightly"
        ]
    );
    assert!(server.requests().is_empty());
}

#[test]
fn what_is_made_of_what_was_refused_is_not_tried() {
    let server = FlyteServer::start(&["--fail", "CreateTask=INVALID_ARGUMENT:no"]);
    let ended = register(&server, &[]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let mut counts = BTreeMap::new();
    for (_, _, status) in outcomes(&ended) {
        *counts.entry(status).or_insert(0) += 1;
    }
    let expected = [("failed", 2), ("untried", 14)].map(|(it, count)| (it.to_owned(), count));
    assert_eq!(counts, expected.into(), "{ended}");
    assert!(server.answers("CreateWorkflow").is_empty());
}

#[test]
fn a_plan_that_is_not_made_active_is_a_failure_in_words() {
    let server = FlyteServer::start(&["--fail", "UpdateLaunchPlan=INVALID_ARGUMENT:no clock"]);
    let ended = register(&server, &[]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert_eq!(outcomes(&ended)[4].2, "inactive", "{ended}");
    let says = "error: flows.a_nightly: registered, but not active: ";
    assert!(ended.stderr.contains(says), "{ended}");
    assert!(ended.stderr.contains("no clock"), "{ended}");
    // The launch plan that starts it is registered nevertheless.
    assert_eq!(outcomes(&ended)[6].2, "registered", "{ended}");
}

#[test]
fn launch_plans_are_made_active_and_inactive() {
    let server = FlyteServer::start(&[]);
    let verb = |arguments: &[&str]| flows(Some(&server), server.folder(), arguments);
    for version in ["v1", "v2"] {
        let all = ["--version", version, "--activate-launch-plans"];
        assert!(register(&server, &all).success());
    }
    assert_eq!(activated(&server).len(), 22);
    let ended = verb(&["deactivate", "flows.inner", "flows.a_outer"]);
    let said = "flows.inner v2 is inactive\nflows.a_outer v2 is inactive\n";
    assert_eq!(ended.text(), said, "{ended}");
    let ended = verb(&["deactivate", "flows.inner"]);
    let says = "no active launch plan `flows.inner` is registered in project flytesnacks";
    assert!(ended.stderr.contains(says), "{ended}");
    let ended = verb(&["activate", "flows.inner"]);
    assert_eq!(ended.text(), "flows.inner v2 is active\n", "{ended}");
    let ended = verb(&["activate", "flows.inner", "--version", "v1"]);
    assert_eq!(ended.text(), "flows.inner v1 is active\n", "{ended}");
    let ended = verb(&["activate", "flows.inner", "--version", "v9"]);
    let says = "no version v9 of launch plan `flows.inner`";
    assert!(ended.stderr.contains(says), "{ended}");
}

#[test]
fn workflows_and_launch_plans_run_in_flyte() {
    let program = format!("/usr/local/bin/flytekit-app={FLOWS}");
    let server = FlyteServer::start(&["--program", &program]);
    assert!(register(&server, &["--version", "v1"]).success());
    let remote = |words: &[&str]| {
        let words = [&["run", "--remote"], words].concat();
        flows(Some(&server), server.folder(), &words)
    };
    // The default launch plan, which has the workflow's name, and one with a default input.
    let ended = remote(&["--wait", "flows.inner", "--x", "4"]);
    assert_eq!(ended.text(), "o0 = 8\n", "{ended}");
    let ended = remote(&["--follow", "flows.every_two_days"]);
    assert_eq!(ended.text(), "o0 = 14\n", "{ended}");
    assert!(ended.stderr.contains("n0: succeeded"), "{ended}");
    let help = remote(&["flows.every_two_days", "--help"]);
    assert!(help.text().contains("--x <integer>"), "{help}");
    assert!(help.text().contains("[default: 7]"), "{help}");
    let ended = remote(&["flows.inner"]);
    assert!(ended.stderr.contains("--x"), "{ended}");
    let ended = remote(&["--version", "v7", "flows.inner", "--x", "4"]);
    assert!(
        ended.stderr.contains("`v7`") && ended.stderr.contains("`v1`"),
        "{ended}"
    );
}
