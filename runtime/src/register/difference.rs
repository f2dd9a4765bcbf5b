//! What two templates do not have in common, in words.
//!
//! All fields of both messages are walked side by side, by their descriptors: two that differ in any
//! way differ in at least one line, also in fields that nobody thought of here. What people know by
//! other names than flyteidl's is called by those.

use std::collections::{BTreeMap, BTreeSet};

use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core;
use flytekit_proto::prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage, Value,
};
use prost::{Message, Name};
use prost_types::value::Kind as JsonKind;
use prost_types::{Struct, Value as Json};

use crate::template::LiteralType;
use crate::template::words::type_name;

/// The changes that make the second of the first, each in a line: `retries: 3, was 2`.
///
/// There is none if and only if the two are the same bytes.
pub(crate) fn between(before: &TaskSpec, after: &TaskSpec) -> Vec<String> {
    let [before, after] = [before, after].map(|spec| {
        flytekit_proto::decode(&TaskSpec::full_name(), &spec.encode_to_vec())
            .expect("a message that was just encoded")
    });
    let mut changes = Changes::default();
    changes.messages("", &before, &after);
    changes.lines
}

/// What people call a field, by the beginning of its path; the first that fits counts.
const NAMES: [(&str, &str); 25] = [
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
    ("template.", ""),
    ("description.short_description", "summary"),
    ("description.long_description.value", "documentation"),
    ("description.long_description.", "documentation "),
    ("description.", "documentation "),
];

/// A path in people's names.
fn name(path: &str) -> String {
    let mut known = NAMES.iter();
    let named = known.find_map(|(fields, name)| Some((name, path.strip_prefix(fields)?)));
    match named {
        // Of a pair only the value can have changed: its key is in the path.
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

/// A key as a part of a path, which is one line.
fn step(key: &str) -> String {
    if key.is_empty() || key.contains(char::is_control) {
        quoted(key)
    } else {
        key.to_owned()
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

    /// Both by name, unless they have one and differ in what it does not say.
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

    /// Elements that have names are compared by them, others by where they stand.
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

/// How elements of a list are compared.
struct Elements<'a, T> {
    walk: &'a dyn Fn(&mut Changes, &str, &T, &T),
    text: &'a dyn Fn(&T) -> String,
    /// An element's name, if it has one.
    key: fn(&T) -> Option<String>,
}

impl<T> Elements<'_, T> {
    fn same(&self, one: &T, other: &T) -> bool {
        let mut changes = Changes::default();
        (self.walk)(&mut changes, "", one, other);
        changes.lines.is_empty()
    }

    /// Both lists by their elements' names, if all have one of their own.
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

/// What names an element of a list.
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

/// The message as its type, which has all of its fields.
fn typed<M: Message + Default>(message: &DynamicMessage) -> M {
    message
        .transcode_to()
        .expect("a message of the type that it is called by")
}

/// Whether there is nothing to show of it.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        _ => false,
    }
}

/// Whether two values without parts are one.
fn same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::F64(before), Value::F64(after)) => before.to_bits() == after.to_bits(),
        (Value::F32(before), Value::F32(after)) => before.to_bits() == after.to_bits(),
        _ => before == after,
    }
}

