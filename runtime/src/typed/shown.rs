//! A literal as JSON, for people and programs.

use serde_json::{Map, Number, Value, json};

use crate::types::time::{self, text as time_text};
use crate::types::{Content, LiteralMapRef, LiteralRef, MsgpackKind, MsgpackReader, ValueError};

/// A literal as JSON. Values that JSON cannot express (infinities, bytes, …) become text.
pub(super) fn to_json(literal: LiteralRef<'_>) -> Result<Value, ValueError> {
    Ok(match literal.content()? {
        Content::None => Value::Null,
        Content::Integer(number) => number.into(),
        Content::Float(number) => float(number),
        Content::String(text) => text.into(),
        Content::Boolean(truth) => truth.into(),
        Content::Datetime(point) => (time_text::point(time::point_nanos(point)?) + "Z").into(),
        Content::Duration(length) => time_text::length(time::length_nanos(length)?).into(),
        Content::StructuredDataset(dataset) => dataset.uri().into(),
        Content::Blob(blob) => blob.uri().into(),
        Content::Binary(binary) if binary.tag() == "msgpack" => {
            object_json(&mut binary.msgpack(), DEPTH)?
        }
        Content::Collection(items) => {
            let items = items.iter().map(|item| to_json(item?));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Content::Map(entries) => Value::Object(object(entries)?),
        Content::Error(error) => json!({
            "failed_node_id": error.failed_node_id(),
            "message": error.message(),
        }),
        Content::Union(union) => to_json(union.value())?,
        other => format!("<{other}>").into(),
    })
}

/// A map of literals as a JSON object.
pub(crate) fn object(entries: LiteralMapRef<'_>) -> Result<Map<String, Value>, ValueError> {
    let mut members = Map::new();
    for entry in entries {
        let (name, literal) = entry?;
        members.insert(name.to_owned(), to_json(literal)?);
    }
    Ok(members)
}

fn float(number: f64) -> Value {
    Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
}

/// The maximum nesting of printed values.
const DEPTH: usize = 128;

/// A value in MessagePack as JSON.
#[cfg(feature = "deck")]
pub(crate) fn packed(value: &mut MsgpackReader<'_>) -> Result<Value, ValueError> {
    object_json(value, DEPTH)
}

/// A value inside an object, as JSON.
pub(super) fn object_json(
    value: &mut MsgpackReader<'_>,
    depth: usize,
) -> Result<Value, ValueError> {
    let Some(depth) = depth.checked_sub(1) else {
        value.skip()?;
        return Ok("…".into());
    };
    Ok(match value.kind()? {
        MsgpackKind::Nil => {
            value.nil();
            Value::Null
        }
        MsgpackKind::Boolean => value.boolean()?.into(),
        MsgpackKind::Integer => {
            let integer = value.integer()?;
            Number::from_i128(integer).map_or_else(|| integer.to_string().into(), Value::Number)
        }
        MsgpackKind::Float => float(value.float()?),
        MsgpackKind::String => value.str()?.into(),
        MsgpackKind::Array => {
            let mut items = Vec::new();
            for _ in 0..value.array()? {
                items.push(object_json(value, depth)?);
            }
            Value::Array(items)
        }
        MsgpackKind::Map => {
            let mut members = Map::new();
            for _ in 0..value.map()? {
                let key = match object_json(value, depth)? {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                members.insert(key, object_json(value, depth)?);
            }
            Value::Object(members)
        }
        MsgpackKind::Binary => format!("<{} bytes>", value.bin()?.len()).into(),
        MsgpackKind::Extension => {
            value.skip()?;
            "<an extension of msgpack>".into()
        }
    })
}
