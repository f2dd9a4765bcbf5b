//! The differences between two templates, in words.
//!
//! All fields of both messages are compared by their descriptors. Therefore any difference between two
//! messages is shown in at least one line, also in fields that this code does not know. Fields with a more
//! common name than flyteidl's are called by that name.

mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use flytekit_proto::flyteidl::core;
use flytekit_proto::prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage, Value,
};
use prost::Message;
use prost_types::value::Kind as JsonKind;
use prost_types::{Struct, Value as Json};

use super::spec::Spec;
use words::{duration, excerpt, excerpts, json_text, one_line, quoted, text, type_words};

/// The changes from the first to the second, one per line: `retries: 3, was 2`.
///
/// The list is empty if and only if both have the same bytes.
pub(crate) fn between(before: &Spec, after: &Spec) -> Vec<String> {
    let [before, after] = [before, after].map(|spec| {
        let descriptor = flytekit_proto::descriptor(&spec.message());
        let descriptor = descriptor.expect("a message of flyteidl");
        DynamicMessage::decode(descriptor, &*spec.encoded())
            .expect("a message of the type that it is called by")
    });
    if before.descriptor() != after.descriptor() {
        return vec![format!(
            "{}, was {}",
            after.descriptor().name(),
            before.descriptor().name()
        )];
    }
    let mut changes = Changes::default();
    changes.messages("", &before, &after);
    changes.lines
}

/// The common names of fields, by the beginning of their paths; the first match wins.
const NAMES: [(&str, &str); 32] = [
    ("template.metadata.retries.retries", "retries"),
    ("template.metadata.discoverable", "cache"),
    ("template.metadata.discovery_version", "cache version"),
    ("template.metadata.cache_serializable", "cache serialize"),
    (
        "template.metadata.cache_ignore_input_vars",
        "cache ignore_inputs",
    ),
    ("template.metadata.deprecated_error_message", "deprecated"),
    ("template.metadata.generates_deck.value", "deck"),
    ("template.metadata.metadata.labels.", "label "),
    ("template.metadata.metadata.annotations.", "annotation "),
    ("template.metadata.", ""),
    ("template.interface.inputs.variables.", "input "),
    ("template.interface.outputs.variables.", "output "),
    ("template.container.resources.requests.", "request "),
    ("template.container.resources.limits.", "limit "),
    ("template.container.env.", "container env "),
    ("template.container.", "container "),
    ("template.k8s_pod.pod_spec.", "pod "),
    ("template.k8s_pod.", "pod "),
    ("template.security_context.secrets.", "secret "),
    ("template.id.", ""),
    ("template.nodes.", "node "),
    ("template.outputs.", "result "),
    ("sub_workflows.", "in "),
    ("spec.entity_metadata.", ""),
    ("spec.default_inputs.parameters.", "input "),
    ("spec.fixed_inputs.literals.", "fixed "),
    ("spec.", ""),
    ("template.", ""),
    ("description.short_description", "summary"),
    ("description.long_description.value", "documentation"),
    ("description.long_description.", "documentation "),
    ("description.", "documentation "),
];

/// A path with common names.
fn name(path: &str) -> String {
    let mut known = NAMES.iter();
    let named = known.find_map(|(fields, name)| Some((name, path.strip_prefix(fields)?)));
    match named {
        // In a pair only the value can have changed, because the key is part of the path.
        Some((name @ (&"container env " | &"request " | &"limit "), key)) => {
            [name, key.strip_suffix(".value").unwrap_or(key)].concat()
        }
        Some((name, rest)) => [name, rest].concat(),
        None => path.to_owned(),
    }
}

fn join(path: &str, step: &str) -> String {
    if path.is_empty() {
        step.to_owned()
    } else {
        format!("{path}.{step}")
    }
}

/// A key as a segment of a path.
fn step(key: &str) -> String {
    if key.is_empty() {
        quoted(key)
    } else {
        one_line(key)
    }
}

#[derive(Default)]
struct Changes {
    lines: Vec<String>,
}

impl Changes {
    fn changed(&mut self, path: &str, before: &str, after: &str) {
        let (before, after) = excerpts(before, after);
        self.lines
            .push(format!("{}: {after}, was {before}", name(path)));
    }

    fn added(&mut self, path: &str, what: &str) {
        self.lines
            .push(format!("{}: added, {}", name(path), excerpt(what, 0)));
    }

    fn removed(&mut self, path: &str) {
        self.lines.push(format!("{}: removed", name(path)));
    }

    fn messages(&mut self, path: &str, before: &DynamicMessage, after: &DynamicMessage) {
        match before.descriptor().full_name() {
            "google.protobuf.Struct" => self.objects(path, &typed(before), &typed(after)),
            "google.protobuf.Duration" => {
                let [before, after] = [before, after].map(|it| duration(&typed(it)));
                if before != after {
                    self.changed(path, &before, &after);
                }
            }
            "flyteidl.core.LiteralType" => self.types(path, before, after),
            _ => self.fields(path, before, after),
        }
    }

