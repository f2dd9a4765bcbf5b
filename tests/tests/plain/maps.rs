//! Map tasks: their templates in the binary, and the runs of their elements, locally and in containers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use flytekit::declare::EXECUTABLE;
use flytekit::registry::{Registry, read_file};
use flytekit::types::{FlyteType, LiteralMapRef, OutputsWriter};
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::ErrorDocument;
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_tests::{Ended, run, script};
use prost::Message;

use crate::workflow_twins::{assert_equal, messages};
use crate::workflows::flows;

const PROGRAM: &str = env!("CARGO_BIN_EXE_graphs");

/// The name of a mapped task here, from flytekit's name.
pub(crate) fn name(flytekits: &str, whole: &[String], some: bool) -> String {
    let bare = flytekits.strip_suffix("-arraynode").expect("a map");
    let (bare, hash) = bare.rsplit_once('_').expect("a hash");
    assert_eq!(hash.len(), 32, "{flytekits}");
    let whole: String = whole.iter().flat_map(|name| ["-", name]).collect();
    let some = if some { "--some" } else { "" };
    format!("{bare}{whole}{some}-arraynode")
}

/// Converts flytekit's mapped tasks into ours, which have other args and names.
fn as_here(spec: &mut TaskSpec, whole: &mut Vec<String>) {
    let template = spec.template.as_mut().expect("a template");
    let interface = template.interface.as_ref().expect("an interface");
    let outputs = interface.outputs.as_ref().expect("outputs");
    let some = outputs.variables.values().any(|output| {
        let text = format!("{output:?}");
        text.contains("UnionType")
    });
    let Some(Target::Container(container)) = &mut template.target else {
        panic!("no container")
    };
    let args = std::mem::take(&mut container.args);
    let resolver = args
        .iter()
        .position(|arg| arg == "--resolver")
        .expect("one");
    let names = &args[resolver + 4];
    whole.extend(
        names
            .split(',')
            .filter(|it| !it.is_empty())
            .map(str::to_owned),
    );
    whole.sort();
    let inputs = interface.inputs.as_ref().expect("inputs");
    let lists: BTreeSet<_> = inputs
        .variables
        .keys()
        .filter(|it| !whole.contains(it))
        .collect();
    let lists: Vec<_> = lists.into_iter().map(String::as_str).collect();
    let id = template.id.as_mut().expect("an id");
    let [.., "task-module", module, "task-name", task] =
        &args.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        panic!("{args:?}")
    };
    container.args = [EXECUTABLE, "execute"].map(str::to_owned).to_vec();
    container.args.extend_from_slice(&args[1..resolver]);
    let task = [
        "--task",
        &format!("{module}.{task}"),
        "--map",
        &lists.join(","),
    ];
    container.args.extend(task.map(str::to_owned));
    if container.image == "registry/default:tag" {
        container.image.clear();
    }
    id.name = name(&id.name, whole, some);
    for field in [&mut id.project, &mut id.domain, &mut id.version] {
        field.clear();
    }
    let metadata = template.metadata.as_mut().expect("metadata");
    "rust".clone_into(&mut metadata.runtime.as_mut().expect("a runtime").flavor);
}