fn text(value: &Value, field: &FieldDescriptor) -> String {
    match value {
        Value::Bool(truth) => truth.to_string(),
        Value::I32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::U32(number) => number.to_string(),
        Value::U64(number) => number.to_string(),
        Value::F32(number) => number.to_string(),
        Value::F64(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Bytes(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Value::EnumNumber(number) => match field.kind() {
            Kind::Enum(choices) => choices
                .get_value(*number)
                .map_or_else(|| number.to_string(), |choice| choice.name().to_owned()),
            _ => number.to_string(),
        },
        Value::Message(message) => message_text(message),
        Value::List(_) | Value::Map(_) => String::new(),
    }
}

fn message_text(message: &DynamicMessage) -> String {
    let words = match message.descriptor().full_name() {
        "flyteidl.core.LiteralType" => type_words(&typed(message)),
        "flyteidl.core.Variable" => {
            let variable: core::Variable = typed(message);
            variable.r#type.as_ref().and_then(type_words)
        }
        "flyteidl.core.KeyValuePair" => {
            let pair: core::KeyValuePair = typed(message);
            Some(quoted(&pair.value))
        }
        "flyteidl.core.Resources.ResourceEntry" => {
            let entry: core::resources::ResourceEntry = typed(message);
            Some(quoted(&entry.value))
        }
        "google.protobuf.Duration" => Some(duration(&typed(message))),
        _ => None,
    };
    words.unwrap_or_else(|| {
        let name = message.descriptor();
        let text = flytekit_proto::text::format(name.full_name(), &message.encode_to_vec());
        let text = text.expect("a message that was just encoded");
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        format!("{{{}}}", lines.join(" "))
    })
}

fn type_words(message: &core::LiteralType) -> Option<String> {
    LiteralType::from_proto(message).map(|known| type_name(&known))
}

fn duration(duration: &prost_types::Duration) -> String {
    match (duration.seconds, duration.nanos) {
        (seconds, 0) => format!("{seconds}s"),
        (seconds, nanos) => format!("{seconds}s {nanos}ns"),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn json_text(value: &Json) -> String {
    match &value.kind {
        None => "nothing".to_owned(),
        Some(JsonKind::NullValue(_)) => "null".to_owned(),
        Some(JsonKind::NumberValue(number)) => number.to_string(),
        Some(JsonKind::StringValue(text)) => quoted(text),
        Some(JsonKind::BoolValue(truth)) => truth.to_string(),
        Some(JsonKind::StructValue(object)) => {
            let members = object.fields.iter();
            let members = members.map(|(name, it)| format!("{}: {}", quoted(name), json_text(it)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Some(JsonKind::ListValue(list)) => {
            let items = list.values.iter().map(json_text);
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
    }
}

/// How many characters of a text are shown, and how many of them before the first that differs.
const SHOWN: usize = 120;
const BEFORE: usize = 30;

/// Two texts from where they begin to differ, if they are long.
fn excerpts(before: &str, after: &str) -> (String, String) {
    let common = before.chars().zip(after.chars());
    let common = common.take_while(|(one, other)| one == other).count();
    let is_long = |text: &str| text.chars().count() > SHOWN;
    let from = if is_long(before) || is_long(after) {
        common.saturating_sub(BEFORE)
    } else {
        0
    };
    (excerpt(before, from), excerpt(after, from))
}

fn excerpt(text: &str, from: usize) -> String {
    let shown: String = text.chars().skip(from).take(SHOWN).collect();
    let [before, after] = [from > 0, text.chars().count() > from + SHOWN];
    let dots = |left_out| if left_out { "…" } else { "" };
    [dots(before), &shown, dots(after)].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use flytekit_proto::flyteidl::admin::{DescriptionEntity, TaskSpec};
    use flytekit_proto::flyteidl::core::resources::{ResourceEntry, ResourceName};
    use flytekit_proto::flyteidl::core::task_template::Target;
    use flytekit_proto::flyteidl::core::{
        Container, KeyValuePair, LiteralType, Resources, RetryStrategy, SimpleType, TaskMetadata,
        TaskTemplate, TypedInterface, Variable, VariableMap, literal_type::Type,
    };
    use flytekit_proto::prost_reflect::{
        Cardinality, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor,
        ReflectMessage, Value,
    };
    use proptest::prelude::*;
    use prost::{Message, Name};
    use prost_types::value::Kind as JsonKind;
    use prost_types::{ListValue, Struct};

    use super::between;

    type Json = prost_types::Value;

    fn json(kind: JsonKind) -> Json {
        Json { kind: Some(kind) }
    }

    fn text(text: &str) -> Json {
        json(JsonKind::StringValue(text.to_owned()))
    }

    fn object<const N: usize>(members: [(&str, Json); N]) -> Struct {
        Struct {
            fields: members.map(|(name, it)| (name.to_owned(), it)).into(),
        }
    }

    fn inputs<const N: usize>(inputs: [(&str, SimpleType); N]) -> VariableMap {
        let variable = |(name, of): (&str, SimpleType)| {
            let literal_type = LiteralType {
                r#type: Some(Type::Simple(of.into())),
                ..Default::default()
            };
            let variable = Variable {
                r#type: Some(literal_type),
                description: name.to_owned(),
            };
            (name.to_owned(), variable)
        };
        VariableMap {
            variables: inputs.map(variable).into(),
        }
    }

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<KeyValuePair> {
        let pair = |(key, value): (&str, &str)| KeyValuePair {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        pairs.map(pair).into()
    }

    fn spec(template: TaskTemplate, docs: &str) -> TaskSpec {
        TaskSpec {
            template: Some(template),
            description: Some(DescriptionEntity {
                short_description: docs.to_owned(),
                ..Default::default()
            }),
        }
    }

    fn before() -> TaskSpec {
        let container = Container {
            image: "repository/app:1".to_owned(),
            args: ["app", "execute", "--task", "app.add"]
                .map(str::to_owned)
                .into(),
            env: pairs([("LOG", "info"), ("MODE", "fast")]),
            resources: Some(Resources {
                requests: vec![ResourceEntry {
                    name: ResourceName::Cpu.into(),
                    value: "500m".to_owned(),
                }],
                limits: vec![],
            }),
            ..Default::default()
        };
        let spark = object([
            ("spark.executor.memory", text("2g")),
            ("spark.ui.port", text("1")),
        ]);
        let template = TaskTemplate {
            r#type: "spark".to_owned(),
            metadata: Some(TaskMetadata {
                retries: Some(RetryStrategy { retries: 2 }),
                ..Default::default()
            }),
            interface: Some(TypedInterface {
                inputs: Some(inputs([
                    ("a", SimpleType::String),
                    ("c", SimpleType::Float),
                ])),
                outputs: Some(VariableMap::default()),
            }),
            custom: Some(object([("sparkConf", json(JsonKind::StructValue(spark)))])),
            target: Some(Target::Container(container)),
            ..Default::default()
        };
        spec(template, &"Adds numbers. ".repeat(20))
    }

    fn after() -> TaskSpec {
        let container = Container {
            image: "repository/app:2".to_owned(),
            args: ["app", "execute", "--fast", "--task", "app.add"]
                .map(str::to_owned)
                .into(),
            env: pairs([("MODE", "slow"), ("NEW", "1")]),
            resources: Some(Resources {
                requests: vec![ResourceEntry {
                    name: ResourceName::Cpu.into(),
                    value: "1".to_owned(),
                }],
                limits: vec![ResourceEntry {
                    name: ResourceName::Memory.into(),
                    value: "1Gi".to_owned(),
                }],
            }),
            ..Default::default()
        };
        let spark = object([
            ("spark.executor.memory", text("4g")),
            (
                "spark.list",
                json(JsonKind::ListValue(ListValue {
                    values: vec![text("x")],
                })),
            ),
        ]);
        let template = TaskTemplate {
            r#type: "spark".to_owned(),
            metadata: Some(TaskMetadata {
                retries: Some(RetryStrategy { retries: 3 }),
                discoverable: true,
                discovery_version: "1".to_owned(),
                timeout: Some(prost_types::Duration {
                    seconds: 90,
                    nanos: 0,
                }),
                ..Default::default()
            }),
            interface: Some(TypedInterface {
                inputs: Some(inputs([
                    ("a", SimpleType::Integer),
                    ("b", SimpleType::Integer),
                ])),
                outputs: Some(VariableMap::default()),
            }),
            custom: Some(object([("sparkConf", json(JsonKind::StructValue(spark)))])),
            target: Some(Target::Container(container)),
            ..Default::default()
        };
        spec(
            template,
            &format!("{}No more.", "Adds numbers. ".repeat(20)),
        )
    }

    #[test]
    fn changes_are_said_in_words() {
        let expected = [
            "cache: true, was false",
            "timeout: added, 90s",
            "retries: 3, was 2",
            "cache version: added, \"1\"",
            "input a: integer, was string",
            "input b: added, integer",
            "input c: removed",
            "custom.sparkConf.spark.executor.memory: \"4g\", was \"2g\"",
            "custom.sparkConf.spark.list: added, [\"x\"]",
            "custom.sparkConf.spark.ui.port: removed",
            "container image: \"repository/app:2\", was \"repository/app:1\"",
            "container args: added, \"--fast\"",
            "request cpu: \"1\", was \"500m\"",
            "limit memory: added, \"1Gi\"",
            "container env LOG: removed",
            "container env MODE: \"slow\", was \"fast\"",
            "container env NEW: added, \"1\"",
            "summary: …. Adds numbers. Adds numbers. No more.\", was …. Adds numbers. Adds numbers. \"",
        ];
        assert_eq!(between(&before(), &after()), expected);
    }

    #[test]
    fn the_order_of_variables_counts() {
        let mut other = before();
        let Some(Target::Container(container)) = &mut other.template.as_mut().expect("one").target
        else {
            panic!("a container")
        };
        container.env.reverse();
        assert_eq!(
            between(&before(), &other),
            ["container env: in another order"]
        );
    }

    /// Small numbers, so that equal ones occur.
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % bound
        }

        fn text(&mut self) -> String {
            ["", "a", "b", "name", "a long text, ", "\n\""]
                [usize::try_from(self.below(6)).expect("small")]
            .repeat(if self.below(9) == 0 { 20 } else { 1 })
        }

        fn message(&mut self, of: &MessageDescriptor, depth: u64) -> DynamicMessage {
            let mut message = DynamicMessage::new(of.clone());
            for field in of.fields() {
                if self.below(3) < 1 + u64::from(depth > 5) {
                    continue;
                }
                let is_deep = matches!(field.kind(), Kind::Message(_));
                if !is_deep || (depth < 12 && self.below(depth + 1) < 2) {
                    message.set_field(&field, self.field(&field, depth));
                }
            }
            message
        }

        fn field(&mut self, field: &FieldDescriptor, depth: u64) -> Value {
            let kind = field.kind();
            if let Kind::Message(entry) = &kind
                && field.is_map()
            {
                let value = entry.map_entry_value_field();
                let entries = (0..self.below(3)).map(|_| {
                    let key = MapKey::String(self.text());
                    (key, self.single(&value.kind(), depth))
                });
                return Value::Map(entries.collect::<HashMap<_, _>>());
            }
            if field.cardinality() == Cardinality::Repeated {
                return Value::List(
                    (0..self.below(4))
                        .map(|_| self.single(&kind, depth))
                        .collect(),
                );
            }
            self.single(&kind, depth)
        }

        fn single(&mut self, kind: &Kind, depth: u64) -> Value {
            match kind {
                Kind::Double => Value::F64(
                    [0.0, -0.0, 1.0, f64::NAN][usize::try_from(self.below(4)).expect("small")],
                ),
                Kind::Float => Value::F32(0.5),
                Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                    Value::I32(i32::try_from(self.below(4)).expect("small") - 1)
                }
                Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                    Value::I64(self.below(3).cast_signed())
                }
                Kind::Uint32 | Kind::Fixed32 => {
                    Value::U32(u32::try_from(self.below(3)).expect("small"))
                }
                Kind::Uint64 | Kind::Fixed64 => Value::U64(self.below(3)),
                Kind::Bool => Value::Bool(self.below(2) == 0),
                Kind::String => Value::String(self.text()),
                Kind::Bytes => Value::Bytes(self.text().into()),
                Kind::Enum(_) => Value::EnumNumber(i32::try_from(self.below(12)).expect("small")),
                Kind::Message(of) => Value::Message(self.message(of, depth + 1)),
            }
        }

        /// The message with one thing in it that is drawn anew, somewhere.
        fn change(&mut self, message: &mut DynamicMessage, depth: u64) {
            let descriptor = message.descriptor();
            let set: Vec<_> = descriptor
                .fields()
                .filter(|field| message.has_field(field))
                .collect();
            let deeper = (!set.is_empty() && self.below(5) > 0)
                .then(|| &set[usize::try_from(self.below(set.len() as u64)).expect("small")]);
            if let Some(field) = deeper {
                let inner = match message.get_field_mut(field) {
                    Value::Message(inner) => Some(inner),
                    Value::List(list) => {
                        let index = self.below(list.len() as u64);
                        list[usize::try_from(index).expect("small")].as_message_mut()
                    }
                    Value::Map(map) => {
                        let entries = map.iter_mut();
                        let first = entries.min_by_key(|(key, _)| key.as_str().map(str::to_owned));
                        first.and_then(|(_, value)| value.as_message_mut())
                    }
                    _ => None,
                };
                if let Some(inner) = inner {
                    return self.change(inner, depth + 1);
                }
            }
            let fields: Vec<_> = descriptor.fields().collect();
            let Some(field) =
                fields.get(usize::try_from(self.below(fields.len().max(1) as u64)).expect("small"))
            else {
                return;
            };
            if self.below(4) == 0 {
                message.clear_field(field);
            } else {
                message.set_field(field, self.field(field, depth));
            }
        }
    }

    fn task_spec(message: &DynamicMessage) -> TaskSpec {
        message.transcode_to().expect("a TaskSpec")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_not_equal_differs_in_words(seed in any::<u64>()) {
            let mut random = Random(seed);
            let empty = flytekit_proto::decode(&TaskSpec::full_name(), b"").expect("a TaskSpec");
            let one = random.message(&empty.descriptor(), 0);
            let mut other = one.clone();
            random.change(&mut other, 0);
            let [one, other] = [&one, &other].map(task_spec);
            let lines = between(&one, &other);
            prop_assert_eq!(lines.is_empty(), one.encode_to_vec() == other.encode_to_vec(), "{:?}", lines);
            for line in &lines {
                prop_assert!(line.contains(": ") && !line.contains('\n'), "{}", line);
            }
            prop_assert_eq!(between(&one, &one), Vec::<String>::new());
        }
    }
}