    /// Compares two types by their names, unless the names are equal and do not show the difference.
    fn types(&mut self, path: &str, before: &DynamicMessage, after: &DynamicMessage) {
        let mut fields = Changes::default();
        fields.fields(path, before, after);
        if fields.lines.is_empty() {
            return;
        }
        match [before, after].map(|it| type_words(&typed(it))) {
            [Some(before), Some(after)] if before != after => {
                let path = path.strip_suffix(".type").unwrap_or(path);
                self.changed(path, &before, &after);
            }
            _ => self.lines.append(&mut fields.lines),
        }
    }

    fn fields(&mut self, path: &str, before: &DynamicMessage, after: &DynamicMessage) {
        for field in before.descriptor().fields() {
            let path = join(path, field.name());
            let has = [before, after].map(|it| it.has_field(&field));
            let [before, after] = [before, after].map(|it| it.get_field(&field));
            if has == [true, true] || field.is_list() || field.is_map() {
                self.values(&path, &field, &before, &after);
            } else if has == [false, true] && (field.supports_presence() || is_empty(&before)) {
                self.added(&path, &text(&after, &field));
            } else if has == [true, false] && (field.supports_presence() || is_empty(&after)) {
                self.removed(&path);
            } else if has != [false, false] {
                self.values(&path, &field, &before, &after);
            }
        }
    }

    fn values(&mut self, path: &str, field: &FieldDescriptor, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Message(before), Value::Message(after)) => self.messages(path, before, after),
            (Value::List(before), Value::List(after)) => {
                let elements = Elements {
                    walk: &|changes: &mut Changes, path: &str, before: &Value, after: &Value| {
                        changes.values(path, field, before, after);
                    },
                    text: &|value| text(value, field),
                    key,
                };
                self.lists(path, before, after, &elements);
            }
            (Value::Map(before), Value::Map(after)) => {
                let field = map_value(field);
                let [before, after] = [before, after].map(|map| {
                    let entries = map.iter();
                    let named = entries.map(|(key, value)| (map_key(key), value));
                    named.collect::<BTreeMap<_, _>>()
                });
                self.maps(
                    path,
                    &before,
                    &after,
                    |changes, path, before, after| changes.values(path, &field, before, after),
                    |value| text(value, &field),
                );
            }
            _ if same(before, after) => {}
            _ => self.changed(path, &text(before, field), &text(after, field)),
        }
    }

    fn objects(&mut self, path: &str, before: &Struct, after: &Struct) {
        let [before, after] = [before, after].map(|object| object.fields.iter());
        let [before, after] = [before, after].map(|members| {
            let named = members.map(|(name, value)| (name.clone(), value));
            named.collect()
        });
        self.maps(path, &before, &after, Changes::json, json_text);
    }

    fn json(&mut self, path: &str, before: &Json, after: &Json) {
        match (&before.kind, &after.kind) {
            (Some(JsonKind::StructValue(before)), Some(JsonKind::StructValue(after))) => {
                self.objects(path, before, after);
            }
            (Some(JsonKind::ListValue(before)), Some(JsonKind::ListValue(after))) => {
                let elements = Elements {
                    walk: &Changes::json,
                    text: &json_text,
                    key: json_key,
                };
                self.lists(path, &before.values, &after.values, &elements);
            }
            (Some(JsonKind::NumberValue(before)), Some(JsonKind::NumberValue(after)))
                if before.to_bits() == after.to_bits() => {}
            (before_kind, after_kind) => {
                let numbers = matches!(before_kind, Some(JsonKind::NumberValue(_)))
                    && matches!(after_kind, Some(JsonKind::NumberValue(_)));
                if numbers || before_kind != after_kind {
                    self.changed(path, &json_text(before), &json_text(after));
                }
            }
        }
    }

    fn maps<T>(
        &mut self,
        path: &str,
        before: &BTreeMap<String, &T>,
        after: &BTreeMap<String, &T>,
        walk: impl Fn(&mut Changes, &str, &T, &T),
        text: impl Fn(&T) -> String,
    ) {
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let path = join(path, &step(key));
            match (before.get(key), after.get(key)) {
                (Some(before), Some(after)) => walk(self, &path, before, after),
                (None, Some(after)) => self.added(&path, &text(after)),
                _ => self.removed(&path),
            }
        }
    }

    /// Compares named elements by their names, others by their index.
    fn lists<T>(&mut self, path: &str, before: &[T], after: &[T], elements: &Elements<'_, T>) {
        let Some([before_by_key, after_by_key]) = elements.by_key(before, after) else {
            return self.sequences(path, before, after, elements);
        };
        let lines = self.lines.len();
        self.maps(
            path,
            &before_by_key,
            &after_by_key,
            elements.walk,
            elements.text,
        );
        let keys = |list: &[T]| list.iter().map(elements.key).collect::<Vec<_>>();
        if lines == self.lines.len() && keys(before) != keys(after) {
            self.lines.push(format!("{}: in another order", name(path)));
        }
    }

    fn sequences<T>(
        &mut self,
        path: &str,
        mut before: &[T],
        mut after: &[T],
        elements: &Elements<'_, T>,
    ) {
        if before.len() == after.len() {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                (elements.walk)(self, &format!("{path}[{index}]"), before, after);
            }
            return;
        }
        while let ([one, before_rest @ ..], [other, after_rest @ ..]) = (before, after)
            && elements.same(one, other)
        {
            (before, after) = (before_rest, after_rest);
        }
        while let ([before_rest @ .., one], [after_rest @ .., other]) = (before, after)
            && elements.same(one, other)
        {
            (before, after) = (before_rest, after_rest);
        }
        let all = |list: &[T]| {
            list.iter()
                .map(elements.text)
                .collect::<Vec<_>>()
                .join(", ")
        };
        match (before, after) {
            ([], after) => self.added(path, &all(after)),
            (before, []) => {
                let removed = excerpt(&all(before), 0);
                self.lines
                    .push(format!("{}: removed, {removed}", name(path)));
            }
            (before, after) => self.changed(path, &all(before), &all(after)),
        }
    }
}