#[test]
fn mapped_tasks_are_those_of_flytekit() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = run(script("workflow_specs.py").arg(folder.path()));
    assert!(written.success(), "{written}");
    let registry = Registry::load().expect("names");
    let mut theirs = messages::<TaskSpec>(&folder.path().join("maps"));
    let (mut ours, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for (flytekits, theirs) in &mut theirs {
        as_here(theirs, &mut Vec::new());
        let id = theirs.template.as_ref().and_then(|it| it.id.as_ref());
        let name = &id.expect("an id").name;
        let task = registry
            .tasks
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no twin in Rust"));
        let mut spec = TaskSpec::decode(&*task.spec()).expect("a spec");
        let metadata = spec.template.as_mut().and_then(|it| it.metadata.as_mut());
        let metadata = metadata.expect("metadata");
        if !metadata.discoverable {
            metadata.discovery_version.clear();
        }
        ours.insert(flytekits.clone(), spec);
        seen.insert(name.clone());
    }
    assert_equal(&ours, &theirs);
    let expected = [
        "bodies.map_add-arraynode",
        "bodies.map_add-b-arraynode",
        "bodies.map_double-arraynode",
        "bodies.map_rest-b-words--some-arraynode",
    ];
    assert_eq!(
        seen.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
}

/// Several maps over one task share one mapped task, in the process and in its file.
#[test]
fn a_mapped_task_is_there_once() {
    let found = read_file(Path::new(PROGRAM)).expect("its entities");
    let doubles = found
        .tasks
        .names()
        .filter(|name| *name == "bodies.map_double-arraynode");
    assert_eq!(doubles.count(), 1);
    let task = found.tasks.get("bodies.map_double-arraynode").expect("it");
    let registry = Registry::load().expect("names");
    let here = registry
        .tasks
        .get("bodies.map_double-arraynode")
        .expect("it");
    assert_eq!(task.spec, here.spec());
}

#[test]
fn a_map_runs_each_element_here() {
    let words = vec!["a".to_owned()];
    let (sums, rests, first) = flows::mapped(4, words).unwrap();
    assert_eq!(sums, [3, 6, 9, 12]);
    assert_eq!(rests, [None, Some(2), Some(1), Some(5)]);
    assert_eq!(first, 2);
    assert_eq!(flows::mapped_or_not(vec![1, 2], true).unwrap(), [4, 8]);
    assert_eq!(flows::mapped_or_not(vec![1, 2], false).unwrap(), [22, 24]);
    assert_eq!(flows::mapped_or_not(Vec::new(), true).unwrap(), [0; 0]);
}

#[test]
fn a_failed_element_is_named_by_its_place() {
    let error = flows::rests(vec![1, 2, 0, 3, 0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "node `n0` (bodies.map_rest-b-words-arraynode): element 2: by nothing"
    );
}

fn graphs(args: &[&str]) -> Ended {
    let mut command = Command::new(PROGRAM);
    run(command.args(args))
}

/// A map is a task of its own.
#[test]
fn a_mapped_task_is_run_by_its_name() {
    let ended = graphs(&[
        "run",
        "bodies.map_add-b-arraynode",
        "--a",
        "[1, 2, 3]",
        "--b",
        "10",
    ]);
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text(), "o0 = [11,12,13]\n");
    let ended = graphs(&[
        "run",
        "bodies.map_add-arraynode",
        "--a",
        "[1, 2, 3]",
        "--b",
        "[1]",
    ]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let error = "the lists of a map must have the same length: `a` has 3 elements, `b` has 1";
    assert!(ended.stderr.contains(error), "{ended}");
    let listed = graphs(&["list"]);
    assert!(
        listed.text().contains("bodies.map_double-arraynode"),
        "{listed}"
    );
}

/// A container with these variables and args after the flags.
struct Container {
    folder: tempfile::TempDir,
    ended: Ended,
}

impl Container {
    fn of(
        words: &[&str],
        variables: &[(&str, &str)],
        given: impl FnOnce(&mut OutputsWriter),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut inputs = OutputsWriter::new();
        given(&mut inputs);
        let file = folder.path().join("inputs.pb");
        fs::write(&file, inputs.finish()).expect("a file");
        let mut command = Command::new(PROGRAM);
        command.arg("execute").arg("--inputs").arg(&file);
        command.arg("--output-prefix").arg(folder.path());
        command.args(words);
        for name in [
            "BATCH_JOB_ARRAY_INDEX_VAR_NAME",
            "BATCH_JOB_ARRAY_INDEX_OFFSET",
        ] {
            command.env_remove(name);
        }
        let ended = run(command.envs(variables.iter().copied()));
        Container { folder, ended }
    }

    #[track_caller]
    fn output<T: FlyteType>(&self) -> T {
        assert!(self.ended.success(), "{}", self.ended);
        let bytes = fs::read(self.folder.path().join("outputs.pb"));
        let bytes = bytes.unwrap_or_else(|error| panic!("{error}: {}", self.ended));
        let literal = LiteralMapRef::new(&bytes).get("o0").expect("a map");
        T::decode(literal.expect("an output")).expect("a value")
    }

    #[track_caller]
    fn error(&self) -> String {
        let bytes = fs::read(self.folder.path().join("error.pb"));
        let bytes = bytes.unwrap_or_else(|error| panic!("{error}: {}", self.ended));
        let document = ErrorDocument::decode(&*bytes).expect("a document");
        let error = document.error.expect("an error");
        format!("{:?} {}", error.kind(), error.message)
    }
}

const INDEX: &str = "FLYTE_K8S_ARRAY_INDEX";
const NAMED: (&str, &str) = ("BATCH_JOB_ARRAY_INDEX_VAR_NAME", INDEX);

fn lists(inputs: &mut OutputsWriter) {
    inputs.output("a", &vec![1_i64, 2, 3]).expect("a list");
    inputs.output("b", &10_i64).expect("a number");
}

#[test]
fn a_container_works_on_its_own_element() {
    let words = ["--task", "bodies.add", "--map", "a"];
    let element = |variables: &[_]| Container::of(&words, variables, lists);
    assert_eq!(element(&[NAMED, (INDEX, "1")]).output::<i64>(), 12);
    assert_eq!(element(&[NAMED]).output::<i64>(), 11);
    let offset = ("BATCH_JOB_ARRAY_INDEX_OFFSET", "2");
    assert_eq!(element(&[NAMED, (INDEX, "0"), offset]).output::<i64>(), 13);
    // A single container processes all elements.
    assert_eq!(element(&[]).output::<Vec<i64>>(), [11, 12, 13]);
    let error = element(&[NAMED, (INDEX, "3")]).error();
    assert!(error.starts_with("NonRecoverable"), "{error}");
    let said = "input a: there is no element 3: it is a list of 3";
    assert!(error.contains(said), "{error}");
    let error = element(&[NAMED, (INDEX, "x")]).error();
    assert!(error.contains("`FLYTE_K8S_ARRAY_INDEX` is `x`"), "{error}");
    let by_name = Container::of(
        &["--task", "bodies.map_add-b-arraynode"],
        &[NAMED, (INDEX, "2")],
        lists,
    );
    assert_eq!(by_name.output::<i64>(), 13);
    let failed = Container::of(
        &["--task", "bodies.rest", "--map", "a"],
        &[NAMED, (INDEX, "1")],
        |inputs| {
            inputs.output("a", &vec![1_i64, 0]).expect("a list");
            inputs.output("b", &7_i64).expect("a number");
            inputs
                .output("words", &Vec::<String>::new())
                .expect("a list");
        },
    );
    assert!(
        failed.error().contains("element 1: by nothing"),
        "{}",
        failed.error()
    );
}

/// flytekit's args of a map task, and flytekit's command.
#[test]
fn a_container_takes_flytekits_args_of_maps() {
    let resolver = "flytekit.core.array_node_map_task.ArrayNodeMapTaskResolver";
    let by_name = "flytekit.core.python_auto_container.default_task_resolver";
    let words = [
        "--max-concurrency",
        "3",
        "--resolver",
        resolver,
        "--",
        "vars",
        "b",
        "resolver",
        by_name,
        "task-module",
        "bodies",
        "task-name",
        "add",
    ];
    let element = |variables: &[_]| Container::of(&words, variables, lists).output::<i64>();
    assert_eq!(element(&[NAMED, (INDEX, "2")]), 13);
    // Like in flytekit.
    assert_eq!(element(&[]), 11);
}

/// No workflow has this map: it is declared alone.
#[test]
fn a_declared_map_is_a_task_of_its_own() {
    let found = read_file(PROGRAM.as_ref()).expect("a program");
    let name = "bodies.map_describe-loud-arraynode";
    assert!(found.tasks.names().any(|task| task == name));
    let texts = r#"["a", "b"]"#;
    let run = |scales| {
        graphs(&[
            "run", name, "--text", texts, "--scale", scales, "--loud", "true",
        ])
    };
    let ended = run("[0.5, 1.5]");
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text(), "o0 = [\"A 0.5\",\"B 1.5\"]\n");
    let ended = run("[0.5]");
    assert_eq!(ended.code(), Some(1), "{ended}");
    let error = "the lists of a map must have the same length";
    assert!(ended.stderr.contains(error), "{ended}");
}

/// The picture in the guide is that of its example.
#[test]
fn the_guide_shows_its_graph() {
    let ended = graphs(&["describe", "shop.report", "--format", "svg"]);
    assert!(ended.success(), "{ended}");
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/map.svg");
    if std::env::var_os("FLYTEKIT_BLESS").is_some() {
        fs::write(&picture, ended.text()).expect("a file");
    }
    let kept = fs::read_to_string(&picture).expect("a picture");
    assert_eq!(kept, ended.text(), "FLYTEKIT_BLESS=1 writes it anew");
    assert!((flows::daily("2026-01-31".to_owned()).unwrap() - 120.0).abs() < 1e-9);
}
