use serde_json::{Value as Json, json};

use flytekit_proto::flyteidl::admin::TaskSpec;
use prost::Message as _;

use super::*;
use crate::declare::{
    Arg, Args, Custom, EXECUTABLE, EncodedCustom, Json as ConstJson, Location, PodTemplate,
    TaskDescriptor,
};
use crate::register::settings::serialization::SerializationSettings;
use crate::registry::{FoundTask, FoundWorkflow, ImagePaths};

const TASK: TaskDescriptor = TaskDescriptor {
    name: "app.add",
    task_type: "python-task",
    location: Location {
        file: "src/main.rs",
        line: 7,
    },
    ..TaskDescriptor::DEFAULT
};

const POD: PodTemplate = PodTemplate::new().spec(&[
    (
        "containers",
        ConstJson::Array(&[
            ConstJson::Object(&[
                ("name", ConstJson::String("sidecar")),
                ("image", ConstJson::String("{{.image.side}}")),
            ]),
            ConstJson::Object(&[
                ("name", ConstJson::String("primary")),
                (
                    "env",
                    ConstJson::Array(&[ConstJson::Strings(&[("name", "A"), ("value", "pod")])]),
                ),
            ]),
        ]),
    ),
    ("priority", ConstJson::Number(1.0)),
]);

fn settings(line: &[&str]) -> Settings {
    Settings {
        project: "p".to_owned(),
        domain: "d".to_owned(),
        ..Settings::of_line(line)
    }
}

fn completed(task: &TaskDescriptor, line: &[&str], fast: Option<&Fast>) -> Json {
    let spec = complete_task(&FoundTask::of(task), &settings(line), fast).unwrap();
    let spec = Spec::from(spec).encoded();
    flytekit_proto::json::format("flyteidl.admin.TaskSpec", &spec).unwrap()
}

fn complete_task(
    task: &FoundTask,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<TaskSpec, Mistakes> {
    match complete(Found::Task(task), settings, fast)? {
        Spec::Task(spec) => Ok(*spec),
        other => panic!("a task became {other:?}"),
    }
}

fn wrong(task: &TaskDescriptor, line: &[&str]) -> String {
    let completed = complete_task(&FoundTask::of(task), &settings(line), None);
    completed.unwrap_err().to_string()
}

#[test]
fn a_container_gets_identity_image_and_environment() {
    const OWN: TaskDescriptor = TaskDescriptor {
        env: &[("B", "task"), ("C", "task")],
        ..TASK
    };
    let line = [
        "--version",
        "v1",
        "-i",
        "a/b:1",
        "--env",
        "A=s",
        "--env",
        "B=s",
    ];
    let spec = completed(&OWN, &line, None);
    let id = json!({"resourceType": "TASK", "project": "p", "domain": "d", "name": "app.add",
        "version": "v1"});
    assert_eq!(spec["template"]["id"], id);
    let container = &spec["template"]["container"];
    assert_eq!(container["image"], "a/b:1");
    let env = json!([{"key": "A", "value": "s"}, {"key": "B", "value": "task"},
        {"key": "C", "value": "task"}]);
    assert_eq!(container["env"], env);
    assert_eq!(container["args"][0], EXECUTABLE);
}

#[test]
fn a_pod_gets_them_in_its_primary_container() {
    const IN_POD: TaskDescriptor = TaskDescriptor {
        env: &[("B", "task")],
        pod_template: Some(POD),
        ..TASK
    };
    let fast = Fast {
        uri: "s3://b/c.tar.gz".to_owned(),
        destination: "/tmp".to_owned(),
    };
    let line = [
        "-i", "a/b:1", "-i", "side=s:2", "--env", "A=s", "--env", "B=s", "--env", "C=s",
    ];
    let spec = completed(&IN_POD, &line, Some(&fast));
    let pod = &spec["template"]["k8sPod"]["podSpec"];
    assert_eq!(pod["priority"], 1.0);
    let [sidecar, primary] = &**pod["containers"].as_array().unwrap() else {
        panic!("{pod}");
    };
    assert_eq!(sidecar, &json!({"name": "sidecar", "image": "s:2"}));
    assert_eq!(primary["image"], "a/b:1");
    let env = json!([{"name": "C", "value": "s"}, {"name": "B", "value": "task"},
        {"name": "A", "value": "pod"}]);
    assert_eq!(primary["env"], env);
    let args = primary["args"].as_array().unwrap();
    let prefix = [
        EXECUTABLE,
        "fast-execute",
        "--additional-distribution",
        "s3://b/c.tar.gz",
        "--dest-dir",
        "/tmp",
        "--",
        EXECUTABLE,
        "execute",
    ];
    assert_eq!(args[..prefix.len()], prefix.map(Json::from));
}

#[test]
fn a_pod_of_the_engines_alone_gets_all_that_it_lacks() {
    const BARE: TaskDescriptor = TaskDescriptor {
        pod_template: Some(PodTemplate::new().primary_container("driver")),
        ..TASK
    };
    let spec = completed(&BARE, &["-i", "a/b:1", "--env", "A=s"], None);
    let primary = &spec["template"]["k8sPod"]["podSpec"]["containers"][0];
    assert_eq!(primary["name"], "driver");
    assert_eq!(primary["image"], "a/b:1");
    assert_eq!(primary["env"], json!([{"name": "A", "value": "s"}]));
}

/// An engine with an image under another name, and a text called `image` that is not an image.
const fn job(out: &mut Custom<'_>) {
    const GPU: ConstJson<'static> = ConstJson::String("{{.image.gpu}}");
    const CONTAINERS: ConstJson<'static> = ConstJson::Array(&[
        ConstJson::Object(&[("name", ConstJson::String("a")), ("image", GPU)]),
        ConstJson::Object(&[("image", GPU), ("note", GPU)]),
    ]);
    out.object(&[
        ("image", GPU),
        ("runtime", ConstJson::String("{{.image.gpu.fqn}}:9")),
        (
            "groups",
            ConstJson::Object(&[
                ("head", ConstJson::Object(&[("with", GPU), ("image", GPU)])),
                ("rest", ConstJson::Object(&[("with", GPU)])),
            ]),
        ),
        (
            "conf",
            ConstJson::Strings(&[("a.b/image", "{{.image.gpu}}")]),
        ),
        (
            "pod",
            ConstJson::Object(&[("containers", CONTAINERS), ("image", GPU)]),
        ),
    ]);
    out.image(&["runtime"]);
    out.image(&["groups", "*", "with"]);
    out.image(&["conf", "a.b/image"]);
    out.image(&["conf", "missing"]);
    out.image(&["missing", "*"]);
    out.image(&["pod"]);
    out.pod_spec(&["pod"]);
}

