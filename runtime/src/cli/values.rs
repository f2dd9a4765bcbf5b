//! Values as people and programs write them on a command line, to and from literals.

use std::io;

use serde_json::{Map, Number, Value};

use super::inputs::{Files, Shape};
use crate::declare::words::type_name;
use crate::declare::{
    BlobType, Dataclass, LiteralType, SimpleType, StructuredDatasetType, Union, Variant,
};
use crate::notation::json;
use crate::types::time::{self, text as time_text};
use crate::types::{
    Content, LiteralMapRef, LiteralRef, LiteralWriter, MsgpackKind, MsgpackReader, MsgpackWriter,
    StructuredDatasetRef, ValueError, Written, json as objects,
};

/// Writes the value of type `literal_type` that `text` stands for: primitives, times, names and
/// places as they are, all else as JSON.
pub(super) fn write_text(
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
            let json = json::parse(text.as_bytes()).map_err(|_| mismatch(literal_type, text))?;
            write_json(out, literal_type, &json, files)
        }
        LiteralType::Union(union) => write_union(out, literal_type, *union, text, files),
        _ if takes_plain_text(literal_type) => write_json(out, literal_type, &text.into(), files),
        _ => {
            let json = json::parse(text.as_bytes());
            let json = json.map_err(|error| no_json(literal_type, text, &error))?;
            write_json(out, literal_type, &json, files)
        }
    }
}

/// Writes what is typed for one of several types: null is none; text is text where all of them are
/// text, else what it is as JSON goes before what it is as text.
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
    let json = json::parse(text.as_bytes());
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

/// Whether a value is text, so that quotes need not be typed.
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

/// The same of one of several types, beside which null is none.
fn is_plain_text(variant: &Variant) -> bool {
    variant.literal_type.is_none() || takes_plain_text(&variant.literal_type)
}

fn mismatch(literal_type: &LiteralType, text: &str) -> ValueError {
    ValueError::mismatch(expectation(literal_type), format_args!("`{text}`"))
}

/// What is wrong with a text that had to be JSON: what was expected, but for JSON that says something
/// twice.
fn no_json(literal_type: &LiteralType, text: &str, error: &serde_json::Error) -> ValueError {
    if error.is_data() {
        return ValueError::other(error.to_string());
    }
    mismatch(literal_type, text)
}

