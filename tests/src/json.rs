//! Protobuf's objects as JSON.

use prost_types::value::Kind;
use prost_types::{Struct, Value};
use serde_json::{Map, Value as Json, json};

/// An object of protobuf's as one of JSON.
///
/// # Panics
///
/// When it has a value of no kind.
pub fn object(members: &Struct) -> Map<String, Json> {
    let members = members.fields.iter();
    members
        .map(|(key, member)| (key.clone(), value(member)))
        .collect()
}

fn value(value: &Value) -> Json {
    match value.kind.as_ref().expect("a value") {
        Kind::NullValue(_) => Json::Null,
        Kind::NumberValue(number) => json!(number),
        Kind::StringValue(text) => json!(text),
        Kind::BoolValue(truth) => json!(truth),
        Kind::StructValue(members) => Json::Object(object(members)),
        Kind::ListValue(list) => list.values.iter().map(self::value).collect(),
    }
}
