//! Completes compiled entities with the settings of the running task's registration, like `register`. This
//! works on the bytes of messages, because small executables have no types for them.

use serde_json::{Map, Value};

use super::object::{at, changed};
use super::registered::Registered;
use crate::declare::{EXECUTABLE, SETTINGS, TaskDescriptor, task_spec_bytes};
use crate::error::Error;
use crate::image::OF_PODS;
use crate::registry::DeclaredImages;
use crate::wire::{Payload, Reader, Writer};

/// Fills in the missing parts.
pub(super) struct Completion<'r> {
    registered: &'r Registered,
}

/// A kind of message with parts that may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Job,
    Workflow,
    Node,
    TaskNode,
    WorkflowNode,
    BranchNode,
    IfElse,
    IfBlock,
    ArrayNode,
    Overrides,
    Identifier,
    Template,
    Container,
    Pod,
    Image,
}

impl Kind {
    /// The kind of the field with this number, if it may contain missing parts.
    const fn field(self, number: u32) -> Option<Kind> {
        Some(match (self, number) {
            (Kind::Job | Kind::ArrayNode, 1)
            | (Kind::Workflow, 4 | 6)
            | (Kind::IfElse, 3)
            | (Kind::IfBlock, 2) => Kind::Node,
            (Kind::Job, 5) => Kind::Workflow,
            (Kind::Node, 6) => Kind::TaskNode,
            (Kind::Node, 7) => Kind::WorkflowNode,
            (Kind::Node, 8) => Kind::BranchNode,
            (Kind::Node, 10) => Kind::ArrayNode,
            (Kind::BranchNode, 1) => Kind::IfElse,
            (Kind::IfElse, 1 | 2) => Kind::IfBlock,
            (Kind::TaskNode | Kind::Workflow | Kind::Template, 1) | (Kind::WorkflowNode, 1 | 2) => {
                Kind::Identifier
            }
            (Kind::TaskNode, 2) => Kind::Overrides,
            (Kind::Overrides, 3) => Kind::Image,
            (Kind::Overrides, 4) | (Kind::Template, 17) => Kind::Pod,
            (Kind::Template, 6) => Kind::Container,
            _ => return None,
        })
    }
}

impl<'r> Completion<'r> {
    pub(super) const fn new(registered: &'r Registered) -> Self {
        Completion { registered }
    }

    /// Completes a `DynamicJobSpec`, whose tasks are complete.
    pub(super) fn job(&self, job: &[u8]) -> Result<Vec<u8>, Error> {
        self.message(Kind::Job, job)
    }

    /// The complete `TaskTemplate` of a task.
    pub(super) fn task(&self, task: &TaskDescriptor) -> Result<Vec<u8>, Error> {
        let spec = task_spec_bytes(task);
        let template = only(&spec, 1)?.unwrap_or_default();
        let named = |error: Error| {
            let message = format!("the task `{}` {error}", task.name);
            error.said_as(message)
        };
        let template = self.message(Kind::Template, template).map_err(named)?;
        match task.custom {
            Some(custom) if holds_template(custom.object) => {
                let declared = DeclaredImages::of(custom.images).unwrap_or_default();
                let custom = self.custom(custom.object, &declared).map_err(named)?;
                replaced(&template, 5, &custom)
            }
            _ => Ok(template),
        }
    }

