//! Messages as protobuf JSON.

mod time;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Number, Value as Json};

use crate::error::{Error, NoJson};
use crate::tree::{Choice, Message, Value};

/// The [canonical JSON form](https://protobuf.dev/programming-guides/json/) of a message.
///
/// Keys are in lower camel case, 64-bit integers are strings, enum values are names, bytes are in Base64,
/// timestamps and durations are strings, a `Struct` is a plain object, and fields with their default are
/// omitted. Fields that this crate does not declare have no name in JSON, and are omitted, too.
///
/// `message_name` is the full name, for example `flyteidl.core.TaskTemplate`.
///
/// ```
/// use flytekit_proto::flyteidl::core::RetryStrategy;
/// use flytekit_proto::json;
/// use prost::{Message, Name};
///
/// let retries = RetryStrategy { retries: 3 };
/// let json = json::format(&RetryStrategy::full_name(), &retries.encode_to_vec())?;
/// assert_eq!(json.to_string(), r#"{"retries":3}"#);
/// # Ok::<(), flytekit_proto::Error>(())
/// ```
///
/// # Errors
///
/// If no message has that name, if the bytes are not such a message, or if a value has no JSON form.
pub fn format(message_name: &str, bytes: &[u8]) -> Result<Json, Error> {
    of(&Message::decode(message_name, bytes)?)
}

/// Like [`format`](fn@format), for a decoded message.
///
/// # Errors
///
/// If a value has no JSON form.
pub fn of(message: &Message<'_>) -> Result<Json, Error> {
    json(message).map_err(|reason| Error::Json {
        name: message.name().to_owned(),
        reason,
    })
}

/// The well-known types have special forms.
fn json(message: &Message<'_>) -> Result<Json, NoJson> {
    let Some(name) = message.name().strip_prefix("google.protobuf.") else {
        return object(message);
    };
    match name {
        "Timestamp" => time::timestamp(message),
        "Duration" => time::duration(message),
        "Struct" => member(message, "fields", Json::Object(Map::new())),
        "ListValue" => member(message, "values", Json::Array(Vec::new())),
        "Value" => untyped(message),
        _ if name.ends_with("Value") => value(&message.get_or_default("value")),
        _ => object(message),
    }
}

fn object(message: &Message<'_>) -> Result<Json, NoJson> {
    let mut members = Map::new();
    for (field, it) in message.fields() {
        members.insert(field.json_name.to_owned(), value(it)?);
    }
    Ok(Json::Object(members))
}

/// The value of a message that wraps a single field.
fn member(message: &Message<'_>, name: &str, empty: Json) -> Result<Json, NoJson> {
    message.get(name).map_or(Ok(empty), value)
}

/// A `google.protobuf.Value`.
fn untyped(message: &Message<'_>) -> Result<Json, NoJson> {
    match message.fields().next() {
        Some((_, Value::F64(number))) if !number.is_finite() => Err(NoJson::Number),
        Some((_, it)) => value(it),
        None => Ok(Json::Null),
    }
}

fn value(it: &Value<'_>) -> Result<Json, NoJson> {
    Ok(match it {
        Value::Bool(truth) => Json::Bool(*truth),
        Value::I32(number) => (*number).into(),
        Value::U32(number) => (*number).into(),
        Value::I64(number) => Json::String(number.to_string()),
        Value::U64(number) => Json::String(number.to_string()),
        Value::F64(number) => double(*number),
        Value::Text(text) => Json::String((*text).to_owned()),
        Value::Bytes(bytes) => Json::String(BASE64.encode(bytes)),
        Value::Choice(choice) => named(*choice),
        Value::Message(message) => json(message)?,
        Value::List(values) => Json::Array(values.iter().map(value).collect::<Result<_, _>>()?),
        Value::Map(entries) => {
            let mut members = Map::new();
            for (key, it) in entries {
                members.insert((*key).to_owned(), value(it)?);
            }
            Json::Object(members)
        }
    })
}

/// JSON has no NaN and no infinities.
fn double(number: f64) -> Json {
    match Number::from_f64(number) {
        Some(number) => Json::Number(number),
        None if number.is_nan() => "NaN".into(),
        None if number > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}

/// The name, or the number if only a newer writer knows the name.
fn named(choice: Choice) -> Json {
    match choice.name() {
        _ if choice.full_name() == "google.protobuf.NullValue" => Json::Null,
        Some(name) => name.into(),
        None => choice.number.into(),
    }
}

#[cfg(all(test, feature = "messages"))]
mod tests {
    use prost::{Message, Name};
    use prost_types::value::Kind;
    use serde_json::json;

    use super::{Error, NoJson};
    use crate::flyteidl::core::{Binary, Identifier, Primitive, TaskMetadata, primitive};

    fn form<M: Message + Name>(message: &M) -> Result<serde_json::Value, Error> {
        super::format(&M::full_name(), &message.encode_to_vec())
    }

    #[test]
    fn values_that_json_has_no_numbers_for_are_texts() {
        let form = |value| form(&Primitive { value: Some(value) }).unwrap();
        let integer = form(primitive::Value::Integer(i64::MIN));
        assert_eq!(integer, json!({"integer": "-9223372036854775808"}));
        for (value, text) in [
            (f64::NAN, json!("NaN")),
            (f64::INFINITY, json!("Infinity")),
            (f64::NEG_INFINITY, json!("-Infinity")),
            (-0.0, json!(-0.0)),
        ] {
            let float = form(primitive::Value::FloatValue(value));
            assert_eq!(float, json!({"floatValue": text}));
        }
    }

    #[test]
    fn bytes_are_in_base64_and_names_of_newer_enums_are_numbers() {
        let value = vec![0xff, 0xfe];
        let tag = String::new();
        assert_eq!(
            form(&Binary { value, tag }).unwrap(),
            json!({"value": "//4="})
        );
        let resource_type = 77;
        let id = Identifier {
            resource_type,
            ..Identifier::default()
        };
        assert_eq!(form(&id).unwrap(), json!({"resourceType": 77}));
    }

    #[test]
    fn a_wrapper_is_what_it_wraps() {
        let deck = TaskMetadata {
            generates_deck: Some(false),
            ..TaskMetadata::default()
        };
        assert_eq!(form(&deck).unwrap(), json!({"generatesDeck": false}));
    }

    #[test]
    fn what_json_has_no_form_for_is_an_error() {
        let number = |number| prost_types::Value {
            kind: Some(Kind::NumberValue(number)),
        };
        let form = |value: prost_types::Value| {
            super::format("google.protobuf.Value", &value.encode_to_vec())
        };
        assert_eq!(form(number(0.5)).unwrap(), json!(0.5));
        let error = form(number(f64::NAN)).unwrap_err();
        let Error::Json { reason, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(reason, NoJson::Number);
    }
}
