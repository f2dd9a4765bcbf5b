//! JSON that represents a value.

use serde_json::{Map, Value};

use super::expectation;
use super::places::{Files, Shape, shape, uri};
use crate::declare::{
    BlobType, Dataclass, LiteralType, SimpleType, StructuredDatasetType, Union, Variant,
};
use crate::types::time::{self, text as time_text};
use crate::types::{
    LiteralWriter, MsgpackWriter, StructuredDatasetRef, ValueError, Written, json as objects,
};

/// Writes the value of type `literal_type` that a JSON value represents.
pub(crate) fn write_json(
    out: LiteralWriter<'_>,
    literal_type: &LiteralType,
    json: &Value,
    files: &dyn Files,
) -> Result<Written, ValueError> {
    let wrong = || ValueError::mismatch(expectation(literal_type), json);
    match (literal_type, json) {
        (LiteralType::Simple(SimpleType::None), Value::Null) => Ok(out.none()),
        (LiteralType::Simple(SimpleType::Boolean), Value::Bool(truth)) => Ok(out.boolean(*truth)),
        (LiteralType::Simple(SimpleType::String), Value::String(text)) => Ok(out.string(text)),
        (LiteralType::Simple(SimpleType::Integer), Value::Number(number)) => {
            Ok(out.integer(number.as_i64().ok_or_else(wrong)?))
        }
        (LiteralType::Simple(SimpleType::Float), Value::Number(number)) => {
            Ok(out.float(number.as_f64().ok_or_else(wrong)?))
        }
        (LiteralType::Simple(SimpleType::Datetime), Value::String(text)) => {
            let point = time_text::parse_point(text).ok_or_else(wrong)?;
            time::encode_point(point.nanos, out)
        }
        (LiteralType::Simple(SimpleType::Duration), _) => {
            time::encode_length(length(json).ok_or_else(wrong)?, out)
        }
        (LiteralType::Simple(SimpleType::Error), Value::Object(members)) => {
            let text = |name| members.get(name).and_then(Value::as_str);
            let node = text("failed_node_id").unwrap_or_default();
            Ok(out.error(node, text("message").ok_or_else(wrong)?))
        }
        (LiteralType::Enum(choices), Value::String(text)) => {
            if choices.values.contains(&&**text) {
                Ok(out.string(text))
            } else {
                Err(wrong())
            }
        }
        // The columns of a table are known only when it is opened.
        (LiteralType::StructuredDataset(_), Value::String(text)) => {
            Ok(out.structured_dataset(&uri(text, Shape::Table, files)?, &PARQUET))
        }
        (LiteralType::Blob(blob), Value::String(text)) => {
            Ok(out.blob(&uri(text, shape(blob), files)?, blob))
        }
        (LiteralType::Pickle { python_class }, Value::String(text)) if *python_class == BYTES => {
            files.bytes(out, text)
        }
        (LiteralType::Pickle { .. }, Value::String(text)) => {
            Ok(out.blob(&uri(text, Shape::File, files)?, &BlobType::PICKLE))
        }
        (LiteralType::Collection(element), Value::Array(items)) => {
            out.collection(items, |out, item| write_json(out, element, item, files))
        }
        (LiteralType::Map(value_type), Value::Object(members)) => out.map(members, |out, value| {
            write_json(out, value_type, value, files)
        }),
        (LiteralType::Union(union), _) => {
            let chosen = chosen(*union, json, |ty| {
                LiteralWriter::to_bytes(|out| write_json(out, ty, json, files)).is_ok()
            });
            let chosen = chosen.ok_or_else(wrong)?;
            out.union(chosen, |out| {
                write_json(out, &chosen.literal_type, json, files)
            })
        }
        (LiteralType::Dict | LiteralType::Dataclass(_), Value::Object(_)) => {
            out.msgpack(|out| pack_json(out, literal_type, json, files))
        }
        _ => Err(wrong()),
    }
}

/// The variant of a union that a value belongs to: the first that fits. A date prefers a variant for dates, a
/// date-time one for points in time.
fn chosen(
    union: Union,
    json: &Value,
    fits: impl Fn(&LiteralType) -> bool,
) -> Option<&'static Variant> {
    let mut fitting = union.each().filter(|variant| fits(&variant.literal_type));
    let first = fitting.next()?;
    let meant = |variant: &&Variant| is_meant(variant, json);
    Some(first)
        .filter(meant)
        .or_else(|| fitting.find(meant))
        .or(Some(first))
}

/// Whether the text is a date-time for a type of points in time, or a date for a type of dates.
fn is_meant(variant: &Variant, json: &Value) -> bool {
    let (LiteralType::Simple(SimpleType::Datetime), Value::String(text)) =
        (variant.literal_type, json)
    else {
        return true;
    };
    let point = time_text::parse_point(text);
    point.is_none_or(|point| point.has_time != (variant.tag == "date"))
}

