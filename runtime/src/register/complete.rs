//! What a compiled task lacks: project, domain and version, its image, the settings' environment
//! and, without an image build, where its executable is.

use flytekit_proto::flyteidl::admin::{SourceCode, TaskSpec};
use flytekit_proto::flyteidl::core::{Container, KeyValuePair, TaskTemplate, task_template};
use prost::Message;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};

use super::fast::Fast;
use super::settings::serialization::{self, SerializationSettings};
use super::settings::{Mistakes, Settings};
use crate::declare::EXECUTABLE;
use crate::registry::FoundTask;

/// Fills what the settings say into a task.
///
/// # Errors
///
/// All that stands against it, in sentences that name the task.
#[cfg(any(feature = "register", test))]
pub(crate) fn complete(
    task: &FoundTask,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<TaskSpec, Mistakes> {
    completed(task, settings, fast)
        .map_err(|wrong| Mistakes(wrong.iter().map(|it| said(&[task], it)).collect()))
}

/// The same, where what is wrong does not name the task yet.
fn completed(
    task: &FoundTask,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<TaskSpec, Vec<String>> {
    let mut work = Completion {
        task,
        settings,
        fast,
        wrong: Vec::new(),
    };
    let mut spec = work.read().unwrap_or_default();
    spec.template.iter_mut().for_each(|it| work.template(it));
    if let (Some(link), Some(description)) = (&settings.git_repository, &mut spec.description) {
        let link = format!("https://{link}");
        description.source_code.get_or_insert(SourceCode { link });
    }
    if work.wrong.is_empty() {
        Ok(spec)
    } else {
        Err(work.wrong)
    }
}

/// All tasks, or all that stands against any of them: once for all tasks that it is the same for.
///
/// # Errors
///
/// As [`complete`].
pub(crate) fn complete_all(
    tasks: &[FoundTask],
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<Vec<TaskSpec>, Mistakes> {
    let mut mistakes: Vec<(String, Vec<&FoundTask>)> = Vec::new();
    let mut specs = Vec::with_capacity(tasks.len());
    for task in tasks {
        match completed(task, settings, fast) {
            Ok(spec) => specs.push(spec),
            Err(wrong) => wrong.into_iter().for_each(|wrong| {
                match mistakes.iter_mut().find(|(known, _)| *known == wrong) {
                    Some((_, tasks)) => tasks.push(task),
                    None => mistakes.push((wrong, vec![task])),
                }
            }),
        }
    }
    let mistakes = mistakes.iter().map(|(wrong, tasks)| said(tasks, wrong));
    Mistakes(mistakes.collect()).or(specs)
}

/// ``the task `app.add` (src/main.rs:7) has no image``; of many tasks a few are named.
fn said(tasks: &[&FoundTask], wrong: &str) -> String {
    const NAMED: usize = 5;
    let named = tasks.iter().take(NAMED);
    let named = named.map(|it| format!("`{}` ({})", it.name, it.location));
    let named = named.collect::<Vec<_>>().join(", ");
    match tasks.len() {
        1 => format!("the task {named} {wrong}"),
        count if count <= NAMED => format!("each of the tasks {named} {wrong}"),
        count => format!("each of {count} tasks, {named} and others, {wrong}"),
    }
}

/// One task on its way.
struct Completion<'a> {
    task: &'a FoundTask,
    settings: &'a Settings,
    fast: Option<&'a Fast>,
    /// What stands against it, in words that follow the task's name.
    wrong: Vec<String>,
}

impl Completion<'_> {
    fn read(&mut self) -> Option<TaskSpec> {
        match TaskSpec::decode(&*self.task.spec) {
            // Decoding drops what a newer version knows, and what is registered would lack it.
            Ok(spec) if spec.encoded_len() == self.task.spec.len() => Some(spec),
            Ok(_) => {
                self.refuse(
                    "was built with a newer flytekit than this one, and says things that would \
                     get lost: register it with that version",
                );
                None
            }
            Err(error) => {
                self.refuse(&format!("is damaged: {error}"));
                None
            }
        }
    }

    fn template(&mut self, template: &mut TaskTemplate) {
        if let Some(id) = &mut template.id {
            id.project.clone_from(&self.settings.project);
            id.domain.clone_from(&self.settings.domain);
            id.version = self.settings.version.clone().unwrap_or_default();
        }
        if let Some(custom) = &mut template.custom {
            self.images_in(custom);
        }
        let primary = template.config.get("primary_container_name").cloned();
        match &mut template.target {
            Some(task_template::Target::Container(container)) => self.container(container),
            Some(task_template::Target::K8sPod(pod)) => {
                if let Some(spec) = &mut pod.pod_spec {
                    self.images_in(spec);
                    self.primary(spec, primary.as_deref().unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    fn container(&mut self, container: &mut Container) {
        container.image = if container.image.is_empty() {
            self.default_image()
        } else {
            self.filled(&container.image)
        };
        let own = std::mem::take(&mut container.env);
        let is_own = |name: &str| own.iter().any(|pair| pair.key == name);
        let pair = |(key, value)| KeyValuePair { key, value };
        container.env = self
            .env()
            .filter(|(name, _)| !is_own(name))
            .map(pair)
            .collect();
        container.env.extend(own);
        if let Some(prefix) = self.prefix(container.args.first().map(String::as_str)) {
            container.args.splice(0..0, prefix);
        }
    }

    /// The container of a pod that runs the task.
    fn primary(&mut self, pod: &mut Struct, name: &str) {
        let containers = pod.fields.get_mut("containers").and_then(items);
        let mut containers = containers.into_iter().flatten().filter_map(members);
        let named = |it: &&mut Struct| text_of(it, "name") == Some(name);
        let Some(container) = containers.find(named) else {
            return self.refuse(&format!("has no container `{name}` in its pod template"));
        };
        if text_of(container, "image").is_none_or(str::is_empty) {
            let image = text(self.default_image());
            container.fields.insert("image".to_owned(), image);
        }
        let list = || ListValue::default();
        let env = member(container, "env", Kind::ListValue(list()));
        if let Some(own) = items(env) {
            let taken: Vec<_> = own.iter().filter_map(name_of).map(str::to_owned).collect();
            let added = self
                .env()
                .filter(|(name, _)| !taken.contains(name))
                .map(pair);
            own.splice(0..0, added.collect::<Vec<_>>());
        }
        if let Some(args) = items(member(container, "args", Kind::ListValue(list())))
            && let Some(prefix) = self.prefix(args.first().and_then(as_text))
        {
            args.splice(0..0, prefix.map(text));
        }
    }

    /// Fills the images of pods and of engines' jobs, wherever they lie: a member `image`, or a
    /// setting of Spark's such as `spark.kubernetes.driver.container.image`. flytekit leaves
    /// templates there as they are, and the cluster then fails on them.
    fn images_in(&mut self, object: &mut Struct) {
        for (name, value) in &mut object.fields {
            let is_image = name.rsplit('.').next() == Some("image");
            match &mut value.kind {
                Some(Kind::StringValue(image)) if is_image => *image = self.filled(image),
                _ => self.images_below(value),
            }
        }
    }

    fn images_below(&mut self, value: &mut Value) {
        match &mut value.kind {
            Some(Kind::ListValue(list)) => {
                list.values.iter_mut().for_each(|it| self.images_below(it));
            }
            Some(Kind::StructValue(object)) => self.images_in(object),
            _ => {}
        }
    }

    fn filled(&mut self, image: &str) -> String {
        if !image.contains("{{") {
            return image.to_owned();
        }
        let filled = self.settings.images.fill(image);
        filled.unwrap_or_else(|wrong| {
            self.refuse(&format!("has the image `{image}`, which {wrong}"));
            String::new()
        })
    }

    fn default_image(&mut self) -> String {
        if let Some(image) = self.settings.images.default_image() {
            return image.to_string();
        }
        self.refuse(
            "has no image: give a default one with `--image REFERENCE`, in flytekit.toml (`[image] \
             default = \"REFERENCE\"`) or in config.yaml (`images: {default: REFERENCE}`), or give \
             the task its own with `#[task(container_image = \"REFERENCE\")]`",
        );
        String::new()
    }

    /// The settings' environment variables, and the settings themselves if the task shall carry
    /// them.
    fn env(&self) -> impl Iterator<Item = (String, String)> + use<'_> {
        let env = self.settings.env.iter();
        let env = env.map(|(name, value)| (name.clone(), value.clone()));
        let embedded = self.settings.embed.then(|| {
            let settings = SerializationSettings::of(self.settings, self.fast);
            (serialization::VARIABLE.to_owned(), settings.encode())
        });
        env.chain(embedded)
    }

    /// What goes before args that begin with the task's executable.
    fn prefix(&self, first: Option<&str>) -> Option<[String; 7]> {
        let fast = self.fast.filter(|_| first == Some(EXECUTABLE))?;
        Some(fast.prefix())
    }

    fn refuse(&mut self, wrong: &str) {
        self.wrong.push(wrong.to_owned());
    }
}

fn text(text: String) -> Value {
    Value {
        kind: Some(Kind::StringValue(text)),
    }
}

pub(super) fn as_text(value: &Value) -> Option<&str> {
    match &value.kind {
        Some(Kind::StringValue(text)) => Some(text),
        _ => None,
    }
}

/// Text in an object.
pub(super) fn text_of<'a>(object: &'a Struct, name: &str) -> Option<&'a str> {
    object.fields.get(name).and_then(as_text)
}

/// The name of an environment variable of a container.
fn name_of(variable: &Value) -> Option<&str> {
    match &variable.kind {
        Some(Kind::StructValue(object)) => text_of(object, "name"),
        _ => None,
    }
}

/// An environment variable of a container.
fn pair((name, value): (String, String)) -> Value {
    let fields = [("name", name), ("value", value)];
    let fields = fields.map(|(key, it)| (key.to_owned(), text(it)));
    let fields = fields.into_iter().collect();
    Value {
        kind: Some(Kind::StructValue(Struct { fields })),
    }
}

fn items(value: &mut Value) -> Option<&mut Vec<Value>> {
    match &mut value.kind {
        Some(Kind::ListValue(list)) => Some(&mut list.values),
        _ => None,
    }
}

fn members(value: &mut Value) -> Option<&mut Struct> {
    match &mut value.kind {
        Some(Kind::StructValue(object)) => Some(object),
        _ => None,
    }
}

/// The member, which `absent` becomes if there is none.
fn member<'a>(object: &'a mut Struct, name: &str, absent: Kind) -> &'a mut Value {
    object
        .fields
        .entry(name.to_owned())
        .or_insert(Value { kind: Some(absent) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::declare::{Arg, Args, Custom, Json as ConstJson, PodTemplate, TaskDescriptor};
    use crate::declare::{encode_task_spec, task_spec_len};

    const TASK: TaskDescriptor = TaskDescriptor {
        name: "app.add",
        task_type: "python-task",
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

    fn found(task: &TaskDescriptor) -> FoundTask {
        let mut spec = encode_task_spec::<4096>(task).to_vec();
        // Written from the end.
        let spec = spec.split_off(4096 - task_spec_len(task));
        FoundTask {
            name: task.name.to_owned(),
            spec,
            location: "src/main.rs:7".to_owned(),
        }
    }

    fn settings(line: &[&str]) -> Settings {
        Settings {
            project: "p".to_owned(),
            domain: "d".to_owned(),
            ..Settings::of_line(line)
        }
    }

    fn completed(task: &TaskDescriptor, line: &[&str], fast: Option<&Fast>) -> Json {
        let spec = complete(&found(task), &settings(line), fast).unwrap();
        let spec = spec.encode_to_vec();
        flytekit_proto::json::format("flyteidl.admin.TaskSpec", &spec).unwrap()
    }

    fn wrong(task: &TaskDescriptor, line: &[&str]) -> String {
        let completed = complete(&found(task), &settings(line), None);
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

    #[test]
    fn templates_of_images_are_filled_in_engines_jobs() {
        const MEMBERS: &[(&str, ConstJson<'static>)] = &[
            ("image", ConstJson::String("{{.image.gpu.fqn}}:9")),
            ("note", ConstJson::String("{{.image.gpu}}")),
            (
                "conf",
                ConstJson::Strings(&[(
                    "spark.kubernetes.driver.container.image",
                    "{{.image.gpu}}",
                )]),
            ),
        ];
        const LEN: usize = {
            let mut out = Custom::counting();
            out.object(MEMBERS);
            out.len()
        };
        const CUSTOM: [u8; LEN] = {
            let mut bytes = [0; LEN];
            Custom::new(&mut bytes).object(MEMBERS);
            bytes
        };
        const JOB: TaskDescriptor = TaskDescriptor {
            container_image: Some("{{.image.gpu}}"),
            custom: Some(&CUSTOM),
            ..TASK
        };
        let spec = completed(&JOB, &["-i", "gpu=a/b:1"], None);
        let custom = &spec["template"]["custom"];
        assert_eq!(spec["template"]["container"]["image"], "a/b:1");
        assert_eq!(custom["image"], "a/b:9");
        assert_eq!(custom["note"], "{{.image.gpu}}");
        assert_eq!(
            custom["conf"]["spark.kubernetes.driver.container.image"],
            "a/b:1"
        );
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
        let both = [found(&TASK), found(&BOTH)];
        let all = complete_all(&both, &settings(&[]), None).unwrap_err();
        assert_eq!(all.0.len(), 2, "{all}");
        let line = settings(&["-i", "a:1", "-i", "side=b:1"]);
        assert_eq!(complete_all(&both, &line, None).unwrap().len(), 2);
    }

    #[test]
    fn what_a_newer_version_says_is_not_lost() {
        let mut task = found(&TASK);
        // Field 15, empty.
        task.spec.extend([0x7a, 0]);
        let newer = complete(&task, &settings(&["-i", "a:1"]), None).unwrap_err();
        assert!(
            newer.to_string().contains("built with a newer flytekit"),
            "{newer}"
        );
        task.spec = vec![0xff];
        let damaged = complete(&task, &settings(&["-i", "a:1"]), None).unwrap_err();
        assert!(damaged.to_string().contains("is damaged"), "{damaged}");
    }

    #[test]
    fn what_all_tasks_lack_is_said_once() {
        let refused = |count| {
            let tasks = vec![found(&TASK); count];
            let completed = complete_all(&tasks, &settings(&[]), None);
            completed.unwrap_err().to_string()
        };
        let two =
            "each of the tasks `app.add` (src/main.rs:7), `app.add` (src/main.rs:7) has no image";
        assert!(refused(2).starts_with(two), "{}", refused(2));
        let many = refused(1000);
        assert!(many.starts_with("each of 1000 tasks, `app.add` (src/main.rs:7), "));
        assert!(many.contains(" and others, has no image: give"), "{many}");
        assert_eq!(many.matches("app.add").count(), 5);
    }
}
