//! The template of a task in the binary equals the one that flytekit registers for its twin, except for a
//! short list of differences.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use flytekit::declare::{
    Accelerator, EXECUTABLE, LiteralType, TaskDescriptor, encode_task_spec, task_spec_len,
};
use flytekit::registry;
use flytekit::wire::Writer;
use flytekit_proto::flyteidl::admin::{DescriptionFormat, TaskSpec};
use flytekit_proto::flyteidl::core::resources::{ResourceEntry, ResourceName};
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::flyteidl::core::{
    self, K8sObjectMetadata, K8sPod, KeyValuePair, Resources, TaskTemplate, TypedInterface,
};
use flytekit_proto::text;
use flytekit_tests::{diff, run, script};
use prost::{Message, Name};
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};

/// The modules of the fixture that have twins in Python.
const TWINS: [&str; 12] = [
    "fixture.declared.",
    "fixture.containers.",
    "fixture.values.",
    "fixture.data.",
    "fixture.objects.",
    "fixture.time.",
    "fixture.pods.",
    "fixture.failing.",
    "fixture.frames.",
    "fixture.files.",
    "fixture.dask.",
    "fixture.databricks.",
];

/// The differences between the templates, as changes that convert flytekit's template into the one in the
/// binary.
const DIFFERENCES: [fn(&mut TaskSpec); 8] = [
    no_registration,
    pod_of_spark,
    runtime_flavor,
    no_default_image,
    container_args,
    description_format,
    spark_driver,
    spark_application,
];

/// Project, domain and version are known only at registration.
fn no_registration(spec: &mut TaskSpec) {
    let id = template(spec).id.as_mut().expect("an id");
    for field in [&mut id.project, &mut id.domain, &mut id.version] {
        field.clear();
    }
}

/// The SDK implements flytekit's contract in Rust; backends only read its type and version.
fn runtime_flavor(spec: &mut TaskSpec) {
    let runtime = template(spec)
        .metadata
        .as_mut()
        .and_then(|metadata| metadata.runtime.as_mut());
    "rust".clone_into(&mut runtime.expect("a runtime").flavor);
}

/// A task whose Spark pods name a container is a pod that has it: the backend looks the name up in
/// the task's target, does not find it in flytekit's plain container, and refuses the task.
fn pod_of_spark(spec: &mut TaskSpec) {
    let template = template(spec);
    let pods = template.custom.iter().flat_map(|custom| {
        ["driverPod", "executorPod"]
            .into_iter()
            .filter_map(|key| custom.fields.get(key))
    });
    let names: BTreeSet<_> = pods
        .map(|pod| text_of(member(pod, "primaryContainerName")))
        .collect();
    let (Some(name), Some(Target::Container(container))) = (names.first(), &template.target) else {
        return;
    };
    assert_eq!(names.len(), 1, "flytekit's task is not a pod");
    let containers = list([object([
        ("args", list(container.args.iter().map(|arg| string(arg)))),
        ("command", list([])),
        ("env", list(container.env.iter().map(variable))),
        ("image", string(&container.image)),
        ("name", string(name)),
    ])]);
    let mut pod_spec = object([("containers", containers)]);
    if let Some(resources) = container.resources.as_ref().and_then(resources) {
        let container = pod_containers(struct_of(&mut pod_spec)).next();
        container
            .expect("a container")
            .fields
            .insert("resources".to_owned(), resources);
    }
    template.target = Some(Target::K8sPod(K8sPod {
        metadata: Some(K8sObjectMetadata::default()),
        pod_spec: Some(struct_of(&mut pod_spec).clone()),
        ..K8sPod::default()
    }));
    template
        .config
        .insert("primary_container_name".to_owned(), name.clone());
}

fn variable(variable: &KeyValuePair) -> Value {
    object([
        ("name", string(&variable.key)),
        ("value", string(&variable.value)),
    ])
}

/// The resources, in flytekit's form for pods; `None` if there are none.
fn resources(resources: &Resources) -> Option<Value> {
    let quantities = |entries: &[ResourceEntry]| {
        object(entries.iter().map(|entry| {
            let name = match entry.name() {
                ResourceName::Cpu => "cpu",
                ResourceName::Memory => "memory",
                other => panic!("the twins have no {other:?}"),
            };
            (name, string(&entry.value))
        }))
    };
    let Resources { requests, limits } = resources;
    (!requests.is_empty() || !limits.is_empty()).then(|| {
        object([
            ("limits", quantities(limits)),
            ("requests", quantities(requests)),
        ])
    })
}