/// Writes the value of type `literal_type` that a JSON value represents, inside an object.
fn pack_json(
    out: MsgpackWriter<'_>,
    literal_type: &LiteralType,
    json: &Value,
    files: &dyn Files,
) -> Result<Written, ValueError> {
    let wrong = || ValueError::mismatch(expectation(literal_type), json);
    match (literal_type, json) {
        (LiteralType::Simple(SimpleType::Float), Value::Number(number)) => {
            Ok(out.float(number.as_f64().ok_or_else(wrong)?))
        }
        (LiteralType::Simple(SimpleType::Integer), Value::Number(number)) => {
            Ok(out.integer(number.as_i64().ok_or_else(wrong)?))
        }
        // As it was typed, because a dataclass's date-times may include dates.
        (LiteralType::Simple(SimpleType::Datetime), Value::String(text)) => {
            time_text::parse_point(text).ok_or_else(wrong)?;
            Ok(out.str(text))
        }
        (LiteralType::Simple(SimpleType::Duration), _) => {
            let nanos = length(json).ok_or_else(wrong)?;
            Ok(out.float(time_text::to_seconds(nanos)))
        }
        (LiteralType::Blob(blob), Value::String(text)) => {
            let uri = uri(text, shape(blob), files)?;
            out.object(|fields| fields.field("path", |out| Ok(out.str(&uri))))
        }
        (LiteralType::StructuredDataset(_), Value::String(text)) => {
            StructuredDatasetRef::pack(&uri(text, Shape::Table, files)?, PARQUET.format, out)
        }
        (LiteralType::Collection(element), Value::Array(items)) => {
            out.array(items, |out, item| pack_json(out, element, item, files))
        }
        (LiteralType::Map(value_type), Value::Object(members)) => {
            out.map(members, |out, key, value| {
                pack_json(out, value_type, value, files).map_err(|error| error.at_key(key))
            })
        }
        (LiteralType::Union(union), _) => {
            let chosen = chosen(*union, json, |ty| {
                MsgpackWriter::to_bytes(|out| pack_json(out, ty, json, files)).is_ok()
            });
            pack_json(out, &chosen.ok_or_else(wrong)?.literal_type, json, files)
        }
        (LiteralType::Dataclass(dataclass), Value::Object(members)) => {
            pack_object(out, dataclass, members, files)
        }
        (LiteralType::Simple(SimpleType::None), Value::Null)
        | (LiteralType::Simple(SimpleType::Boolean), Value::Bool(_))
        | (LiteralType::Simple(SimpleType::String), Value::String(_))
        | (
            LiteralType::Dict
            | LiteralType::Blob(_)
            | LiteralType::StructuredDataset(_)
            | LiteralType::Simple(SimpleType::Error),
            Value::Object(_),
        ) => objects::write(out, json),
        (LiteralType::Enum(choices), Value::String(text)) if choices.values.contains(&&**text) => {
            Ok(out.str(text))
        }
        (LiteralType::Pickle { .. }, Value::String(base64)) => Ok(out.str(base64)),
        (LiteralType::Pickle { .. }, _) => Err(ValueError::mismatch("text in Base64", json)),
        _ => Err(wrong()),
    }
}

/// A missing field is left to the reader of the object, because it may have a default.
fn pack_object(
    out: MsgpackWriter<'_>,
    dataclass: &Dataclass,
    members: &Map<String, Value>,
    files: &dyn Files,
) -> Result<Written, ValueError> {
    let names = dataclass.names;
    if let Some(unknown) = members.keys().find(|key| !names.contains(&&***key)) {
        let known = names.join("`, `");
        return Err(ValueError::other(format!(
            "there is no field `{unknown}`; the fields are `{known}`"
        )));
    }
    out.object(|fields| {
        for (name, field) in dataclass.fields().rev() {
            let Some(value) = members.get(name) else {
                continue;
            };
            fields.field(name, |out| match field {
                Some(field) => pack_json(out, &field.literal_type, value, files),
                None => objects::write(out, value),
            })?;
        }
        Ok(())
    })
}

/// The Python class whose objects are read from a file outside of objects, but not inside.
pub(super) const BYTES: &str = "<class 'bytes'>";

/// The nanoseconds of a duration: seconds as a number, or text.
fn length(json: &Value) -> Option<i128> {
    match json {
        Value::Number(seconds) => time_text::of_seconds(seconds.as_f64()?),
        Value::String(text) => time_text::parse_length(text),
        _ => None,
    }
}

/// The assumed type of a table.
const PARQUET: StructuredDatasetType<'static> = StructuredDatasetType::of_format("parquet");