/// What may be typed for a type, for help texts and errors.
pub(super) fn expectation(literal_type: &LiteralType) -> String {
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

/// Writes the value of type `literal_type` that a JSON value stands for.
pub(super) fn write_json(
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
        (LiteralType::Enum(choices), Value::String(text)) => {
            if choices.values.contains(&&**text) {
                Ok(out.string(text))
            } else {
                Err(wrong())
            }
        }
        // The columns of a table are found out when it is opened.
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

/// The type of a union that a value is of: the first that fits, of days and points in time rather
/// the one that is meant.
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

/// Whether a date-time is one to its writer, and a date is no more.
fn is_meant(variant: &Variant, json: &Value) -> bool {
    let (LiteralType::Simple(SimpleType::Datetime), Value::String(text)) =
        (variant.literal_type, json)
    else {
        return true;
    };
    let point = time_text::parse_point(text);
    point.is_none_or(|point| point.has_time != (variant.tag == "date"))
}

/// Writes the value of type `literal_type` that a JSON value stands for, where it stands inside an
/// object.
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
        // As it was typed: there may be days among a dataclass's date-times.
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
            LiteralType::Dict | LiteralType::Blob(_) | LiteralType::StructuredDataset(_),
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

/// A field that is not given is left to whoever reads the object: it may have a default.
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

/// The class of Python's whose objects are the content of a file, not in one.
const BYTES: &str = "<class 'bytes'>";

/// The nanoseconds of a duration: seconds as a number, or text.
fn length(json: &Value) -> Option<i128> {
    match json {
        Value::Number(seconds) => time_text::of_seconds(seconds.as_f64()?),
        Value::String(text) => time_text::parse_length(text),
        _ => None,
    }
}

/// What a table is taken for.
const PARQUET: StructuredDatasetType<'static> = StructuredDatasetType::of_format("parquet");

/// The place that `text` is.
pub(super) fn uri(text: &str, shape: Shape, files: &dyn Files) -> Result<String, ValueError> {
    files
        .place(text, shape)
        .map_err(|error| of_file(text, &error))
}

fn shape(blob: &BlobType) -> Shape {
    if blob.multipart {
        Shape::Folder
    } else {
        Shape::File
    }
}

/// What is wrong with a file that was named.
pub(super) fn of_file(text: &str, error: &io::Error) -> ValueError {
    ValueError::other(format!("`{text}`: {error}"))
}

/// A URI as it is, a path as an absolute one: an engine's server has a working directory of its own.
pub(super) fn place(text: &str) -> io::Result<String> {
    if text.contains("://") {
        return Ok(text.to_owned());
    }
    let path = std::path::absolute(text)?;
    Ok(path.to_string_lossy().into_owned())
}

/// A literal as JSON. What JSON has no form for (infinities, bytes, …) becomes text that says so.
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

fn float(number: f64) -> Value {
    Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
}

/// How deep what is printed may be.
const DEPTH: usize = 128;

/// What stands inside an object, as JSON.
fn object_json(value: &mut MsgpackReader<'_>, depth: usize) -> Result<Value, ValueError> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, SystemTime};

    use serde_json::{Value, json};

    use super::super::inputs::Here;
    use super::{object_json, to_json, write_text};
    use crate::declare::{
        BlobType, Dataclass, EnumType, LiteralType, StructuredDatasetType, Union, Variant,
    };
    use crate::types::{Content, FlyteType, LiteralRef, LiteralWriter, MsgpackReader};

    /// What `text` becomes as a `T`, seen again as JSON.
    fn read<T: FlyteType>(text: &str) -> String {
        read_as(T::LITERAL_TYPE, text)
    }

    fn read_as(literal_type: LiteralType, text: &str) -> String {
        match LiteralWriter::to_bytes(|out| write_text(out, &literal_type, text, &Here)) {
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

    const fn one(literal_type: LiteralType) -> Variant {
        Variant {
            literal_type,
            tag: "",
        }
    }

    fn union(variants: Vec<Variant>) -> LiteralType {
        LiteralType::Union(Union {
            variants: Vec::leak(variants),
            or_none: false,
            encoded: &[],
        })
    }

    #[test]
    fn text_of_a_union_needs_no_quotes_where_it_is_nothing_else() {
        let kind = LiteralType::Enum(&EnumType {
            values: &["full", "test"],
            encoded: &[],
        });
        let number_or_text = union(vec![one(i64::LITERAL_TYPE), one(String::LITERAL_TYPE)]);
        let list_or_kind = union(vec![one(Vec::<i64>::LITERAL_TYPE), one(kind)]);
        for (literal_type, text, expected) in [
            (number_or_text, "five", "\"five\""),
            (number_or_text, "5", "5"),
            (number_or_text, "\"5\"", "\"5\""),
            (number_or_text, "[1", "\"[1\""),
            (number_or_text, "2.5", "\"2.5\""),
            (list_or_kind, "[1]", "[1]"),
            (list_or_kind, "full", "\"full\""),
            (
                list_or_kind,
                "half",
                "expected list of integer as JSON or one of full, test, found \"half\"",
            ),
        ] {
            assert_eq!(read_as(literal_type, text), expected, "{text}");
        }
    }

    #[test]
    fn a_key_that_is_given_twice_is_refused() {
        assert_eq!(
            read::<BTreeMap<String, i64>>(r#"{"a": 1, "a": 2}"#),
            "the key \"a\" is given twice at line 1 column 12"
        );
    }

    #[test]
    fn a_folder_is_no_file_and_a_file_no_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.csv");
        std::fs::write(&file, "").expect("a file");
        let (folder, file) = (folder.path().to_str(), file.to_str());
        let (folder, file) = (folder.expect("text"), file.expect("text"));
        let blob = |multipart| {
            LiteralType::Blob(BlobType {
                format: "",
                multipart,
            })
        };
        for (multipart, text, wrong) in [
            (false, folder, "this is a folder, and a file is expected"),
            (true, file, "this is a file, and a folder is expected"),
        ] {
            let expected = format!("`{text}`: {wrong}");
            assert_eq!(read_as(blob(multipart), text), expected);
            let uri = format!("file://{text}");
            let expected = format!("`{uri}`: {wrong}");
            assert_eq!(read_as(blob(multipart), &uri), expected);
        }
        // One that the task makes is not there yet.
        assert!(!read_as(blob(false), "/nowhere/x").contains("expected"));
    }

    #[test]
    fn a_table_is_meant_by_its_place() {
        let table = LiteralType::StructuredDataset(StructuredDatasetType::of_format(""));
        let perhaps = LiteralType::Union(Union {
            variants: Vec::leak(vec![Variant {
                literal_type: table,
                tag: "StructuredDataset Transformer",
            }]),
            or_none: true,
            encoded: &[],
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
    fn times_are_read_as_people_write_them() {
        let point = "\"2024-01-31T12:30:00Z\"";
        for text in [
            "2024-01-31T12:30:00Z",
            "2024-01-31 13:30+01:00",
            "2024-01-31T12:30",
        ] {
            assert_eq!(read::<SystemTime>(text), point, "{text}");
            assert_eq!(read::<Option<SystemTime>>(text), point, "{text}");
        }
        assert_eq!(read::<SystemTime>("2024-01-31"), "\"2024-01-31T00:00:00Z\"");
        for text in [
            "90s",
            "1m30s",
            "PT90S",
            "90",
            "90.0",
            "1 minute 30 seconds",
            "1:30",
        ] {
            assert_eq!(read::<Duration>(text), "\"PT1M30S\"", "{text}");
        }
        assert_eq!(read::<Option<Duration>>("null"), "null");
        assert_eq!(
            read::<Vec<Duration>>(r#"["2h", 0.5]"#),
            r#"["PT2H","PT0.5S"]"#
        );
        assert_eq!(
            read::<SystemTime>("today"),
            "expected date-time such as 2024-01-31T12:30:00Z, found \"today\""
        );
        assert_eq!(
            read::<Duration>("1 fortnight"),
            "expected duration such as 90s, 1h30m or PT90S, found \"1 fortnight\""
        );
    }

    /// `Run { at, took, scale: float, files: [file], kind: enum, pair: (…), note: text or none }`
    const RUN: LiteralType = {
        #[expect(clippy::unnecessary_wraps, reason = "as fields have it")]
        const fn field(literal_type: LiteralType) -> Option<Variant> {
            Some(Variant {
                literal_type,
                tag: "",
            })
        }
        const FILE: LiteralType = LiteralType::Blob(BlobType {
            format: "csv",
            multipart: false,
        });
        const KIND: EnumType = EnumType {
            values: &["full", "test"],
            encoded: &[],
        };
        LiteralType::Dataclass(&Dataclass {
            title: "Run",
            names: &["at", "took", "scale", "files", "kind", "pair", "note"],
            renamed: &[],
            types: &[
                field(SystemTime::LITERAL_TYPE),
                field(Duration::LITERAL_TYPE),
                field(f64::LITERAL_TYPE),
                field(LiteralType::Collection(&FILE)),
                field(LiteralType::Enum(&KIND)),
                None,
                field(Option::<String>::LITERAL_TYPE),
            ],
            schema: &[],
            structure: &[],
        })
    };

    #[test]
    fn a_day_is_no_point_in_time_if_it_can_be_one() {
        let variant = |tag| Variant {
            literal_type: SystemTime::LITERAL_TYPE,
            tag,
        };
        let union = LiteralType::Union(Union {
            variants: Vec::leak(vec![variant("datetime"), variant("date")]),
            or_none: true,
            encoded: &[],
        });
        for (text, tag) in [("2024-01-31", "date"), ("2024-01-31T12", "datetime")] {
            let bytes = LiteralWriter::to_bytes(|out| write_text(out, &union, text, &Here));
            let bytes = bytes.expect("a time");
            let Ok(Content::Union(chosen)) = LiteralRef::new(&bytes).content() else {
                panic!("a union")
            };
            assert_eq!(chosen.tag(), Ok(Some(tag)));
        }
    }

    #[test]
    fn an_object_is_guided_by_its_fields() {
        let given = r#"{
            "scale": 2, "at": "2024-01-31", "took": "1m", "files": ["s3://b/x"],
            "kind": "test", "pair": [1, "x"], "note": null
        }"#;
        // In the order of the fields, and a float for a float.
        let expected = json!({
            "at": "2024-01-31", "took": 60.0, "scale": 2.0, "files": [{"path": "s3://b/x"}],
            "kind": "test", "pair": [1, "x"], "note": null,
        });
        assert_eq!(read_as(RUN, given), expected.to_string());
        assert_eq!(read_as(RUN, "{}"), "{}");
    }

    #[test]
    fn a_mistake_in_an_object_is_found() {
        let runs = LiteralType::Collection(&RUN);
        for (text, message) in [
            (
                r#"[{"kind": "no"}]"#,
                "[0].kind: expected one of full, test, found \"no\"",
            ),
            (
                r#"[{"files": [1]}]"#,
                "[0].files[0]: expected path or URI of a file of csv, found 1",
            ),
            (
                r#"[{"scalar": 1}]"#,
                "[0]: there is no field `scalar`; the fields are \
                 `at`, `took`, `scale`, `files`, `kind`, `pair`, `note`",
            ),
        ] {
            assert_eq!(read_as(runs, text), message);
        }
    }

    #[test]
    fn a_dict_is_json() {
        assert_eq!(read::<Value>(r#"{"a": [1, 2.5]}"#), r#"{"a":[1,2.5]}"#);
        assert_eq!(
            read::<BTreeMap<i64, bool>>(r#"{"7": true}"#),
            r#"{"7":true}"#
        );
        assert_eq!(read::<Value>("[1]"), "expected object as JSON, found [1]");
    }

    #[test]
    fn what_json_has_no_form_for_is_shown() {
        let bytes = b"\x84\x01\xcb\x7f\xf0\0\0\0\0\0\0\xa1b\xc4\x02xy\xa1e\xd4\x01\x00\xa1n\xc0";
        let shown = object_json(&mut MsgpackReader::new(bytes), 2).expect("msgpack");
        let expected = json!({
            "1": "inf", "b": "<2 bytes>", "e": "<an extension of msgpack>", "n": null,
        });
        assert_eq!(shown, expected);
        let deep = object_json(&mut MsgpackReader::new(b"\x91\x91\x07"), 1).expect("msgpack");
        assert_eq!(deep, json!(["…"]));
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
