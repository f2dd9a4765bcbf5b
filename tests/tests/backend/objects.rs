//! The plugins: the Kubernetes objects that they build from the templates in binaries.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_test_support::backend::{Build, Built, Compile, build, check, compile, package};
use flytekit_tests::{diff, run, script};
use prost::Message;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

const FIXTURE: &str = env!("CARGO_BIN_EXE_fixture");

/// Tasks that show different features.
const SHOWN: [&str; 27] = [
    "fixture.containers.in_a_pod",
    "fixture.containers.nothing",
    "fixture.dask.defaults",
    "fixture.dask.everything",
    "fixture.dask.gpus",
    "fixture.dask.in_a_pod",
    "fixture.dask.like_the_task",
    "fixture.dask.limits",
    "fixture.dask.requests",
    "fixture.declared.all_options",
    "fixture.declared.configured_spark",
    "fixture.declared.default_pod",
    "fixture.declared.default_spark",
    "fixture.declared.other_values",
    "fixture.declared.pairs",
    "fixture.declared.plain",
    "fixture.declared.pod_with_own_image",
    "fixture.declared.pod_with_proxy",
    "fixture.declared.shared_constants",
    "fixture.declared.spark_application",
    "fixture.declared.spark_application_in_a_pod",
    "fixture.pods.merged",
    "fixture.pods.spark",
    "fixture.pods.spark_constant",
    "fixture.pods.spark_in_pod",
    "fixture.pods.spark_typed",
    "fixture.pods.typed",
];

/// The platform's resources that templates name.
fn platform() -> Map<String, Value> {
    let on_spot = json!({
        "apiVersion": "v1",
        "kind": "PodTemplate",
        "metadata": { "name": "on-spot", "namespace": "flyte" },
        "template": { "spec": {
            "nodeSelector": { "kind": "spot" },
            "containers": [{ "name": "default", "image": "docker.io/rwgrim/docker-noop" }],
        } },
    });
    let platform = json!({
        "requests": { "cpu": "2", "memory": "200Mi" },
        "limits": { "cpu": "8", "memory": "16Gi", "gpu": "4" },
    });
    object(json!({ "platform": platform, "pod_templates": [on_spot] }))
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else {
        panic!("no object: {value}")
    };
    object
}

#[test]
fn objects_of_the_fixture_are_those_of_the_snapshots() {
    check("fixture", Path::new(FIXTURE), &platform(), |task| {
        SHOWN.contains(&task)
    });
}

#[test]
fn every_task_of_the_other_programs_is_built() {
    for (name, program) in [
        ("applications", env!("CARGO_BIN_EXE_applications")),
        ("containers", env!("CARGO_BIN_EXE_containers")),
        ("dask_jobs", env!("CARGO_BIN_EXE_dask_jobs")),
        ("queries", env!("CARGO_BIN_EXE_queries")),
    ] {
        check(name, Path::new(program), &platform(), |_| false);
    }
}

