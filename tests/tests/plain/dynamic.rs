//! Dynamic tasks: their local runs, and the files of their containers beside flytekit's.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use flytekit::registry::Registry;
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::{DynamicJobSpec, ErrorDocument, TaskTemplate, task_template};
use flytekit_proto::text;
use flytekit_tests::{Ended, diff, run, script};
use prost::{Message, Name};

use crate::workflows::dynamics;

const PROGRAM: &str = env!("CARGO_BIN_EXE_graphs");

#[test]
fn a_dynamic_task_runs_its_graph_here() {
    assert_eq!(dynamics::fan_out::run(3).unwrap(), [0, 2, 4]);
    assert_eq!(dynamics::chained::run(2).unwrap(), 4 + 1 + 2);
    assert_eq!(dynamics::partly_known::run(2).unwrap(), (4, vec![1, 2]));
    assert_eq!(dynamics::maybe_none::run(2).unwrap(), 4);
    assert_eq!(dynamics::maybe_none::run(0).unwrap(), 0);
    assert_eq!(dynamics::chosen::run(1).unwrap(), "small 1 0.5");
    assert_eq!(dynamics::chosen::run(2).unwrap(), "BIG 1.5");
    let nested = dynamics::nested::run(2).unwrap();
    assert_eq!(nested, [vec![0], vec![0, 2]]);
    assert_eq!(dynamics::parts::run(7).unwrap(), 3 + 4);
    let (doubled, sums) = dynamics::mapped::run(3).unwrap();
    assert_eq!(doubled, [0, 2, 4]);
    assert_eq!(sums, [Some(3), Some(5), Some(7)]);
    assert_eq!(dynamics::maps_within::run(3).unwrap(), [0, 4, 8]);
}

#[test]
fn what_is_wrong_in_a_graph_is_named_by_its_line() {
    let wrong = |how: &str| {
        dynamics::wrong::run(how.to_owned())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(wrong("error"), "nothing to do");
    assert!(wrong("panic").contains("no way"));
    let foreign = wrong("foreign");
    assert!(foreign.contains("dynamics.rs:"), "{foreign}");
    assert!(
        foreign.ends_with("`bodies.double`, input `a`: the promise belongs to another graph"),
        "{foreign}"
    );
    let id = wrong("id");
    assert!(
        id.contains("dynamics.rs:") && id.contains("`My_Node` is not a valid id of a node"),
        "{id}"
    );
    let failed = wrong("too large");
    assert_eq!(failed, "node `dn0` (bodies.divide): by nothing");
}

#[test]
fn a_dynamic_task_is_run_by_its_name() {
    let mut command = Command::new(PROGRAM);
    command.args(["run", "dynamics.nested", "--n", "2"]);
    let ended = run(command.stdin(Stdio::null()));
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text(), "o0 = [[0],[0,2]]\n");
    let mut told: Vec<_> = ended.stderr.lines().collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "dn0/dn0: bodies.double",
            "dn0: dynamics.fan_out",
            "dn1/dn0: bodies.double",
            "dn1/dn1: bodies.double",
            "dn1: dynamics.fan_out",
        ]
    );
}

/// Runs a task's container with these settings of its registration.
fn container(task: &str, inputs: &Path, prefix: &Path, settings: &str) -> Ended {
    let mut command = Command::new(PROGRAM);
    command
        .args(["execute", "--task", task, "--inputs"])
        .arg(inputs);
    command.arg("--output-prefix").arg(prefix);
    command.env("_F_SS_C", settings);
    command.env("FLYTE_INTERNAL_TASK_VERSION", "v");
    for name in ["FLYTE_INTERNAL_TASK_PROJECT", "FLYTE_INTERNAL_TASK_DOMAIN"] {
        command.env_remove(name);
    }
    run(&mut command)
}