const DEFAULT_IMAGE: &str = "registry/default:tag";

/// The default image is one of the registration's settings.
fn no_default_image(spec: &mut TaskSpec) {
    match template(spec).target.as_mut().expect("a target") {
        Target::Container(container) if container.image == DEFAULT_IMAGE => container.image.clear(),
        Target::Container(_) => {}
        Target::K8sPod(pod) => {
            let pod = pod.pod_spec.as_mut().expect("a pod");
            pod_containers(pod).for_each(without_default_image);
        }
    }
}

fn without_default_image(container: &mut Struct) {
    let image = container.fields.get("image");
    if image.is_some_and(|image| *image == string(DEFAULT_IMAGE)) {
        container.fields.remove("image");
    }
}

/// The pod of a node, which also contains the task's program and image.
pub(crate) fn pod_of_node(pod_spec: &mut Struct, task: &str) {
    for container in pod_containers(pod_spec) {
        without_default_image(container);
        args_in_rust(container, task);
    }
}

/// The executable's path and `execute` replace `pyflyte-execute`, and the task's name replaces flytekit's
/// resolver. All flags between them are equal.
fn container_args(spec: &mut TaskSpec) {
    let template = template(spec);
    let name = template.id.as_ref().expect("an id").name.clone();
    match template.target.as_mut().expect("a target") {
        Target::Container(container) => container.args = rust_args(&container.args, &name),
        Target::K8sPod(pod) => {
            let pod = pod.pod_spec.as_mut().expect("a pod");
            pod_containers(pod).for_each(|container| args_in_rust(container, &name));
        }
    }
}

fn args_in_rust(container: &mut Struct, task: &str) {
    if let Some(args) = container.fields.get_mut("args")
        && let Some(Kind::ListValue(old)) = &args.kind
    {
        let old: Vec<_> = old.values.iter().map(text_of).collect();
        *args = list(rust_args(&old, task).iter().map(|arg| string(arg)));
    }
}

fn rust_args(flytekit: &[String], name: &str) -> Vec<String> {
    let resolver = flytekit.iter().position(|arg| arg == "--resolver");
    let Some([entrypoint, flags @ ..]) = resolver.map(|end| &flytekit[..end]) else {
        return flytekit.to_vec(); // a container beside the task's
    };
    assert_eq!(entrypoint, "pyflyte-execute");
    let owned = |args: [&str; 2]| args.map(str::to_owned).to_vec();
    [
        owned([EXECUTABLE, "execute"]),
        flags.to_vec(),
        owned(["--task", name]),
    ]
    .concat()
}

/// Rust's documentation is Markdown, Python's reStructuredText.
fn description_format(spec: &mut TaskSpec) {
    let Some(description) = &mut spec.description else {
        return; // of a raw container
    };
    let description = description.long_description.as_mut();
    let description = description.expect("a long description, even when empty");
    assert_eq!(description.format(), DescriptionFormat::Rst);
    description.set_format(DescriptionFormat::Markdown);
}

/// `spark-submit` starts the executable instead of Python; it is told a file that need not exist.
fn spark_driver(spec: &mut TaskSpec) {
    let Some(custom) = &mut template(spec).custom else {
        return;
    };
    let defaults = [
        (
            "executorPath",
            "/opt/venv/bin/python3",
            EXECUTABLE.to_owned(),
        ),
        (
            "mainApplicationFile",
            "local:///opt/venv/bin/entrypoint.py",
            format!("local://{EXECUTABLE}.py"),
        ),
    ];
    for (key, flytekit, rust) in defaults {
        if custom
            .fields
            .get(key)
            .is_some_and(|value| *value == string(flytekit))
        {
            custom.fields.insert(key.to_owned(), string(&rust));
        }
    }
}

