//! The template of a task at run time: `flyteidl.core.TaskTemplate`.

use std::fmt;
use std::io::Read as _;

use flytekit_proto::json;
use flytekit_proto::tree::{Message, Value};
use serde_json::{Map, Number, Value as Json};

use crate::bounded;
use crate::declare::{LiteralType, Mount, Secret, TaskDescriptor, Variable, task_spec_bytes};
use crate::error::{Error, Result};
use crate::store;

/// The maximum size of a template: Flyte's calls accept messages of up to 10 MiB by default.
const MOST: u64 = 64 << 20;

/// A task's template: all that an executor knows about the task.
pub struct TaskTemplate {
    descriptor: &'static TaskDescriptor,
    version: String,
    custom: Json,
    config: Vec<(String, String)>,
}

impl TaskTemplate {
    /// Reads the file of a template.
    pub(super) fn read(uri: &str) -> Result<Self> {
        if uri.trim_start().starts_with("{{") {
            return Err(Error::user(format!(
                "the first argument of the resolver is `{uri}`, which Flyte replaces by the URI of the task's \
                 template when it runs the task"
            )));
        }
        let bytes = bytes(uri)?;
        let template = Message::decode("flyteidl.core.TaskTemplate", &bytes).map_err(|error| {
            Error::user(format!("{uri} is not a template of a task")).with_source(error)
        })?;
        TaskTemplate::of(&template)
    }

    /// The template of a task of this program, as in Flyte, without the additions of the registration.
    pub(super) fn of_descriptor(descriptor: &TaskDescriptor) -> Result<Self> {
        let spec = task_spec_bytes(descriptor);
        let spec = Message::decode("flyteidl.admin.TaskSpec", &spec)?;
        let template = spec.message("template");
        TaskTemplate::of(template.ok_or_else(|| Error::system("a task has no template"))?)
    }

    fn of(template: &Message<'_>) -> Result<Self> {
        let id = template.message("id");
        let name = id.map_or("", |id| id.text("name"));
        if name.is_empty() {
            return Err(Error::user("the template does not name its task"));
        }
        let interface = template.message("interface");
        let variables = |field| {
            let map = interface.and_then(|interface| interface.message(field));
            let variables = map
                .into_iter()
                .flat_map(|map| map.messages_by_name("variables"));
            variables
                .map(|(name, variable)| self::variable(name, variable))
                .collect::<Result<Vec<_>>>()
        };
        let descriptor = TaskDescriptor {
            name: kept(name),
            task_type: kept(template.text("type")),
            inputs: variables("inputs")?.leak(),
            outputs: variables("outputs")?.leak(),
            secrets: secrets(template.message("security_context")),
            ..TaskDescriptor::DEFAULT
        };
        Ok(TaskTemplate {
            descriptor: Box::leak(Box::new(descriptor)),
            version: id.map_or("", |id| id.text("version")).to_owned(),
            custom: custom(template.message("custom"))?,
            config: config(template),
        })
    }

    pub(super) fn descriptor(&self) -> &'static TaskDescriptor {
        self.descriptor
    }

    /// The task's name.
    pub fn name(&self) -> &str {
        self.descriptor.name
    }

    /// The task's version; empty if it is not registered.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The task's type, such as `python-task`.
    pub fn task_type(&self) -> &str {
        self.descriptor.task_type
    }

    /// The task's configuration, an object: the result of `get_custom` in Python. Flyte keeps all numbers as
    /// floats; those without a fraction are integers here.
    pub fn custom(&self) -> &Json {
        &self.custom
    }

    /// An entry of the settings for the backend's plugin.
    pub fn config(&self, name: &str) -> Option<&str> {
        let entry = self.config.iter().find(|(key, _)| key == name);
        entry.map(|(_, value)| value.as_str())
    }

    /// The inputs, sorted by name.
    pub fn inputs(&self) -> &'static [Variable] {
        self.descriptor.inputs
    }

    /// The outputs, sorted by name.
    pub fn outputs(&self) -> &'static [Variable] {
        self.descriptor.outputs
    }
}

impl fmt::Debug for TaskTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskTemplate")
            .field("name", &self.name())
            .field("task_type", &self.task_type())
            .finish_non_exhaustive()
    }
}

/// The file's bytes, up to the maximum size of a template.
fn bytes(uri: &str) -> Result<Vec<u8>> {
    let unread = |error: Error| error.said_as(format!("the template {uri} cannot be read"));
    let source = store::open(uri).map_err(|error| {
        Error::system(format!("the template {uri} cannot be read")).with_source(error)
    })?;
    let declared = source.size().filter(|size| *size <= MOST);
    let bytes = bounded::read_all(source.take(MOST + 1), declared);
    let bytes = bytes.map_err(|error| unread(Error::from(error)))?;
    if bytes.len() as u64 > MOST {
        return Err(Error::user(format!(
            "{uri} is not a template of a task: it has more than {} MiB",
            MOST >> 20
        )));
    }
    Ok(bytes)
}

/// Leaks a text, because the process runs one task and ends.
fn kept(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn variable(name: &str, variable: &Message<'_>) -> Result<Variable> {
    let literal_type = variable.message("type").and_then(LiteralType::of);
    let literal_type = literal_type.ok_or_else(|| {
        Error::user(format!(
            "`{name}` of the template's interface has a type whose values executors cannot take or return"
        ))
    })?;
    Ok(Variable {
        name: kept(name),
        literal_type,
        description: kept(variable.text("description")),
        default: None,
    })
}

/// The secrets that the task requests.
fn secrets(context: Option<&Message<'_>>) -> &'static [Secret] {
    let secrets = context.into_iter().flat_map(|it| it.messages("secrets"));
    let secrets = secrets.map(|secret| Secret {
        group: kept(secret.text("group")),
        key: kept(secret.text("key")),
        version: kept(secret.text("group_version")),
        mount: Mount::Any,
        env_var: kept(secret.text("env_var")),
    });
    secrets.collect::<Vec<_>>().leak()
}

fn custom(custom: Option<&Message<'_>>) -> Result<Json> {
    let Some(custom) = custom else {
        return Ok(Json::Object(Map::new()));
    };
    let custom = json::of(custom).map_err(|error| {
        Error::user("the template's configuration cannot be represented in JSON").with_source(error)
    })?;
    Ok(with_integers(custom))
}

/// The same value, with integers instead of floats without a fraction.
fn with_integers(value: Json) -> Json {
    match value {
        Json::Number(number) => Json::Number(integer(&number).unwrap_or(number)),
        Json::Array(values) => Json::Array(values.into_iter().map(with_integers).collect()),
        Json::Object(mut members) => {
            for value in members.values_mut() {
                *value = with_integers(value.take());
            }
            Json::Object(members)
        }
        other => other,
    }
}

fn integer(number: &Number) -> Option<Number> {
    /// Above this number, floats skip integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64()?;
    let is_integer = float.fract() == 0.0 && float.abs() <= EXACT;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is an integer in that range"
    )]
    is_integer.then(|| Number::from(float as i64))
}

fn config(template: &Message<'_>) -> Vec<(String, String)> {
    let Some(Value::Map(entries)) = template.get("config") else {
        return Vec::new();
    };
    let entries = entries.iter().filter_map(|(key, value)| match value {
        Value::Text(value) => Some(((*key).to_owned(), (*value).to_owned())),
        _ => None,
    });
    entries.collect()
}
