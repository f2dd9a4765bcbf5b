//! Values as people and programs write them on a command line, to and from literals.

use std::io;

use serde_json::{Map, Number, Value};

use super::list::type_name;
use crate::template::{LiteralType, SimpleType, StructuredDatasetType};
use crate::types::{Content, LiteralMapRef, LiteralRef, LiteralWriter, ValueError, Written};

/// Writes the value of type `literal_type` that `text` stands for: primitives and places as they are,
/// all else as JSON.
pub(super) fn write_text(
    out: LiteralWriter<'_>,
    literal_type: &LiteralType,
    text: &str,
) -> Result<Written, ValueError> {
    match literal_type {
        LiteralType::Simple(SimpleType::String) => Ok(out.string(text)),
        LiteralType::StructuredDataset(_) => dataset(out, text),
        LiteralType::Simple(SimpleType::Float) => {
            let number = text.parse().map_err(|_| mismatch(literal_type, text))?;
            Ok(out.float(number))
        }
        LiteralType::Union(_) if takes_plain_text(literal_type) => {
            let json = serde_json::from_str(text);
            let null = matches!(json, Ok(Value::Null));
            write_json(
                out,
                literal_type,
                &if null { Value::Null } else { text.into() },
            )
        }
        _ => {
            let json = serde_json::from_str(text).map_err(|_| mismatch(literal_type, text))?;
            write_json(out, literal_type, &json)
        }
    }
}

/// Whether a union has text as its only value beside null, so that quotes need not be typed.
fn takes_plain_text(union: &LiteralType) -> bool {
    let LiteralType::Union(union) = union else {
        return false;
    };
    union
        .each()
        .map(|variant| variant.literal_type)
        .all(|literal_type| {
            matches!(
                literal_type,
                LiteralType::Simple(SimpleType::None | SimpleType::String)
                    | LiteralType::StructuredDataset(_)
            )
        })
}

fn mismatch(literal_type: &LiteralType, text: &str) -> ValueError {
    ValueError::mismatch(expectation(literal_type), format_args!("`{text}`"))
}

/// What may be typed for a type, for help texts and errors.
pub(super) fn expectation(literal_type: &LiteralType) -> String {
    match literal_type {
        LiteralType::Simple(_) => type_name(literal_type),
        LiteralType::StructuredDataset(_) => "path or URI".to_owned(),
        _ => format!("{} as JSON", type_name(literal_type)),
    }
}

/// Writes the value of type `literal_type` that a JSON value stands for.
pub(super) fn write_json(
    out: LiteralWriter<'_>,
    literal_type: &LiteralType,
    json: &Value,
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
        (LiteralType::StructuredDataset(_), Value::String(text)) => dataset(out, text),
        (LiteralType::Collection(element), Value::Array(items)) => {
            out.collection(items, |out, item| write_json(out, element, item))
        }
        (LiteralType::Map(value_type), Value::Object(members)) => {
            out.map(members, |out, value| write_json(out, value_type, value))
        }
        (LiteralType::Union(union), _) => {
            let fits = |ty| LiteralWriter::to_bytes(|out| write_json(out, ty, json)).is_ok();
            let chosen = union
                .each()
                .find(|variant| fits(&variant.literal_type))
                .ok_or_else(wrong)?;
            out.union(chosen, |out| write_json(out, &chosen.literal_type, json))
        }
        _ => Err(wrong()),
    }
}