/// The objects of each task equal those of its twin in flytekit, except for the program that the container
/// starts.
#[test]
fn twins_compile_and_get_the_same_objects() {
    let ours = Closure::of_fixture();
    let theirs = Closure::of_twins();
    let verdicts = compile(&Compile {
        closure: vec![theirs.place.clone()],
        ..Compile::default()
    });
    for verdict in verdicts {
        assert!(verdict.errors.is_empty(), "{verdict:#?}");
    }
    let (ours, theirs) = (ours.built(platform()), theirs.built(platform()));
    let mut compared = 0;
    for (name, twin) in &theirs {
        // flytekit registers a Spark task as a plain container, in which Spark's pods are not found. The same
        // holds for a task on Databricks, for which the backend itself makes a container if no connector
        // serves it.
        if twin.kind == "spark" || name == "fixture.databricks.with_pods" {
            continue;
        }
        let objects = |built: &Built| without_program(&built.objects.join("---\n"));
        let ours = ours.get(name);
        let ours = ours.unwrap_or_else(|| panic!("no {name} in Rust"));
        let difference = diff(("flytekit", &objects(twin)), ("here", &objects(ours)));
        assert!(difference.is_empty(), "{name}:\n{difference}");
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}

/// All parts of a raw container equal the twin's: its command, and the args of copilot in the containers
/// before and beside it.
#[test]
fn raw_containers_get_the_same_copilot() {
    let ours = Closure::of_fixture().built(platform());
    let theirs = Closure::of_twins().built(platform());
    let raw = |name: &&String| name.starts_with("fixture.containers.");
    let (mut downloaders, mut uploaders) = (0, 0);
    for name in theirs.keys().filter(raw) {
        let object = |built: &Built| without_interfaces(&built.objects.join("---\n"));
        let (theirs, ours) = (object(&theirs[name]), object(&ours[name]));
        let difference = diff(("flytekit", &theirs), ("here", &ours));
        assert!(difference.is_empty(), "{name}:\n{difference}");
        downloaders += ours.matches("name: flyte-copilot-downloader").count();
        uploaders += ours.matches("name: flyte-copilot-uploader").count();
    }
    assert_eq!((downloaders, uploaders), (3, 4));
}

/// Objects without the interfaces in the args of copilot, because the order of their variables is random.
fn without_interfaces(objects: &str) -> String {
    let mut kept = String::new();
    let mut is_interface = false;
    for line in objects.lines() {
        if !is_interface {
            kept.push_str(line);
            kept.push('\n');
        }
        is_interface = matches!(line.trim(), "- --interface" | "- --input-interface");
    }
    kept
}

/// Objects without the containers' args of the program, and without their consequences.
fn without_program(objects: &str) -> String {
    let mut kept = String::new();
    let mut skipped = None;
    for line in objects.lines() {
        let indent = line.len() - line.trim_start_matches(['-', ' ']).len();
        let is_item = line.trim_start().starts_with("- ");
        if skipped.is_some_and(|at| indent > at || (is_item && indent == at + 2)) {
            continue;
        }
        skipped = None;
        let key = line.trim_start_matches(['-', ' ']);
        if key == "args:" {
            skipped = Some(indent);
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// flytekit registers a Spark task as a plain container, in which the pods of its driver and executors do not
/// find the container that they change. The backend refuses that; our tasks are pods.
#[test]
fn a_plain_container_is_not_found() {
    let theirs = Closure::of_twins();
    let mut built = build(&Build {
        closure: vec![theirs.place.clone()],
        tasks: vec!["fixture.pods.spark".to_owned()],
        settings: platform(),
    });
    let error = built.remove(0).error.expect("an error");
    let refused =
        "[BadTaskSpecification] invalid TaskSpecification, container [primary] not defined";
    assert!(error.message.contains(refused), "{error:?}");
}

/// Without a limit of its own a task gets the platform's, and no more than the platform's.
#[test]
fn the_platform_fills_in_and_caps() {
    let fixture = Closure::of_fixture();
    let task = "fixture.declared.pairs";
    let small = object(json!({ "platform": {
        "requests": { "cpu": "2", "memory": "200Mi" },
        "limits": { "cpu": "1500m", "memory": "512Mi" },
    } }));
    let pod = fixture.object(task, &small);
    for line in ["cpu: 1500m", "memory: 512Mi"] {
        assert!(pod.contains(line), "no {line} in\n{pod}");
    }
    assert!(!pod.contains("memory: 1Gi"), "{pod}");
}

/// A task without requests has no quantities that are empty or negative.
#[test]
fn nothing_asked_is_the_default() {
    let fixture = Closure::of_fixture();
    let pod = fixture.object("fixture.declared.plain", &platform());
    assert!(
        pod.contains("memory: 200Mi") && pod.contains("cpu: \"2\""),
        "{pod}"
    );
    let bare = fixture.object("fixture.declared.plain", &Map::new());
    for quantity in ["cpu: \"0\"", "memory: \"0\""] {
        assert_eq!(bare.matches(quantity).count(), 2, "{bare}");
    }
}

/// A task without a setting is interruptible if the execution is.
#[test]
fn an_execution_can_be_interruptible() {
    let fixture = Closure::of_fixture();
    let settings = |interruptible| {
        object(json!({
            "interruptible": interruptible,
            "config": { "plugins.k8s": {
                "interruptible-node-selector": { "kind": "spot" },
            } },
        }))
    };
    let plain = "fixture.declared.plain";
    let on_spot = fixture.object(plain, &settings(true));
    assert!(on_spot.contains("kind: spot"), "{on_spot}");
    let elsewhere = fixture.object(plain, &settings(false));
    assert!(!elsewhere.contains("kind: spot"), "{elsewhere}");
}

/// The platform sets the name of a GPU.
#[test]
fn a_gpu_has_the_platforms_name() {
    let fixture = Closure::of_fixture();
    let mut settings = platform();
    settings.insert(
        "config".to_owned(),
        json!({ "plugins.k8s": { "gpu-resource-name": "amd.com/gpu" } }),
    );
    let pod = fixture.object("fixture.declared.all_options", &settings);
    assert!(pod.contains("nvidia.com/gpu: \"1\""), "{pod}");
    let pod = fixture.object("fixture.declared.pod_with_proxy", &settings);
    assert!(pod.contains("gpu: \"1\""), "{pod}");
}

/// Tasks on a disk.
struct Closure {
    place: PathBuf,
    _folder: TempDir,
}

impl Closure {
    fn of_fixture() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Closure {
            place: package(Path::new(FIXTURE), folder.path()),
            _folder: folder,
        }
    }

    /// The tasks that flytekit registers.
    fn of_twins() -> Self {
        let [nothing, folder] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let ended = run(script("templates.py").args([nothing.path(), folder.path()]));
        assert!(ended.success(), "{ended}");
        for file in fs::read_dir(folder.path()).expect("a folder") {
            let path = file.expect("a file").path();
            if path.extension().is_some_and(|it| it == "pb") {
                unregistered(&path);
            }
        }
        Closure {
            place: folder.path().to_owned(),
            _folder: folder,
        }
    }

    /// The objects of all tasks, by name.
    fn built(&self, settings: Map<String, Value>) -> BTreeMap<String, Built> {
        let built = build(&Build {
            closure: vec![self.place.clone()],
            settings,
            ..Build::default()
        });
        let named = built.into_iter().map(|task| (task.name.clone(), task));
        named.collect()
    }

    /// The only object of a task.
    fn object(&self, task: &str, settings: &Map<String, Value>) -> String {
        let mut built = build(&Build {
            closure: vec![self.place.clone()],
            tasks: vec![task.to_owned()],
            settings: settings.clone(),
        });
        assert_eq!(built.len(), 1, "{built:#?}");
        let Built { objects, error, .. } = built.remove(0);
        assert!(error.is_none(), "{error:?}");
        objects.join("---\n")
    }
}

/// Removes project, domain and version, and names the file like `pyflyte`.
fn unregistered(path: &Path) {
    let bytes = fs::read(path).expect("a file");
    let mut spec = TaskSpec::decode(&*bytes).expect("a TaskSpec");
    let template = spec.template.as_mut().expect("a template");
    let id = template.id.as_mut().expect("an id");
    for field in [&mut id.project, &mut id.domain, &mut id.version] {
        field.clear();
    }
    let mut name = path.file_stem().expect("a name").to_owned();
    name.push("_1.pb");
    fs::write(path.with_file_name(name), spec.encode_to_vec()).expect("a file");
    fs::remove_file(path).expect("a file");
}
