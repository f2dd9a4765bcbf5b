//! What Flyte's Spark plugin makes of the templates in the binary: it lays Spark's pods over the
//! task's, looks up their primary containers, and takes image, environment and args from there.

use std::path::Path;

use flytekit::declare::EXECUTABLE;
use flytekit::registry;
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::flyteidl::core::{Container, TaskTemplate};
use flytekit_tests::object;
use prost::Message;
use serde_json::{Value as Json, json};

/// The name that the backend gives to a pod and, if the target is a plain container, to that.
const GENERATED_NAME: &str = "f1a2b3c4-n0-0";

/// A `SparkApplication`, as far as it depends on the template's pods.
#[derive(Debug)]
struct Application {
    arguments: Vec<String>,
    driver: Part,
    executor: Part,
}

/// Its driver or executors.
#[derive(Debug)]
struct Part {
    container: Json,
    pod_spec: Json,
}

impl Part {
    /// Values of the environment variable `name`, in order.
    fn env(&self, name: &str) -> Vec<&str> {
        let env = self.container["env"].as_array().into_iter().flatten();
        let named = env.filter(|variable| variable["name"] == name);
        named
            .filter_map(|variable| variable["value"].as_str())
            .collect()
    }
}

/// The plugin, or its `BadTaskSpecification`.
fn application(template: &TaskTemplate) -> Result<Application, String> {
    let custom = Json::Object(object(template.custom.as_ref().ok_or("no custom")?));
    let (base, primary) = base_pod(template)?;
    let driver = part(&base, &primary, &custom["driverPod"])?;
    let executor = part(&base, &primary, &custom["executorPod"])?;
    let args = executor.container["args"].as_array().into_iter().flatten();
    Ok(Application {
        arguments: args.filter_map(Json::as_str).map(str::to_owned).collect(),
        driver,
        executor,
    })
}

/// The task's pod and the name of its primary container.
fn base_pod(template: &TaskTemplate) -> Result<(Json, String), String> {
    match template.target.as_ref().ok_or("no target")? {
        Target::Container(container) => {
            let pod = json!({ "containers": [from_target(container)] });
            Ok((pod, GENERATED_NAME.to_owned()))
        }
        Target::K8sPod(pod) => {
            let primary = template.config.get("primary_container_name");
            let spec = pod.pod_spec.as_ref().ok_or("no pod spec")?;
            let primary = primary.ok_or("no name of a primary container")?;
            Ok((Json::Object(object(spec)), primary.clone()))
        }
    }
}

fn from_target(container: &Container) -> Json {
    let env = container.env.iter();
    let env: Vec<_> = env
        .map(|variable| json!({ "name": variable.key, "value": variable.value }))
        .collect();
    json!({ "name": GENERATED_NAME, "image": container.image, "args": container.args, "env": env })
}

fn part(base: &Json, primary: &str, job_pod: &Json) -> Result<Part, String> {
    let mut pod_spec = base.clone();
    lay_over(&mut pod_spec, &job_pod["podSpec"]);
    let name = match job_pod["primaryContainerName"].as_str() {
        None | Some("") => primary,
        Some(name) => name,
    };
    let containers = pod_spec["containers"].as_array().ok_or("no containers")?;
    let container = containers.iter().find(|it| it["name"] == name);
    Ok(Part {
        container: container
            .ok_or_else(|| format!("BadTaskSpecification: no container {name}"))?
            .clone(),
        pod_spec,
    })
}

/// Members over members, items behind items; containers only over those of the same name.
fn lay_over(base: &mut Json, overlay: &Json) {
    match (base, overlay) {
        (Json::Object(base), Json::Object(overlay)) => {
            for (key, value) in overlay {
                match base.get_mut(key) {
                    Some(Json::Array(base)) if key == "containers" => containers(base, value),
                    Some(base) => lay_over(base, value),
                    None => _ = base.insert(key.clone(), value.clone()),
                }
            }
        }
        (Json::Array(base), Json::Array(overlay)) => base.extend(overlay.iter().cloned()),
        (_, Json::Null) => {}
        (base, overlay) => *base = overlay.clone(),
    }
}

fn containers(base: &mut [Json], overlay: &Json) {
    for container in base {
        let mut overlay = overlay.as_array().into_iter().flatten();
        if let Some(twin) = overlay.find(|twin| twin["name"] == container["name"]) {
            lay_over(container, twin);
        }
    }
}

fn spark_tasks() -> impl Iterator<Item = TaskTemplate> {
    let tasks = registry::read_file(Path::new(env!("CARGO_BIN_EXE_fixture"))).expect("tasks");
    let templates = tasks.into_iter().map(|task| {
        let spec = TaskSpec::decode(&*task.spec).expect("a TaskSpec");
        spec.template.expect("a template")
    });
    templates.filter(|template| template.r#type == "spark")
}

fn name(template: &TaskTemplate) -> String {
    template.id.as_ref().expect("an id").name.clone()
}

#[test]
fn every_spark_task_is_accepted() {
    let mut with_pods = 0;
    for template in spark_tasks() {
        let name = name(&template);
        let application = application(&template).unwrap_or_else(|why| panic!("{name}: {why}"));
        let custom = object(template.custom.as_ref().expect("custom"));
        with_pods += usize::from(custom.contains_key("driverPod"));
        if custom.contains_key("executorPath") {
            let arguments = application.arguments;
            assert_eq!(arguments[..2], [EXECUTABLE, "execute"], "{name}");
            assert_eq!(arguments.last(), Some(&name), "{name}");
        }
    }
    assert!(with_pods > 0);
}

#[test]
fn options_of_the_pods_arrive() {
    let template = |wanted: &str| {
        let found = spark_tasks().find(|template| name(template) == wanted);
        application(&found.expect("a task")).expect("an application")
    };
    let plain = template("fixture.pods.spark");
    assert_eq!(plain.driver.env("LEVEL"), ["info"]);
    assert_eq!(plain.executor.env("LEVEL"), ["info"]);

    let typed = template("fixture.pods.spark_typed");
    assert_eq!(typed.driver.env("MODE"), ["fast"]);
    assert!(typed.executor.env("MODE").is_empty());
    let image = "registry.example.com/team/driver:1.2";
    assert_eq!(typed.driver.container["image"], image);
    assert_eq!(typed.driver.pod_spec["nodeSelector"]["disk"], "ssd");
    assert_eq!(typed.driver.pod_spec["tolerations"][0]["key"], "spot");
    assert_eq!(typed.driver.pod_spec["priorityClassName"], "high");
    assert_eq!(typed.driver.pod_spec["hostNetwork"], true);
    assert!(typed.executor.pod_spec["affinity"]["nodeAffinity"].is_object());

    let constant = template("fixture.pods.spark_constant");
    assert_eq!(constant.executor.pod_spec["nodeSelector"]["pool"], "spot");

    let in_pod = template("fixture.pods.spark_in_pod");
    assert_eq!(in_pod.executor.env("MODE"), ["fast"]);
    let containers = in_pod.driver.pod_spec["containers"].as_array();
    assert_eq!(containers.map(Vec::len), Some(2));
}

/// The model refuses what the backend refuses: flytekit's target for the same task.
#[test]
fn a_plain_container_is_not_found() {
    let mut template = spark_tasks()
        .find(|template| name(template) == "fixture.pods.spark")
        .expect("a task");
    template.target = Some(Target::Container(Container::default()));
    let refusal = application(&template).expect_err("a pod without that container");
    assert_eq!(refusal, "BadTaskSpecification: no container primary");
}