const JOB: TaskDescriptor = {
    const LEN: (usize, usize) = {
        let mut out = Custom::counting();
        job(&mut out);
        (out.len(), out.images_len())
    };
    const CUSTOM: ([u8; LEN.0], [u8; LEN.1]) = {
        let (mut object, mut images) = ([0; LEN.0], [0; LEN.1]);
        job(&mut Custom::with_images(&mut object, &mut images));
        (object, images)
    };
    TaskDescriptor {
        container_image: Some("{{.image.gpu}}"),
        custom: Some(EncodedCustom {
            object: &CUSTOM.0,
            images: &CUSTOM.1,
        }),
        ..TASK
    }
};

/// The engine's job in a file whose format has these `images`.
fn job_with(images: ImagePaths) -> Json {
    let task = FoundTask {
        images,
        ..FoundTask::of(&JOB)
    };
    let spec = complete_task(&task, &settings(&["-i", "gpu=a/b:1"]), None).unwrap();
    let spec = spec.encode_to_vec();
    let spec = flytekit_proto::json::format("flyteidl.admin.TaskSpec", &spec).unwrap();
    assert_eq!(spec["template"]["container"]["image"], "a/b:1");
    spec["template"]["custom"].clone()
}

#[test]
fn images_are_where_the_engine_says() {
    let gpu = "{{.image.gpu}}";
    assert_eq!(
        job_with(FoundTask::of(&JOB).images),
        json!({
            "image": gpu,
            "runtime": "a/b:9",
            "groups": {"head": {"with": "a/b:1", "image": gpu}, "rest": {"with": "a/b:1"}},
            "conf": {"a.b/image": "a/b:1"},
            "pod": {
                "containers": [{"name": "a", "image": "a/b:1"}, {"image": "a/b:1", "note": gpu}],
                "image": gpu,
            },
        })
    );
}

/// In a file of an old format, each member called `image` is an image.
#[test]
fn images_of_old_files_are_found_by_name() {
    let gpu = "{{.image.gpu}}";
    assert_eq!(
        job_with(ImagePaths::ByName),
        json!({
            "image": "a/b:1",
            "runtime": "{{.image.gpu.fqn}}:9",
            "groups": {"head": {"with": gpu, "image": "a/b:1"}, "rest": {"with": gpu}},
            "conf": {"a.b/image": gpu},
            "pod": {
                "containers": [{"name": "a", "image": "a/b:1"}, {"image": "a/b:1", "note": gpu}],
                "image": "a/b:1",
            },
        })
    );
}