/// flytekit's entrypoint and this crate's write the same graph, except for a short list of differences.
#[test]
fn graphs_of_dynamic_tasks_are_those_of_flytekit() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = run(script("dynamic_jobs.py").arg(folder.path()));
    assert!(written.success(), "{written}");
    let settings = fs::read_to_string(folder.path().join("settings")).expect("settings");
    let mut differing = String::new();
    let registry = Registry::load().expect("names");
    let twins = [
        "fan_out",
        "chained",
        "partly_known",
        "maybe_none",
        "chosen",
        "nested",
        "parts",
        "mapped",
    ];
    for twin in twins {
        let name = format!("dynamics.{twin}");
        let theirs = fs::read(folder.path().join(format!("{name}.pb"))).expect("a template");
        let theirs = TaskSpec::decode(&*theirs).expect("a TaskSpec");
        let ours = registry.tasks.get(&name).expect("a twin in Rust");
        let ours = TaskSpec::decode(&*ours.spec()).expect("a TaskSpec");
        check_template(
            ours.template.expect("ours"),
            theirs.template.expect("theirs"),
        );
        for n in ["0", "4"] {
            let place = folder.path().join(&name).join(n);
            let ours = folder.path().join("ours").join(&name).join(n);
            let inputs = place.join("inputs.pb");
            let ended = container(&name, &inputs, &ours, &settings);
            assert!(ended.success(), "{ended}");
            let again = folder.path().join("again").join(&name).join(n);
            assert!(container(&name, &inputs, &again, &settings).success());
            for file in ["futures.pb", "outputs.pb"] {
                let (theirs, ours, again) = (
                    fs::read(place.join(file)).ok(),
                    fs::read(ours.join(file)).ok(),
                    fs::read(again.join(file)).ok(),
                );
                assert_eq!(ours, again, "{name} of {n} is not deterministic");
                if let Some(job) = ours.as_ref().filter(|_| file == "futures.pb") {
                    let again = DynamicJobSpec::decode(&**job).expect("a DynamicJobSpec");
                    assert_eq!(again.encode_to_vec(), *job, "not as prost writes it");
                }
                let shown = |bytes: Option<Vec<u8>>| match (bytes, file) {
                    (None, _) => "nothing".to_owned(),
                    (Some(bytes), "outputs.pb") => format!("{bytes:?}"),
                    (Some(bytes), _) => graph(&bytes),
                };
                let (theirs, ours) = (shown(theirs), shown(ours));
                if theirs != ours {
                    differing += &diff(
                        (&format!("{file} of {name}({n}) of flytekit"), &theirs),
                        ("of Rust", &ours),
                    );
                }
            }
        }
    }
    assert!(differing.is_empty(), "{differing}");
}

/// A job has the templates of all tasks that run at any depth: also of those that a workflow within maps.
#[test]
fn a_job_has_the_templates_of_mapped_tasks() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = run(script("dynamic_jobs.py").arg(folder.path()));
    assert!(written.success(), "{written}");
    let settings = fs::read_to_string(folder.path().join("settings")).expect("settings");
    let inputs = folder.path().join("inputs.pb");
    let mut given = flytekit::types::OutputsWriter::new();
    given.output("n", &3_i64).expect("an integer");
    fs::write(&inputs, given.finish()).expect("a file");
    let prefix = folder.path().join("outputs");
    let ended = container("dynamics.maps_within", &inputs, &prefix, &settings);
    assert!(ended.success(), "{ended}");
    let job = fs::read(prefix.join("futures.pb")).expect("a graph");
    let job = DynamicJobSpec::decode(&*job).expect("a DynamicJobSpec");
    let tasks = job.tasks.iter().map(|task| {
        let id = task.id.as_ref().expect("an id");
        assert_eq!(id.version, "v");
        &*id.name
    });
    let tasks: Vec<_> = tasks.collect();
    assert!(tasks.contains(&"bodies.map_double-arraynode"), "{tasks:?}");
}

