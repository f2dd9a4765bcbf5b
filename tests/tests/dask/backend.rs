//! What Flyte's Dask plugin makes of the templates in the binary: it copies the task's pod for the
//! job runner, the scheduler and the workers, and puts what the task says about the last two over
//! image, resources and args of their primary containers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use flytekit::declare::EXECUTABLE;
use flytekit::registry;
use flytekit_grammar::quantity;
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::resources::ResourceEntry;
use flytekit_proto::flyteidl::core::task_metadata::InterruptibleValue;
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::flyteidl::core::{Container, TaskTemplate};
use flytekit_tests::{object, run, script};
use prost::Message;
use prost_types::Value;
use prost_types::value::Kind;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The name that the backend gives to a container which has none.
const GENERATED_NAME: &str = "f1a2b3c4-n0-0";
/// What a container without an image gets when it is registered.
const DEFAULT_IMAGE: &str = "registry/default:tag";
/// What a container asks for on a platform if it says nothing.
const PLATFORM: [(&str, &str); 2] = [("cpu", "2"), ("memory", "200Mi")];
const NANOS: u128 = 1_000_000_000;

/// `plugins.DaskJob`, read as the backend reads it: a member that it does not know is an error.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DaskJob {
    scheduler: Scheduler,
    workers: Workers,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scheduler {
    #[serde(default)]
    image: String,
    resources: Resources,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Workers {
    #[serde(default)]
    image: String,
    #[serde(rename = "numberOfWorkers")]
    count: f64,
    resources: Resources,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resources {
    #[serde(default)]
    requests: Vec<Entry>,
    #[serde(default)]
    limits: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Name,
    value: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Name {
    Cpu,
    Gpu,
    Memory,
    EphemeralStorage,
}

impl Name {
    fn in_kubernetes(self) -> &'static str {
        match self {
            Name::Cpu => "cpu",
            Name::Gpu => "nvidia.com/gpu",
            Name::Memory => "memory",
            Name::EphemeralStorage => "ephemeral-storage",
        }
    }
}

/// The `DaskJob` of Dask's operator, as far as it depends on the template.
#[derive(Debug, PartialEq)]
struct Cluster {
    replicas: f64,
    runner: Pod,
    scheduler: Pod,
    worker: Pod,
}

/// One of its pods: the primary container, and the rest of its spec.
#[derive(Clone, Debug, PartialEq)]
struct Pod {
    container: Json,
    rest: Json,
    interruptible: bool,
}

impl Pod {
    fn args(&self) -> Vec<&str> {
        let args = self.container["args"].as_array().into_iter().flatten();
        args.filter_map(Json::as_str).collect()
    }

    /// Values of the environment variable `name`, in order.
    fn env(&self, name: &str) -> Vec<&str> {
        let env = self.container["env"].as_array().into_iter().flatten();
        env.filter(|variable| variable["name"] == name)
            .filter_map(|variable| variable["value"].as_str())
            .collect()
    }

    /// The pod under another name, with what is said about it.
    fn turned_into(&self, name: &str, image: &str, resources: &Resources) -> Self {
        let mut pod = self.clone();
        pod.container["name"] = name.into();
        if !image.is_empty() {
            pod.container["image"] = image.into();
        }
        if !resources.requests.is_empty() || !resources.limits.is_empty() {
            let quantities = |entries: &[Entry]| -> Json {
                let entries = entries.iter();
                entries
                    .map(|it| (it.name.in_kubernetes().to_owned(), json!(it.value)))
                    .collect()
            };
            let (requests, limits) = (&resources.requests, &resources.limits);
            pod.container["resources"] =
                on_the_platform(&quantities(requests), &quantities(limits));
        }
        pod
    }
}

/// The plugin.
fn cluster(template: &TaskTemplate) -> Result<Cluster, String> {
    let custom = template.custom.as_ref().ok_or("no custom")?;
    let job: DaskJob =
        serde_json::from_value(Json::Object(object(custom))).map_err(|it| it.to_string())?;
    let pod = task_pod(template)?;
    let steady = Pod {
        interruptible: false,
        ..pod.clone()
    };

    let nothing = Resources {
        requests: Vec::new(),
        limits: Vec::new(),
    };
    let mut runner = steady.turned_into("job-runner", "", &nothing);
    runner.rest["restartPolicy"] = "Never".into();

    let Scheduler { image, resources } = &job.scheduler;
    let mut scheduler = steady.turned_into("scheduler", image, resources);
    scheduler.container["args"] = json!(["dask-scheduler"]);
    scheduler.container["ports"] = json!([8786, 8787]);
    scheduler.rest["restartPolicy"] = "Always".into();

    let Workers {
        image,
        count,
        resources,
    } = &job.workers;
    let mut worker = pod.turned_into("dask-worker", image, resources);
    worker.container["args"] = worker_args(&worker.container["resources"]["limits"]);
    worker.rest["restartPolicy"] = "Always".into();

    Ok(Cluster {
        replicas: *count,
        runner,
        scheduler,
        worker,
    })
}

fn worker_args(limits: &Json) -> Json {
    let cpu = limits["cpu"].as_str().expect("a CPU limit");
    let threads = quantity(cpu).expect(cpu).nanos().div_ceil(NANOS);
    json!([
        "dask-worker",
        "--name",
        "$(DASK_WORKER_NAME)",
        "--nthreads",
        threads.to_string(),
        "--memory-limit",
        limits["memory"],
    ])
}

/// Requests and limits of a container with those that it lacks: a request is the limit or else the
/// platform's, a limit is the request.
fn on_the_platform(requests: &Json, limits: &Json) -> Json {
    let (mut requests, mut limits) = (requests.clone(), limits.clone());
    for (name, default) in PLATFORM {
        if requests[name].is_null() {
            let limit = limits[name].as_str().unwrap_or(default);
            requests[name] = limit.into();
        }
        if limits[name].is_null() {
            limits[name] = requests[name].clone();
        }
    }
    json!({ "requests": requests, "limits": limits })
}

/// The pod that a plain task of this template would run in.
fn task_pod(template: &TaskTemplate) -> Result<Pod, String> {
    let metadata = template.metadata.as_ref().ok_or("no metadata")?;
    let (mut container, rest) = match template.target.as_ref().ok_or("no target")? {
        Target::Container(container) => (from_target(container), json!({})),
        Target::K8sPod(pod) => {
            let mut spec = Json::Object(object(pod.pod_spec.as_ref().ok_or("no pod spec")?));
            let name = &template.config["primary_container_name"];
            let containers = spec["containers"].as_array_mut().ok_or("no containers")?;
            let primary = containers.iter().position(|it| it["name"] == **name);
            let primary = containers.remove(primary.ok_or("no primary container")?);
            (primary, spec)
        }
    };
    if container["image"].as_str().is_none_or(str::is_empty) {
        container["image"] = DEFAULT_IMAGE.into();
    }
    let given = |kind: &str| match &container["resources"][kind] {
        Json::Null => json!({}),
        quantities => quantities.clone(),
    };
    container["resources"] = on_the_platform(&given("requests"), &given("limits"));
    Ok(Pod {
        container,
        rest,
        interruptible: metadata.interruptible_value
            == Some(InterruptibleValue::Interruptible(true)),
    })
}

fn from_target(container: &Container) -> Json {
    let env = container.env.iter();
    let env: Vec<_> = env
        .map(|variable| json!({ "name": variable.key, "value": variable.value }))
        .collect();
    let quantities = |entries: &[ResourceEntry]| -> Json {
        let entries = entries.iter();
        entries
            .map(|it| {
                let name = it.name().as_str_name().to_lowercase();
                (name, json!(it.value))
            })
            .collect()
    };
    let resources = container.resources.clone().unwrap_or_default();
    json!({
        "name": GENERATED_NAME,
        "image": container.image,
        "args": container.args,
        "env": env,
        "resources": {
            "requests": quantities(&resources.requests),
            "limits": quantities(&resources.limits),
        },
    })
}

/// The fixture's Dask tasks, by name.
static RUST: LazyLock<BTreeMap<String, TaskTemplate>> = LazyLock::new(|| {
    let tasks = registry::read_file(Path::new(env!("CARGO_BIN_EXE_fixture"))).expect("tasks");
    dask_templates(tasks.into_iter().map(|task| task.spec))
});

/// What flytekit registers for their twins.
static FLYTEKIT: LazyLock<BTreeMap<String, TaskTemplate>> = LazyLock::new(|| {
    let [nothing, twins] = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let ended = run(script("templates.py").args([nothing.path(), twins.path()]));
    assert!(ended.success(), "{ended}");
    let files = fs::read_dir(twins.path()).expect("a folder");
    let paths = files.map(|file| file.expect("a file").path());
    let specs = paths.filter(|path| path.extension().is_some_and(|it| it == "pb"));
    dask_templates(specs.map(|path| fs::read(path).expect("a TaskSpec")))
});

fn dask_templates(specs: impl Iterator<Item = Vec<u8>>) -> BTreeMap<String, TaskTemplate> {
    let templates = specs.map(|spec| {
        let spec = TaskSpec::decode(&*spec).expect("a TaskSpec");
        spec.template.expect("a template")
    });
    let dask = templates.filter(|template| template.r#type == "dask");
    dask.map(|template| (name(&template), template)).collect()
}

fn name(template: &TaskTemplate) -> String {
    template.id.as_ref().expect("an id").name.clone()
}

#[track_caller]
fn of(task: &str) -> Cluster {
    let template = &RUST[&format!("fixture.dask.{task}")];
    cluster(template).expect("a cluster")
}

#[test]
fn every_dask_task_gets_the_pods_of_its_twin() {
    assert!(RUST.contains_key("fixture.dask.everything"));
    let twins = RUST
        .iter()
        .filter(|(name, _)| name.starts_with("fixture.dask."));
    let names: Vec<_> = twins.clone().map(|(name, _)| name).collect();
    assert_eq!(names, FLYTEKIT.keys().collect::<Vec<_>>());
    for (name, template) in twins {
        let mut rust = cluster(template).unwrap_or_else(|why| panic!("{name}: {why}"));
        let mut flytekit = cluster(&FLYTEKIT[name]).unwrap_or_else(|why| panic!("{name}: {why}"));
        let args = rust.runner.args();
        assert_eq!(args[..2], [EXECUTABLE, "execute"], "{name}");
        assert_eq!(args.last(), Some(&name.as_str()), "{name}");
        assert_eq!(flytekit.runner.args()[0], "pyflyte-execute", "{name}");
        for cluster in [&mut rust, &mut flytekit] {
            cluster.runner.container["args"].take();
        }
        assert_eq!(rust, flytekit, "{name}");
    }
}

#[test]
fn all_that_is_said_arrives() {
    let Cluster {
        replicas,
        runner,
        scheduler,
        worker,
    } = of("everything");
    assert!((replicas - 5.0).abs() < f64::EPSILON);
    let names = [&runner, &scheduler, &worker].map(|pod| pod.container["name"].clone());
    assert_eq!(names, ["job-runner", "scheduler", "dask-worker"]);
    let images = [&runner, &scheduler, &worker].map(|pod| pod.container["image"].clone());
    assert_eq!(images, ["app:1", "s:1", "w:1"]);
    let restarts = [&runner, &scheduler, &worker].map(|pod| pod.rest["restartPolicy"].clone());
    assert_eq!(restarts, ["Never", "Always", "Always"]);
    let interruptible = [&runner, &scheduler, &worker].map(|pod| pod.interruptible);
    assert_eq!(interruptible, [false, false, true]);
    for pod in [&runner, &scheduler, &worker] {
        assert_eq!(pod.env("LEVEL"), ["info"]);
    }
    assert_eq!(scheduler.args(), ["dask-scheduler"]);
    assert_eq!(
        worker.args().join(" "),
        "dask-worker --name $(DASK_WORKER_NAME) --nthreads 4 --memory-limit 4Gi"
    );
    assert_eq!(
        runner.container["resources"],
        json!({
            "requests": { "cpu": "250m", "memory": "512Mi" },
            "limits": { "cpu": "1", "memory": "1Gi" },
        })
    );
    assert_eq!(
        worker.container["resources"],
        json!({
            "requests": { "cpu": "3", "memory": "3Gi", "nvidia.com/gpu": "1", "ephemeral-storage": "1Gi" },
            "limits": { "cpu": "4", "memory": "4Gi", "nvidia.com/gpu": "1", "ephemeral-storage": "2Gi" },
        })
    );
}

#[test]
fn what_is_not_said_is_the_tasks() {
    let cluster = of("like_the_task");
    let (runner, worker) = (&cluster.runner.container, &cluster.worker.container);
    assert_eq!(cluster.scheduler.container["image"], "app:1");
    assert_eq!(worker["image"], "app:1");
    assert_eq!(worker["resources"], runner["resources"]);
    // One core and a half are two threads.
    assert_eq!(
        cluster.worker.args()[3..],
        ["--nthreads", "2", "--memory-limit", "1Gi"]
    );
    let one = of("defaults");
    assert!((one.replicas - 1.0).abs() < f64::EPSILON);
    assert_eq!(one.worker.container["image"], DEFAULT_IMAGE);
}

/// Resources of the workers replace those of the task as a whole: what they leave open is not the
/// task's, but the platform's.
#[test]
fn what_is_half_said_is_the_platforms() {
    let cluster = of("limits");
    let scheduler = &cluster.scheduler.container["resources"];
    assert_eq!(
        scheduler["requests"],
        json!({ "cpu": "1", "memory": "200Mi" })
    );
    assert_eq!(
        cluster.worker.args()[3..],
        ["--nthreads", "2", "--memory-limit", "3Gi"]
    );
    let requested = of("requests");
    assert_eq!(
        requested.worker.args()[3..],
        ["--nthreads", "2", "--memory-limit", "2Gi"]
    );
    assert_eq!(of("gpus").worker.args()[4], "3");
}

#[test]
fn a_pod_of_the_task_is_that_of_all() {
    let cluster = of("in_a_pod");
    for pod in [&cluster.runner, &cluster.scheduler, &cluster.worker] {
        assert_eq!(pod.rest["nodeSelector"]["disk"], "ssd");
    }
    assert_eq!(cluster.worker.container["name"], "dask-worker");
    assert_eq!(cluster.worker.args()[4], "2");
}

/// The model refuses what the backend refuses.
#[test]
fn an_unknown_member_is_not_understood() {
    let mut template = RUST["fixture.dask.defaults"].clone();
    let custom = template.custom.as_mut().expect("custom");
    custom.fields.insert(
        "nanny".to_owned(),
        Value {
            kind: Some(Kind::BoolValue(true)),
        },
    );
    let refusal = cluster(&template).expect_err("no such member");
    assert!(refusal.contains("unknown field `nanny`"), "{refusal}");
}