/// In a pod, not every member called `image` is an image, and images may have other names.
#[test]
fn images_of_pods_are_where_kubernetes_has_them() {
    const GPU: ConstJson<'static> = ConstJson::String("{{.image.gpu}}");
    const CONTAINERS: ConstJson<'static> = ConstJson::Array(&[ConstJson::Object(&[
        ("name", ConstJson::String("primary")),
        ("image", GPU),
    ])]);
    const VOLUMES: ConstJson<'static> = ConstJson::Array(&[
        ConstJson::Object(&[("rbd", ConstJson::Object(&[("image", GPU)]))]),
        ConstJson::Object(&[("image", ConstJson::Object(&[("reference", GPU)]))]),
    ]);
    const IN_POD: TaskDescriptor = TaskDescriptor {
        pod_template: Some(PodTemplate::new().spec(&[
            ("containers", CONTAINERS),
            ("initContainers", CONTAINERS),
            ("volumes", VOLUMES),
        ])),
        ..TASK
    };
    let spec = completed(&IN_POD, &["-i", "gpu=a/b:1"], None);
    let pod = &spec["template"]["k8sPod"]["podSpec"];
    assert_eq!(pod["containers"][0]["image"], "a/b:1");
    assert_eq!(pod["initContainers"][0]["image"], "a/b:1");
    let volumes = json!([{"rbd": {"image": "{{.image.gpu}}"}}, {"image": {"reference": "a/b:1"}}]);
    assert_eq!(pod["volumes"], volumes);
}

#[test]
fn only_the_tasks_executable_is_replaced() {
    const JVM: TaskDescriptor = TaskDescriptor {
        args: Args::Application(&[Arg::Text("--rows"), Arg::Input("n")]),
        ..TASK
    };
    let fast = Fast {
        uri: "u".to_owned(),
        destination: ".".to_owned(),
    };
    let spec = completed(&JVM, &["-i", "a/b:1"], Some(&fast));
    assert_eq!(
        spec["template"]["container"]["args"],
        json!(["--rows", "{{.inputs.n}}"])
    );
}

#[test]
fn a_task_can_carry_the_settings() {
    let fast = Fast {
        uri: "s3://b/c".to_owned(),
        destination: "/tmp".to_owned(),
    };
    let digest = "sha256:0123456789abcdef0123456789abcdef";
    let pinned = format!("gpu=a/b:1@{digest}");
    let line = [
        "-i",
        "a/b:1",
        "-i",
        &pinned,
        "--embed-settings",
        "--version",
        "v",
        "--git-repository",
        "git@github.com:team/app.git",
        "--source-root",
        "src",
    ];
    let spec = completed(&TASK, &line, Some(&fast));
    let source = &spec["description"]["sourceCode"];
    assert_eq!(source["link"], "https://github.com/team/app");
    let variable = &spec["template"]["container"]["env"][0];
    assert_eq!(variable["key"], "_F_SS_C");
    let text = variable["value"].as_str().unwrap();
    let carried = SerializationSettings::decode(text).unwrap();
    let default = json!({"name": "default", "fqn": "a/b", "tag": "1", "digest": null});
    let gpu = json!({"name": "gpu", "fqn": "a/b", "tag": null, "digest": digest});
    let expected = json!({
        "project": "p", "domain": "d", "version": "v", "env": null, "source_root": "src",
        "git_repo": "github.com/team/app",
        "image_config": {"default_image": default, "images": [default, gpu]},
        "fast_serialization_settings": {"enabled": true, "destination_dir": "/tmp",
            "distribution_location": "s3://b/c"},
    });
    assert_eq!(serde_json::to_value(carried).unwrap(), expected);
}

#[test]
fn all_mistakes_of_all_tasks_are_told() {
    const BOTH: TaskDescriptor = TaskDescriptor {
        pod_template: Some(POD),
        ..TASK
    };
    let none = wrong(&TASK, &[]);
    assert!(
        none.starts_with("the task `app.add` (src/main.rs:7) has no image: give"),
        "{none}"
    );
    let two = wrong(&BOTH, &["-i", "other=a:1"]);
    assert!(two.starts_with("2 mistakes:"), "{two}");
    assert!(
        two.contains("`side`, which is not configured: the images are other;"),
        "{two}"
    );
    let both = [&TASK, &BOTH].map(FoundTask::of);
    let both = both.each_ref().map(Found::Task);
    let all = complete_all(&both, &settings(&[]), None).unwrap_err();
    assert_eq!(all.0.len(), 2, "{all}");
    let line = settings(&["-i", "a:1", "-i", "side=b:1"]);
    assert_eq!(complete_all(&both, &line, None).unwrap().len(), 2);
}

