//! Converts objects to JSON and back.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};
use serde_json::{Map, Number, Value as Json};

/// An object as JSON; whole numbers have no fraction, as in protobuf's own printer.
pub(super) fn of_struct(object: &Struct) -> Json {
    let members = object.fields.iter();
    let members = members.map(|(name, value)| (name.clone(), of_value(value)));
    Json::Object(members.collect())
}

fn of_value(value: &Value) -> Json {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Json::Null,
        Some(Kind::NumberValue(number)) => of_float(*number).unwrap_or(Json::Null),
        Some(Kind::StringValue(text)) => Json::String(text.clone()),
        Some(Kind::BoolValue(truth)) => Json::Bool(*truth),
        Some(Kind::StructValue(object)) => of_struct(object),
        Some(Kind::ListValue(list)) => list.values.iter().map(of_value).collect(),
    }
}

/// A number, if JSON can express it.
pub(super) fn of_float(number: f64) -> Option<Json> {
    /// Below this bound every integer is exact as a float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is whole, and not large"
        )]
        return Some(Json::from(number as i64));
    }
    Number::from_f64(number).map(Json::Number)
}

/// JSON as an object.
pub(super) fn to_struct(members: Map<String, Json>) -> Struct {
    let fields = members.into_iter();
    let fields = fields.map(|(name, value)| (name, to_value(value)));
    Struct {
        fields: fields.collect(),
    }
}

fn to_value(json: Json) -> Value {
    let kind = match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(truth) => Kind::BoolValue(truth),
        Json::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Kind::StringValue(text),
        Json::Array(items) => Kind::ListValue(ListValue {
            values: items.into_iter().map(to_value).collect(),
        }),
        Json::Object(members) => Kind::StructValue(to_struct(members)),
    };
    Value { kind: Some(kind) }
}

/// Named values as YAML: one line each, with the value as JSON, which is valid YAML.
pub(super) fn yaml(values: &Map<String, Json>) -> String {
    if values.is_empty() {
        return "{}\n".to_owned();
    }
    let lines = values.iter().map(|(name, value)| {
        let name = if is_a_word_of_yaml(name) {
            format!("\"{name}\"")
        } else {
            name.clone()
        };
        format!("{name}: {value}\n")
    });
    lines.collect()
}

/// Whether a valid Rust identifier has another meaning in YAML 1.1.
fn is_a_word_of_yaml(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_json_and_back() {
        let json = json!({"a": 1, "b": [null, true, "x", 0.5], "c": {"d": -3}});
        let Json::Object(members) = json.clone() else {
            unreachable!("an object");
        };
        assert_eq!(of_struct(&to_struct(members)), json);
        assert_eq!(of_float(1e300).unwrap().to_string(), "1e+300");
        assert_eq!(of_float(2.0).unwrap().to_string(), "2");
        assert!(of_float(f64::NAN).is_none());
    }

    #[test]
    fn names_stay_names_in_yaml() {
        let Json::Object(values) = json!({"n": 1, "text": "a: 'b'\n"}) else {
            unreachable!("an object");
        };
        assert_eq!(yaml(&values), "\"n\": 1\ntext: \"a: 'b'\\n\"\n");
        assert_eq!(yaml(&Map::new()), "{}\n");
    }
}
