//! Reads and changes a `google.protobuf.Struct`, the type of pods and of engines' jobs.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};

/// A string value.
pub(super) fn text(text: String) -> Value {
    Value {
        kind: Some(Kind::StringValue(text)),
    }
}

/// An object whose members are strings.
pub(super) fn texts<const N: usize>(members: [(&str, String); N]) -> Value {
    let fields = members.map(|(key, value)| (key.to_owned(), text(value)));
    Value {
        kind: Some(Kind::StructValue(Struct {
            fields: fields.into(),
        })),
    }
}

pub(super) fn as_text(value: &Value) -> Option<&str> {
    match &value.kind {
        Some(Kind::StringValue(text)) => Some(text),
        _ => None,
    }
}

pub(super) fn as_object(value: &Value) -> Option<&Struct> {
    match &value.kind {
        Some(Kind::StructValue(object)) => Some(object),
        _ => None,
    }
}

pub(super) fn as_object_mut(value: &mut Value) -> Option<&mut Struct> {
    match &mut value.kind {
        Some(Kind::StructValue(object)) => Some(object),
        _ => None,
    }
}

pub(super) fn as_list_mut(value: &mut Value) -> Option<&mut Vec<Value>> {
    match &mut value.kind {
        Some(Kind::ListValue(list)) => Some(&mut list.values),
        _ => None,
    }
}

/// The string at a key of an object.
pub(super) fn text_of<'a>(object: &'a Struct, key: &str) -> Option<&'a str> {
    object.fields.get(key).and_then(as_text)
}

/// The items of the list at a key of an object; empty if there is no list.
#[cfg(feature = "register")]
pub(super) fn items<'a>(object: &'a Struct, key: &str) -> &'a [Value] {
    match object.fields.get(key).and_then(|it| it.kind.as_ref()) {
        Some(Kind::ListValue(list)) => &list.values,
        _ => &[],
    }
}

/// The list at a key of an object, created if the key is missing; None if the value is not a list.
pub(super) fn list_mut<'a>(object: &'a mut Struct, key: &str) -> Option<&'a mut Vec<Value>> {
    let member = object.fields.entry(key.to_owned());
    as_list_mut(member.or_insert_with(|| Value {
        kind: Some(Kind::ListValue(ListValue::default())),
    }))
}