/// The table that lies at a path or URI. Its columns are found out when it is opened.
fn dataset(out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError> {
    let uri = place(text).map_err(|error| ValueError::other(format!("`{text}`: {error}")))?;
    let dataset = StructuredDatasetType {
        columns: &[],
        format: "parquet",
    };
    Ok(out.structured_dataset(&uri, &dataset))
}

/// A URI as it is, a path as an absolute one: an engine's server has a working directory of its own.
pub(super) fn place(text: &str) -> io::Result<String> {
    if text.contains("://") {
        return Ok(text.to_owned());
    }
    let path = std::path::absolute(text)?;
    Ok(path.to_string_lossy().into_owned())
}

/// A literal as JSON. What JSON has no form for (infinities, blobs, …) becomes text that says so.
pub(super) fn to_json(literal: LiteralRef<'_>) -> Result<Value, ValueError> {
    Ok(match literal.content()? {
        Content::None => Value::Null,
        Content::Integer(number) => number.into(),
        Content::Float(number) => {
            Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
        }
        Content::String(text) => text.into(),
        Content::Boolean(truth) => truth.into(),
        Content::StructuredDataset(dataset) => dataset.uri().into(),
        Content::Collection(items) => {
            let items = items.iter().map(|item| to_json(item?));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Content::Map(entries) => Value::Object(object(entries)?),
        Content::Union(union) => to_json(union.value())?,
        other => format!("<{other}>").into(),
    })
}

/// A map of literals as a JSON object.
pub(super) fn object(entries: LiteralMapRef<'_>) -> Result<Map<String, Value>, ValueError> {
    let members = entries.iter().map(|entry| {
        let (name, literal) = entry?;
        Ok((name.to_owned(), to_json(literal)?))
    });
    members.collect()
}

#[cfg(test)]
mod tests {
    use super::{to_json, write_text};
    use crate::template::{LiteralType, StructuredDatasetType, Union, Variant};
    use crate::types::{FlyteType, LiteralRef, LiteralWriter};

    /// What `text` becomes as a `T`, seen again as JSON.
    fn read<T: FlyteType>(text: &str) -> String {
        read_as(T::LITERAL_TYPE, text)
    }

    fn read_as(literal_type: LiteralType, text: &str) -> String {
        match LiteralWriter::to_bytes(|out| write_text(out, &literal_type, text)) {
            Ok(bytes) => to_json(LiteralRef::new(&bytes))
                .expect("what was written")
                .to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn text_becomes_the_type_it_is_for() {
        assert_eq!(read::<i64>("-3"), "-3");
        assert_eq!(read::<f64>("3"), "3.0");
        assert_eq!(read::<bool>("true"), "true");
        assert_eq!(read::<String>("3"), "\"3\"");
        assert_eq!(read::<Option<String>>("plain"), "\"plain\"");
        assert_eq!(read::<Option<String>>("null"), "null");
        assert_eq!(read::<Option<i64>>("3"), "3");
        assert_eq!(read::<Vec<Option<f64>>>("[1, null]"), "[1.0,null]");
    }

    #[test]
    fn a_table_is_meant_by_its_place() {
        let table = LiteralType::StructuredDataset(StructuredDatasetType {
            columns: &[],
            format: "",
        });
        let perhaps = LiteralType::Union(Union {
            variants: Vec::leak(vec![Variant {
                literal_type: table,
                tag: "StructuredDataset Transformer",
            }]),
            or_none: true,
        });
        let here = std::env::current_dir().expect("a folder");
        let path = serde_json::json!(here.join("sales.parquet")).to_string();
        for literal_type in [table, perhaps] {
            assert_eq!(read_as(literal_type, "sales.parquet"), path);
            assert_eq!(read_as(literal_type, "s3://b/sales"), "\"s3://b/sales\"");
        }
        let list = LiteralType::Collection(Box::leak(Box::new(table)));
        assert_eq!(read_as(list, r#"["gs://b/x"]"#), r#"["gs://b/x"]"#);
    }

    #[test]
    fn other_text_is_refused_with_what_is_expected() {
        assert_eq!(read::<i64>("3.5"), "expected integer, found 3.5");
        assert_eq!(read::<i64>("x"), "expected integer, found `x`");
        assert_eq!(
            read::<Vec<i64>>("[1, true]"),
            "[1]: expected integer, found true"
        );
    }
}