/// The functions that compare the elements of a list.
struct Elements<'a, T> {
    walk: &'a dyn Fn(&mut Changes, &str, &T, &T),
    text: &'a dyn Fn(&T) -> String,
    /// The element's name, if it has one.
    key: fn(&T) -> Option<String>,
}

impl<T> Elements<'_, T> {
    fn same(&self, one: &T, other: &T) -> bool {
        let mut changes = Changes::default();
        (self.walk)(&mut changes, "", one, other);
        changes.lines.is_empty()
    }

    /// Both lists by their elements' names, if all elements have unique names.
    fn by_key<'t>(&self, before: &'t [T], after: &'t [T]) -> Option<[BTreeMap<String, &'t T>; 2]> {
        let by_key = |list: &'t [T]| {
            let keyed = list
                .iter()
                .map(|element| Some(((self.key)(element)?, element)));
            let keyed = keyed.collect::<Option<BTreeMap<_, _>>>()?;
            (keyed.len() == list.len()).then_some(keyed)
        };
        Some([by_key(before)?, by_key(after)?])
    }
}

/// The name of an element of a list.
fn key(element: &Value) -> Option<String> {
    let message = element.as_message()?;
    let text = |field: &str| {
        let value = message.get_field_by_name(field)?;
        Some(value.as_str()?.to_owned())
    };
    match message.descriptor().full_name() {
        "flyteidl.core.KeyValuePair" => text("key"),
        "flyteidl.core.Resources.ResourceEntry" => {
            let entry: core::resources::ResourceEntry = typed(message);
            Some(entry.name().as_str_name().to_lowercase())
        }
        "flyteidl.core.Node" => text("id"),
        "flyteidl.core.Binding" => text("var"),
        "flyteidl.core.WorkflowTemplate" => {
            let template: core::WorkflowTemplate = typed(message);
            Some(template.id?.name)
        }
        "flyteidl.core.Secret" => Some(format!("{}/{}", text("group")?, text("key")?)),
        "flyteidl.core.StructuredDatasetType.DatasetColumn" => text("name"),
        _ => None,
    }
}

/// Kubernetes names containers, variables, volumes and more.
fn json_key(element: &Json) -> Option<String> {
    match &element.kind {
        Some(JsonKind::StructValue(object)) => match &object.fields.get("name")?.kind {
            Some(JsonKind::StringValue(name)) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn map_key(key: &MapKey) -> String {
    match key {
        MapKey::String(text) => text.clone(),
        MapKey::Bool(truth) => truth.to_string(),
        MapKey::I32(number) => number.to_string(),
        MapKey::I64(number) => number.to_string(),
        MapKey::U32(number) => number.to_string(),
        MapKey::U64(number) => number.to_string(),
    }
}

/// The field of a map's values.
fn map_value(field: &FieldDescriptor) -> FieldDescriptor {
    match field.kind() {
        Kind::Message(entry) if entry.is_map_entry() => entry.map_entry_value_field(),
        _ => field.clone(),
    }
}

/// The dynamic message as the generated type, which has all of its fields.
fn typed<M: Message + Default>(message: &DynamicMessage) -> M {
    message
        .transcode_to()
        .expect("a message of the type that it is called by")
}

/// Whether a value is empty, so that there is nothing to show.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        _ => false,
    }
}

/// Whether two values without parts are equal.
fn same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::F64(before), Value::F64(after)) => before.to_bits() == after.to_bits(),
        (Value::F32(before), Value::F32(after)) => before.to_bits() == after.to_bits(),
        _ => before == after,
    }
}