#[test]
fn what_a_newer_version_says_is_not_lost() {
    let mut task = FoundTask::of(&TASK);
    // Field 15, empty.
    task.spec.extend([0x7a, 0]);
    let newer = complete_task(&task, &settings(&["-i", "a:1"]), None).unwrap_err();
    assert!(
        newer.to_string().contains("built with a newer flytekit"),
        "{newer}"
    );
    task.spec = vec![0xff];
    let damaged = complete_task(&task, &settings(&["-i", "a:1"]), None).unwrap_err();
    assert!(damaged.to_string().contains("is damaged"), "{damaged}");
}

#[test]
fn what_all_tasks_lack_is_said_once() {
    let refused = |count| {
        let tasks = vec![FoundTask::of(&TASK); count];
        let tasks: Vec<_> = tasks.iter().map(Found::Task).collect();
        let completed = complete_all(&tasks, &settings(&[]), None);
        completed.unwrap_err().to_string()
    };
    let two = "each of the tasks `app.add` (src/main.rs:7), `app.add` (src/main.rs:7) has no image";
    assert!(refused(2).starts_with(two), "{}", refused(2));
    let many = refused(1000);
    assert!(many.starts_with("each of 1000 tasks, `app.add` (src/main.rs:7), "));
    assert!(many.contains(" and others, has no image: give"), "{many}");
    assert_eq!(many.matches("app.add").count(), 5);
}

#[test]
fn what_a_workflow_runs_is_of_its_registration_unless_it_says_otherwise() {
    use crate::declare::{
        Node, Overrides, Reference, ReferenceKind, Target as Runs, WorkflowDescriptor,
    };

    let nodes = [
        Node {
            id: "n0",
            target: Runs::Task(&TASK),
            overrides: Some(&Overrides {
                container_image: Some("{{.image.other}}"),
                ..Overrides::NONE
            }),
            ..Node::DEFAULT
        },
        Node {
            id: "n1",
            target: Runs::Reference(Reference {
                kind: ReferenceKind::LaunchPlan,
                project: "far",
                domain: "",
                name: "away.plan",
                version: "v7",
                inputs: &[],
                outputs: &[],
            }),
            ..Node::DEFAULT
        },
    ];
    let workflow = FoundWorkflow::of(&WorkflowDescriptor {
        name: "app.report",
        nodes: &nodes,
        ..WorkflowDescriptor::DEFAULT
    });
    let line = settings(&["-i", "other=a:1", "--version", "v1"]);
    let spec = complete(Found::Workflow(&workflow), &line, None).unwrap();
    let json = flytekit_proto::json::format("flyteidl.admin.WorkflowSpec", &spec.encoded());
    let template = &json.unwrap()["template"];
    let id = |project: &str, name: &str, version: &str, kind: &str| {
        json!({
            "resourceType": kind, "project": project, "domain": "d", "name": name, "version": version,
        })
    };
    assert_eq!(template["id"], id("p", "app.report", "v1", "WORKFLOW"));
    let task = &template["nodes"][0]["taskNode"];
    assert_eq!(task["referenceId"], id("p", "app.add", "v1", "TASK"));
    assert_eq!(task["overrides"]["containerImage"], "a:1");
    let plan = &template["nodes"][1]["workflowNode"]["launchplanRef"];
    assert_eq!(*plan, id("far", "away.plan", "v7", "LAUNCH_PLAN"));
    let plan = Found::LaunchPlan(&workflow.default_plan);
    let spec = complete(plan, &line, None).unwrap();
    let json = flytekit_proto::json::format("flyteidl.admin.LaunchPlan", &spec.encoded());
    let plan = json.unwrap();
    assert_eq!(plan["id"], id("p", "app.report", "v1", "LAUNCH_PLAN"));
    let workflow_id = &plan["spec"]["workflowId"];
    assert_eq!(*workflow_id, id("p", "app.report", "v1", "WORKFLOW"));
    let wrong = complete(Found::Workflow(&workflow), &settings(&[]), None);
    let wrong = wrong.unwrap_err().to_string();
    assert!(wrong.starts_with("the workflow `app.report`"), "{wrong}");
}
