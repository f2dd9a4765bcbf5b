//! Values as people read them, each on one line.

use flytekit_proto::flyteidl::core;
use flytekit_proto::prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value,
};
use prost::Message as _;
use prost_types::Value as Json;
use prost_types::value::Kind as JsonKind;

use super::typed;
use crate::declare::LiteralType;
use crate::declare::words::type_name;

pub(super) fn text(value: &Value, field: &FieldDescriptor) -> String {
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

pub(super) fn type_words(message: &core::LiteralType) -> Option<String> {
    let known = LiteralType::decode(&message.encode_to_vec());
    let words = type_name(&known.ok()??);
    // An enum's value may be any text.
    Some(one_line(&words))
}

pub(super) fn duration(duration: &prost_types::Duration) -> String {
    match (duration.seconds, duration.nanos) {
        (seconds, 0) => format!("{seconds}s"),
        (seconds, nanos) => format!("{seconds}s {nanos}ns"),
    }
}

/// Text on one line.
pub(super) fn one_line(text: &str) -> String {
    if text.contains(char::is_control) {
        quoted(text)
    } else {
        text.to_owned()
    }
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn json_text(value: &Json) -> String {
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

/// The number of characters of a text that are shown, and the number of them before the first difference.
const SHOWN: usize = 120;
const BEFORE: usize = 30;

/// Long texts are cut to the part where they begin to differ.
pub(super) fn excerpts(before: &str, after: &str) -> (String, String) {
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

pub(super) fn excerpt(text: &str, from: usize) -> String {
    let shown: String = text.chars().skip(from).take(SHOWN).collect();
    let [before, after] = [from > 0, text.chars().count() > from + SHOWN];
    let dots = |left_out| if left_out { "…" } else { "" };
    [dots(before), &shown, dots(after)].concat()
}