/// flytekit declares each application as a Python one, and starts its own entrypoint with it. Here it has its
/// own type, needs no Python, and gets its own args: in the twins, each of its inputs.
fn spark_application(spec: &mut TaskSpec) {
    let template = template(spec);
    let Some(custom) = template
        .custom
        .as_mut()
        .filter(|custom| custom.fields.contains_key("mainClass"))
    else {
        return;
    };
    let is_scala = custom.fields["mainClass"] == string("org.example.WordCount");
    let language = string(if is_scala { "SCALA" } else { "JAVA" });
    custom.fields.insert("applicationType".to_owned(), language);
    custom.fields.remove("executorPath");

    let interface = template.interface.as_ref().expect("an interface");
    let inputs = &interface.inputs.as_ref().expect("inputs").variables;
    let mut names: Vec<_> = inputs.keys().collect();
    names.sort();
    let args: Vec<_> = names
        .into_iter()
        .flat_map(|name| [format!("--{name}"), format!("{{{{.inputs.{name}}}}}")])
        .collect();
    match template.target.as_mut().expect("a target") {
        Target::Container(container) => container.args = args,
        Target::K8sPod(pod) => {
            for container in pod_containers(pod.pod_spec.as_mut().expect("a pod")) {
                let values = args.iter().map(|arg| string(arg)).collect();
                let list = Kind::ListValue(ListValue { values });
                let value = Value { kind: Some(list) };
                container.fields.insert("args".to_owned(), value);
            }
        }
    }
}

fn template(spec: &mut TaskSpec) -> &mut TaskTemplate {
    spec.template.as_mut().expect("a template")
}

fn pod_containers(pod_spec: &mut Struct) -> impl Iterator<Item = &mut Struct> {
    let containers = pod_spec
        .fields
        .get_mut("containers")
        .and_then(|containers| containers.kind.as_mut());
    let Some(Kind::ListValue(containers)) = containers else {
        panic!("a pod has containers")
    };
    containers
        .values
        .iter_mut()
        .filter_map(|container| match &mut container.kind {
            Some(Kind::StructValue(members)) => Some(members),
            _ => None,
        })
}

fn string(text: &str) -> Value {
    Value {
        kind: Some(Kind::StringValue(text.to_owned())),
    }
}

fn list(values: impl IntoIterator<Item = Value>) -> Value {
    let values = values.into_iter().collect();
    Value {
        kind: Some(Kind::ListValue(ListValue { values })),
    }
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let members = members.into_iter();
    let fields = members
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    Value {
        kind: Some(Kind::StructValue(Struct { fields })),
    }
}

fn member<'a>(value: &'a Value, key: &str) -> &'a Value {
    match &value.kind {
        Some(Kind::StructValue(members)) => &members.fields[key],
        other => panic!("{other:?} is not an object"),
    }
}

fn struct_of(value: &mut Value) -> &mut Struct {
    match &mut value.kind {
        Some(Kind::StructValue(members)) => members,
        other => panic!("{other:?} is not an object"),
    }
}

fn text_of(value: &Value) -> String {
    match &value.kind {
        Some(Kind::StringValue(text)) => text.clone(),
        other => panic!("{other:?} is not text"),
    }
}

/// The twins, as flytekit registers them.
struct Flytekit {
    specs: BTreeMap<String, Vec<u8>>,
    devices: BTreeMap<String, String>,
}

static FLYTEKIT: LazyLock<Flytekit> = LazyLock::new(|| {
    let [rust, python] = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
    for (name, spec) in &*RUST {
        fs::write(rust.path().join(format!("{name}.pb")), spec).expect("a file");
    }
    let ended = run(script("templates.py").args([rust.path(), python.path()]));
    assert!(ended.success(), "{ended}");
    Flytekit {
        specs: specs_in(python.path()),
        devices: serde_json::from_slice(&read(&python.path().join("accelerators.json")))
            .expect("JSON of texts"),
    }
});

/// The content of the files `NAME.pb`, by name.
pub(crate) fn specs_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let named = |path: &Path| Some(path.file_name()?.to_str()?.strip_suffix(".pb")?.to_owned());
    files
        .filter_map(|path| Some((named(&path)?, read(&path))))
        .collect()
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The templates in the fixture.
static RUST: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let tasks = registry::read_file(Path::new(env!("CARGO_BIN_EXE_fixture"))).expect("tasks");
    let tasks = tasks.tasks.into_iter();
    tasks.map(|task| (task.name, task.spec)).collect()
});

fn shown(spec: &[u8]) -> String {
    text::format(&TaskSpec::full_name(), spec).expect("a TaskSpec")
}