/// The template is that of any task with room for the settings, as flytekit's.
fn check_template(ours: TaskTemplate, theirs: TaskTemplate) {
    assert_eq!(ours.r#type, theirs.r#type);
    let [ours_env, theirs_env] = [&ours, &theirs].map(|template| match &template.target {
        Some(task_template::Target::Container(container)) => {
            let env = container.env.iter().map(|pair| pair.key.clone());
            env.collect::<Vec<_>>()
        }
        other => panic!("no container: {other:?}"),
    });
    assert_eq!(ours_env, ["_F_SS_C"]);
    assert_eq!(theirs_env, ours_env);
    let [ours, theirs] = [ours, theirs].map(|template| template.metadata.expect("metadata"));
    assert_eq!(ours.retries, theirs.retries);
    assert_eq!(ours.discoverable, theirs.discoverable);
    assert_eq!(ours.is_eager, theirs.is_eager);
}

/// The graph as text, without the known differences.
fn graph(bytes: &[u8]) -> String {
    let mut job = DynamicJobSpec::decode(bytes).expect("a DynamicJobSpec");
    for node in &mut job.nodes {
        // flytekit's order is random.
        node.upstream_node_ids.sort();
    }
    let mut shown: Vec<_> = job.nodes.iter().map(said).collect();
    shown.push(format!("of {}", job.min_successes));
    shown.extend(job.outputs.iter().map(said));
    // flytekit numbers a workflow's nodes like its dynamic task's if the task compiles it first. The workflow
    // in Rust has documentation.
    let workflows = job.subworkflows.iter();
    let described = |text: String| text.replace("what is taken four times", "n");
    shown.extend(workflows.map(|it| described(said(it).replace("\"dn", "\"n"))));
    // Templates differ like registered ones, which are compared elsewhere.
    let mut tasks: Vec<_> = job.tasks.iter().map(name_of).collect();
    tasks.sort();
    shown.extend(tasks);
    let shown = shown.join("\n");
    // flytekit's names of mapped tasks end in a hash.
    let words = shown.split_inclusive([' ', '"', '\n']);
    words.map(without_settings).collect()
}

/// The name of a mapped task without its settings: `bodies.map_add-b--some-arraynode` here,
/// `bodies.map_add_0123456789abcdef0123456789abcdef-arraynode` in flytekit.
fn without_settings(word: &str) -> String {
    let Some((name, rest)) = word.split_once("-arraynode") else {
        return word.to_owned();
    };
    let bare = name.split('-').next().unwrap_or(name);
    let bare = match bare.rsplit_once('_') {
        Some((bare, hash)) if hash.len() == 32 => bare,
        _ => bare,
    };
    format!("{bare}-arraynode{rest}")
}

pub(crate) fn said<M: Message + Name>(message: &M) -> String {
    text::format(&M::full_name(), &message.encode_to_vec()).expect("text")
}

fn name_of(template: &TaskTemplate) -> String {
    let id = template.id.as_ref().expect("an id");
    let image = match &template.target {
        Some(task_template::Target::Container(container)) => &*container.image,
        _ => "",
    };
    format!(
        "{} {} {} {} of {image}",
        id.project, id.domain, id.name, id.version
    )
}

/// The files of a container whose task was registered without settings, or whose graph is wrong.
#[test]
fn a_container_without_settings_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = folder.path().join("inputs.pb");
    let mut given = flytekit::types::OutputsWriter::new();
    given.output("n", &3_i64).expect("an integer");
    fs::write(&inputs, given.finish()).expect("a file");
    for (settings, part) in [
        ("", "its environment lacks them"),
        ("!", "they are not Base64"),
        ("aGVsbG8=", "they are not gzip"),
    ] {
        let prefix = folder.path().join(format!("of {part}"));
        let ended = container("dynamics.fan_out", &inputs, &prefix, settings);
        assert!(ended.success(), "{ended}");
        assert!(!prefix.join("futures.pb").exists());
        let error = fs::read(prefix.join("error.pb")).expect("a document");
        let error = ErrorDocument::decode(&*error).expect("a document");
        let message = error.error.expect("an error").message;
        assert!(message.contains(part), "{message}");
    }
}
