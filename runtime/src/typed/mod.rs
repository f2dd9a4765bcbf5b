//! Values as people and programs write them: on a command line, in a file of inputs, as the answer to a gate.

mod json;
mod places;
mod shown;
#[cfg(test)]
mod tests;

use serde_json::{Number, Value};

use self::json::BYTES;
pub(crate) use self::json::write_json;
pub(crate) use self::places::{Files, Here, place};
#[cfg(feature = "register")]
pub(crate) use self::places::{Shape, of_file};
pub(crate) use self::shown::object;
#[cfg(feature = "deck")]
pub(crate) use self::shown::packed;
use crate::declare::words::type_name;
use crate::declare::{LiteralType, SimpleType, Union, Variant};
use crate::notation;
use crate::types::{LiteralWriter, ValueError, Written};

/// The literal that a typed text represents.
pub(crate) fn literal(literal_type: &LiteralType, text: &str) -> Result<Vec<u8>, ValueError> {
    LiteralWriter::to_bytes(|out| write_text(out, literal_type, text, &Here))
}

/// Writes the value of type `literal_type` that `text` represents: primitives, times, names and locations as
/// plain text, everything else as JSON.
pub(crate) fn write_text(
    out: LiteralWriter<'_>,
    literal_type: &LiteralType,
    text: &str,
    files: &dyn Files,
) -> Result<Written, ValueError> {
    match literal_type {
        LiteralType::Simple(SimpleType::Float) => {
            let number = text.parse().map_err(|_| mismatch(literal_type, text))?;
            Ok(out.float(number))
        }
        LiteralType::Simple(SimpleType::Duration) if text.parse::<Number>().is_ok() => {
            let json =
                notation::json::parse(text.as_bytes()).map_err(|_| mismatch(literal_type, text))?;
            write_json(out, literal_type, &json, files)
        }
        LiteralType::Union(union) => write_union(out, literal_type, *union, text, files),
        _ if takes_plain_text(literal_type) => write_json(out, literal_type, &text.into(), files),
        _ => {
            let json = notation::json::parse(text.as_bytes());
            let json = json.map_err(|error| no_json(literal_type, text, &error))?;
            write_json(out, literal_type, &json, files)
        }
    }
}

/// Writes the value of one of several types: `null` is none. If all of the types take text, it is text;
/// otherwise its meaning as JSON takes precedence over its meaning as text.
///
/// ```text
/// int | str       5 is a number, "5" and five are texts
/// str | None      5 is a text
/// ```
fn write_union(
    out: LiteralWriter<'_>,
    literal_type: &LiteralType,
    union: Union,
    text: &str,
    files: &dyn Files,
) -> Result<Written, ValueError> {
    let json = notation::json::parse(text.as_bytes());
    let plain = Value::from(text);
    let fits = |value: &Value| {
        LiteralWriter::to_bytes(|out| write_json(out, literal_type, value, files)).is_ok()
    };
    let all_text = union.each().all(is_plain_text);
    let has_text = union.each().any(|it| takes_plain_text(&it.literal_type));
    let value = match &json {
        Ok(Value::Null) => &Value::Null,
        Ok(json) if !all_text && (!has_text || fits(json)) => json,
        _ if has_text => &plain,
        Ok(json) => json,
        Err(error) => return Err(no_json(literal_type, text, error)),
    };
    write_json(out, literal_type, value, files)
}

/// Whether a value is text, so that quotes are not necessary.
fn takes_plain_text(literal_type: &LiteralType) -> bool {
    matches!(
        literal_type,
        LiteralType::Simple(SimpleType::String | SimpleType::Datetime | SimpleType::Duration)
            | LiteralType::StructuredDataset(_)
            | LiteralType::Blob(_)
            | LiteralType::Pickle { .. }
            | LiteralType::Enum(_)
    )
}

/// Like [`takes_plain_text`], for a variant; none may be among the variants.
fn is_plain_text(variant: &Variant) -> bool {
    variant.literal_type.is_none() || takes_plain_text(&variant.literal_type)
}

fn mismatch(literal_type: &LiteralType, text: &str) -> ValueError {
    ValueError::mismatch(expectation(literal_type), format_args!("`{text}`"))
}

/// The error for a text that had to be JSON: the expected type, or a duplicate key.
fn no_json(literal_type: &LiteralType, text: &str, error: &serde_json::Error) -> ValueError {
    if error.is_data() {
        return ValueError::other(error.to_string());
    }
    mismatch(literal_type, text)
}

/// The syntax for a type, for help texts and errors.
pub(crate) fn expectation(literal_type: &LiteralType) -> String {
    match literal_type {
        LiteralType::Simple(SimpleType::Datetime) => {
            "date-time such as 2024-01-31T12:30:00Z".to_owned()
        }
        LiteralType::Simple(SimpleType::Duration) => {
            "duration such as 90s, 1h30m or PT90S".to_owned()
        }
        LiteralType::Simple(_) | LiteralType::Enum(_) => type_name(literal_type),
        LiteralType::StructuredDataset(_) => "path or URI".to_owned(),
        LiteralType::Pickle { python_class } if *python_class == BYTES => {
            "path or URI of a file of bytes".to_owned()
        }
        LiteralType::Blob(_) | LiteralType::Pickle { .. } => {
            format!("path or URI of a {}", type_name(literal_type))
        }
        LiteralType::Union(union) if union.each().any(|it| takes_plain_text(&it.literal_type)) => {
            let each = union.each().map(|it| expectation(&it.literal_type));
            each.collect::<Vec<_>>().join(" or ")
        }
        _ => format!("{} as JSON", type_name(literal_type)),
    }
}