/// flytekit's template, converted by the differences.
fn expected(flytekit: &[u8]) -> Vec<u8> {
    let mut spec = TaskSpec::decode(flytekit).expect("a TaskSpec");
    for apply in DIFFERENCES {
        apply(&mut spec);
    }
    spec.encode_to_vec()
}

#[test]
fn every_twin_is_there() {
    let rust: Vec<_> = RUST
        .keys()
        .filter(|name| TWINS.iter().any(|module| name.starts_with(module)))
        .collect();
    let python: Vec<_> = FLYTEKIT.specs.keys().collect();
    assert_eq!(rust, python);
}

#[test]
fn types_are_read_back_as_they_were() {
    for (name, spec) in FLYTEKIT.specs.iter().chain(&*RUST) {
        let spec = TaskSpec::decode(&**spec).expect("a TaskSpec");
        let interface = spec.template.and_then(|it| it.interface);
        let TypedInterface { inputs, outputs } = interface.expect("an interface");
        let variables = [inputs, outputs].into_iter().flatten();
        for (variable, declared) in variables.flat_map(|it| it.variables) {
            let message = declared.r#type.expect("a type");
            let read = LiteralType::decode(&message.encode_to_vec()).expect("a type");
            let read = read.unwrap_or_else(|| panic!("{name}, {variable}: {message:?}"));
            let mut measure = Writer::counting();
            read.encode(&mut measure);
            let mut bytes = vec![0; measure.len()];
            read.encode(&mut Writer::new(&mut bytes));
            let again = core::LiteralType::decode(&*bytes).expect("a type");
            assert_eq!(again, message, "{name}, {variable}");
        }
    }
}

#[test]
fn templates_are_equal_but_for_the_differences() {
    let mut unequal = String::new();
    for (name, flytekit) in &FLYTEKIT.specs {
        let undeclared: Vec<_> = shown(flytekit)
            .lines()
            .filter(|line| line.trim_start().starts_with('#'))
            .map(str::to_owned)
            .collect();
        assert_eq!(
            undeclared, [""; 0],
            "{name} has fields that this crate would not see"
        );
        let rust = RUST.get(name).map_or_else(String::new, |spec| shown(spec));
        unequal += &diff(
            (&format!("flytekit {name}"), &shown(&expected(flytekit))),
            (&format!("rust {name}"), &rust),
        );
    }
    assert!(
        unequal.is_empty(),
        "beyond the expected differences:\n{unequal}"
    );
}

/// Each difference changes something, so the list hides nothing.
#[test]
fn each_difference_is_one() {
    for (index, apply) in DIFFERENCES.iter().enumerate() {
        let changes = FLYTEKIT.specs.values().any(|spec| {
            let before = TaskSpec::decode(spec.as_slice()).expect("a TaskSpec");
            let mut after = before.clone();
            apply(&mut after);
            before != after
        });
        assert!(changes, "difference {index} is none");
    }
}

macro_rules! accelerators {
    ($($name:ident)*) => {
        [$((stringify!($name), {
            const TASK: TaskDescriptor =
                TaskDescriptor { accelerator: Some(Accelerator::$name), ..TaskDescriptor::DEFAULT };
            encode_task_spec::<{ task_spec_len(&TASK) }>(&TASK).to_vec()
        })),*]
    };
}

#[test]
fn accelerators_are_the_devices_of_flytekit() {
    let rust = accelerators! {
        A10G A100 A100_80GB H100 H200 K80 L4 L4_VWS L40S M60 P4 P100 RTX_PRO_6000 T4 V100
    };
    let rust: BTreeMap<_, _> = rust
        .iter()
        .map(|(name, spec)| ((*name).to_owned(), device(spec)))
        .collect();
    // Flyte's template has a field for GPUs, which flytekit also uses for TPUs.
    let gpus = FLYTEKIT
        .devices
        .iter()
        .filter(|(_, device)| !device.starts_with("tpu-"));
    assert_eq!(
        rust,
        gpus.map(|(name, device)| (name.clone(), device.clone()))
            .collect()
    );
}

fn device(spec: &[u8]) -> String {
    let mut spec = TaskSpec::decode(spec).expect("a TaskSpec");
    let resources = template(&mut spec).extended_resources.take();
    resources
        .and_then(|resources| resources.gpu_accelerator)
        .expect("an accelerator")
        .device
}
