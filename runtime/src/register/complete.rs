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
use crate::registry::FoundTask;
use crate::template::EXECUTABLE;

/// Fills what the settings say into a task.
///
/// # Errors
///
/// All that stands against it, in sentences that name the task.
pub(crate) fn complete(
    task: &FoundTask,
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<TaskSpec, Mistakes> {
    let mut work = Completion {
        task,
        settings,
        fast,
        mistakes: Mistakes::default(),
    };
    let mut spec = work.read().unwrap_or_default();
    spec.template.iter_mut().for_each(|it| work.template(it));
    if let (Some(link), Some(description)) = (&settings.git_repository, &mut spec.description) {
        let link = format!("https://{link}");
        description.source_code.get_or_insert(SourceCode { link });
    }
    work.mistakes.or(spec)
}

/// All tasks, or all that stands against any of them.
///
/// # Errors
///
/// As [`complete`].
pub(crate) fn complete_all(
    tasks: &[FoundTask],
    settings: &Settings,
    fast: Option<&Fast>,
) -> Result<Vec<TaskSpec>, Mistakes> {
    let mut mistakes = Vec::new();
    let mut specs = Vec::with_capacity(tasks.len());
    for task in tasks {
        match complete(task, settings, fast) {
            Ok(spec) => specs.push(spec),
            Err(wrong) => mistakes.extend(wrong.0),
        }
    }
    Mistakes(mistakes).or(specs)
}

/// One task on its way.
struct Completion<'a> {
    task: &'a FoundTask,
    settings: &'a Settings,
    fast: Option<&'a Fast>,
    mistakes: Mistakes,
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
            custom.fields.values_mut().for_each(|it| self.images_of(it));
        }
        let primary = template.config.get("primary_container_name").cloned();
        match &mut template.target {
            Some(task_template::Target::Container(container)) => self.container(container),
            Some(task_template::Target::K8sPod(pod)) => {
                if let Some(spec) = &mut pod.pod_spec {
                    spec.fields.values_mut().for_each(|it| self.images_of(it));
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
            let names: Vec<_> = own.iter().filter_map(name_of).map(str::to_owned).collect();
            let added = self
                .env()
                .filter(|(name, _)| !names.contains(name))
                .map(pair);
            own.splice(0..0, added.collect::<Vec<_>>());
        }
        if let Some(args) = items(member(container, "args", Kind::ListValue(list()))) {
            if let Some(prefix) = self.prefix(args.first().and_then(as_text)) {
                args.splice(0..0, prefix.map(text));
            }
        }
    }

    /// Fills the images of pods and of engines' jobs, wherever they lie: a member `image`, or a
    /// setting of Spark's such as `spark.kubernetes.driver.container.image`. flytekit leaves
    /// templates there as they are, and the cluster then fails on them.
    fn images_of(&mut self, value: &mut Value) {
        match &mut value.kind {
            Some(Kind::ListValue(list)) => list.values.iter_mut().for_each(|it| self.images_of(it)),
            Some(Kind::StructValue(object)) => {
                for (name, value) in &mut object.fields {
                    let is_image = name == "image" || name.ends_with(".image");
                    match &mut value.kind {
                        Some(Kind::StringValue(image)) if is_image => *image = self.filled(image),
                        _ => self.images_of(value),
                    }
                }
            }
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
        let FoundTask { name, location, .. } = self.task;
        let mistake = format!("the task `{name}` ({location}) {wrong}");
        self.mistakes.0.push(mistake);
    }
}

fn text(text: String) -> Value {
    Value {
        kind: Some(Kind::StringValue(text)),
    }
}

fn as_text(value: &Value) -> Option<&str> {
    match &value.kind {
        Some(Kind::StringValue(text)) => Some(text),
        _ => None,
    }
}

fn text_of<'a>(object: &'a Struct, name: &str) -> Option<&'a str> {
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