    fn message(&self, kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        match kind {
            Kind::Identifier => return self.identifier(bytes),
            Kind::Container => return self.container(bytes),
            Kind::Pod => return self.pod(bytes, ""),
            Kind::Image => return self.filled(text(bytes)?).map(String::into_bytes),
            _ => {}
        }
        let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 2);
        let mut primary = "";
        if kind == Kind::Template {
            primary = primary_container(bytes)?;
        }
        for field in Fields(Reader::new(bytes)) {
            let Field {
                number,
                payload,
                raw,
            } = field?;
            match kind.field(number) {
                None => out.extend_from_slice(raw),
                Some(Kind::Pod) if kind == Kind::Template => {
                    put(&mut out, number, &self.pod(payload.bytes()?, primary)?);
                }
                Some(within) => put(&mut out, number, &self.message(within, payload.bytes()?)?),
            }
        }
        Ok(out)
    }

    /// Completes an identifier: all entities of a registration have the same project, domain and version.
    fn identifier(&self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let Registered {
            project,
            domain,
            version,
            ..
        } = self.registered;
        let mut texts = ["", project, domain, "", version];
        let mut resource_type = 0;
        for field in Reader::new(bytes) {
            match field? {
                (1, payload) => resource_type = payload.varint()?,
                (number @ 2..=5, payload) => {
                    let given = payload.str()?;
                    if !given.is_empty() {
                        texts[number as usize - 1] = given;
                    }
                }
                _ => {}
            }
        }
        Ok(Writer::to_bytes(|w| {
            for (number, text) in (1..).zip(texts).skip(1).collect::<Vec<_>>().iter().rev() {
                w.string_nonempty(*number, text);
            }
            w.int64(1, resource_type.cast_signed());
        }))
    }

    /// `Container { image = 1, args = 3, env = 5 }`
    fn container(&self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let mut fields: Vec<(u32, Vec<u8>)> = Vec::new();
        let (mut image, mut first_arg) = ("", None);
        let mut own = Vec::new();
        for field in Fields(Reader::new(bytes)) {
            let Field {
                number,
                payload,
                raw,
            } = field?;
            match number {
                1 => image = payload.str()?,
                5 => own.push(variable(payload.bytes()?)?),
                _ => {
                    if number == 3 && first_arg.is_none() {
                        first_arg = Some(payload.str()?);
                        for word in self.prefix(first_arg) {
                            fields.push((3, encoded(3, word.as_bytes())));
                        }
                    }
                    fields.push((number, raw.to_vec()));
                }
            }
        }
        let image = self.image(image)?;
        fields.push((1, encoded(1, image.as_bytes())));
        for (name, value) in self.env(own) {
            let pair = Writer::to_bytes(|w| {
                w.string_nonempty(2, &value);
                w.string_nonempty(1, &name);
            });
            fields.push((5, encoded(5, &pair)));
        }
        // Sorted by number; fields with the same number keep their order.
        fields.sort_by_key(|(number, _)| *number);
        Ok(fields.into_iter().flat_map(|(_, raw)| raw).collect())
    }

    /// `K8sPod { pod_spec = 2, primary_container_name = 4 }`; the name may also be beside it.
    fn pod(&self, bytes: &[u8], primary: &str) -> Result<Vec<u8>, Error> {
        let primary = match only(bytes, 4)? {
            Some(name) => text(name)?,
            None => primary,
        };
        let Some(spec) = only(bytes, 2)? else {
            return Ok(bytes.to_vec());
        };
        let spec = changed(spec, |spec| self.pod_spec(spec, primary))?;
        replaced(bytes, 2, &spec)
    }

    fn pod_spec(&self, spec: &mut Map<String, Value>, primary: &str) -> Result<(), Error> {
        let mut whole = Value::Object(std::mem::take(spec));
        for path in OF_PODS {
            at(&mut whole, path, &mut |image| self.fill(image))?;
        }
        let mut has_primary = false;
        at(&mut whole, &["containers", "*"], &mut |container| {
            let Value::Object(container) = container else {
                return Ok(());
            };
            if container.get("name").and_then(Value::as_str) == Some(primary) {
                has_primary = true;
                self.primary(container)?;
            }
            Ok(())
        })?;
        if !has_primary {
            return Err(Error::user(format!(
                "has no container `{primary}` in its pod template"
            )));
        }
        if let Value::Object(whole) = whole {
            *spec = whole;
        }
        Ok(())
    }

    /// Completes the container that runs the task.
    fn primary(&self, container: &mut Map<String, Value>) -> Result<(), Error> {
        let image = container.get("image").and_then(Value::as_str);
        if image.is_none_or(str::is_empty) {
            container.insert("image".to_owned(), self.image("")?.into());
        }
        if let Some(Value::Array(env)) = container.get_mut("env") {
            let added = self.env(env.iter().map(of_object).collect());
            // Variables with another kind of value stay as they are.
            let (added, own) = added.split_at(added.len().saturating_sub(env.len()));
            for (variable, (name, value)) in env.iter_mut().zip(own) {
                if name == SETTINGS
                    && let Value::Object(variable) = variable
                {
                    variable.insert("value".to_owned(), value.clone().into());
                }
            }
            let added = added.iter().map(|(name, value)| {
                let pair = [("name", name), ("value", value)];
                let pair = pair.map(|(key, text)| (key.to_owned(), Value::from(text.clone())));
                Value::Object(pair.into_iter().collect())
            });
            env.splice(0..0, added.collect::<Vec<_>>());
        }
        if let Some(Value::Array(args)) = container.get_mut("args") {
            let prefix = self.prefix(args.first().and_then(Value::as_str));
            let prefix: Vec<Value> = prefix.iter().map(|it| it.clone().into()).collect();
            args.splice(0..0, prefix);
        }
        Ok(())
    }

    /// Completes the images of an engine's job, in the paths that the engine names.
    fn custom(&self, custom: &[u8], declared: &DeclaredImages) -> Result<Vec<u8>, Error> {
        changed(custom, |members| {
            let mut whole = Value::Object(std::mem::take(members));
            for path in &declared.images {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                at(&mut whole, &path, &mut |image| self.fill(image))?;
            }
            for path in &declared.pod_specs {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                for of_pod in OF_PODS {
                    let path = [&path[..], of_pod].concat();
                    at(&mut whole, &path, &mut |image| self.fill(image))?;
                }
            }
            if let Value::Object(whole) = whole {
                *members = whole;
            }
            Ok(())
        })
    }

    fn fill(&self, image: &mut Value) -> Result<(), Error> {
        if let Value::String(image) = image {
            *image = self.filled(image)?;
        }
        Ok(())
    }

    /// The image, or the default image.
    fn image(&self, image: &str) -> Result<String, Error> {
        if !image.is_empty() {
            return self.filled(image);
        }
        let default = self.registered.images.default_image();
        default.map(ToString::to_string).ok_or_else(|| {
            Error::user(
                "has no image, and the task that called it was registered without a default image: give it with \
                 `--image REFERENCE` at registration, or `#[task(container_image = \"REFERENCE\")]`",
            )
        })
    }

    fn filled(&self, image: &str) -> Result<String, Error> {
        if !image.contains("{{") {
            return Ok(image.to_owned());
        }
        let filled = self.registered.images.fill(image);
        filled.map_err(|wrong| Error::user(format!("has the image `{image}`, which {wrong}")))
    }

    /// The settings' variables that a container does not have, followed by its own. A dynamic task also gets
    /// the settings.
    fn env(&self, own: Vec<(String, String)>) -> Vec<(String, String)> {
        let is_own = |name: &str| own.iter().any(|(known, _)| known == name);
        let added = self.registered.env.iter();
        let mut env: Vec<_> = added.filter(|(name, _)| !is_own(name)).cloned().collect();
        env.extend(own.into_iter().map(|(name, value)| {
            if name == SETTINGS && value.is_empty() {
                (name, self.registered.settings.clone())
            } else {
                (name, value)
            }
        }));
        env
    }

    /// The prefix of args that begin with the task's executable.
    fn prefix(&self, first: Option<&str>) -> &[String] {
        match first {
            Some(EXECUTABLE) => &self.registered.prefix,
            _ => &[],
        }
    }
}

/// A field, and its bytes with the tag.
struct Field<'a> {
    number: u32,
    payload: Payload<'a>,
    raw: &'a [u8],
}

struct Fields<'a>(Reader<'a>);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let before = self.0.rest();
        let field = self.0.next()?;
        let raw = &before[..before.len() - self.0.rest().len()];
        Some(field.map_err(Error::from).map(|(number, payload)| Field {
            number,
            payload,
            raw,
        }))
    }
}

/// The last field with this number, if it is bytes.
fn only(message: &[u8], number: u32) -> Result<Option<&[u8]>, Error> {
    let mut found = None;
    for field in Reader::new(message) {
        if let (own, Payload::Bytes(bytes)) = field?
            && own == number
        {
            found = Some(bytes);
        }
    }
    Ok(found)
}

/// The message, with this content in the field with this number.
fn replaced(message: &[u8], number: u32, with: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(message.len() + with.len());
    for field in Fields(Reader::new(message)) {
        let field = field?;
        if field.number == number {
            put(&mut out, number, with);
        } else {
            out.extend_from_slice(field.raw);
        }
    }
    Ok(out)
}

fn put(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    out.extend(encoded(number, bytes));
}

/// A field of bytes.
fn encoded(number: u32, bytes: &[u8]) -> Vec<u8> {
    Writer::to_bytes(|w| w.bytes(number, bytes))
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    Ok(Payload::Bytes(bytes).str()?)
}

fn holds_template(object: &[u8]) -> bool {
    object.windows(2).any(|two| two == b"{{")
}

/// `KeyValuePair { key = 1, value = 2 }`
fn variable(pair: &[u8]) -> Result<(String, String), Error> {
    let of = |number| Ok::<_, Error>(text(only(pair, number)?.unwrap_or_default())?.to_owned());
    Ok((of(1)?, of(2)?))
}

/// A variable in an object; the value is empty if it is not text.
fn of_object(variable: &Value) -> (String, String) {
    let of = |key| {
        variable
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    (of("name"), of("value"))
}

/// `TaskTemplate.config["primary_container_name"]`
fn primary_container(template: &[u8]) -> Result<&str, Error> {
    for field in Reader::new(template) {
        if let (16, Payload::Bytes(entry)) = field?
            && only(entry, 1)? == Some(b"primary_container_name")
        {
            return text(only(entry, 2)?.unwrap_or_default());
        }
    }
    Ok("")
}
