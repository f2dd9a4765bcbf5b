//! Reads bytes as a `google.protobuf.Struct`. There must be no panic, and the same object as prost reads.

#![no_main]

use flytekit::types::{FlyteType, LiteralRef};
use libfuzzer_sys::fuzz_target;
use prost::Message as _;
use prost_types::value::Kind;
use serde_json::{Map, Number, Value};

/// Wraps the bytes in a scalar's field `generic`, in a literal's field `scalar`.
fn literal(bytes: &[u8]) -> Vec<u8> {
    let mut literal = bytes.to_vec();
    for tag in [0x3a, 0x0a] {
        let mut field = vec![tag];
        prost::encoding::encode_varint(literal.len() as u64, &mut field);
        field.append(&mut literal);
        literal = field;
    }
    literal
}

/// None if a number cannot be expressed in JSON, or a value has no kind.
fn object(message: prost_types::Struct) -> Option<Map<String, Value>> {
    let members = message.fields.into_iter();
    members
        .map(|(name, member)| Some((name, value(member)?)))
        .collect()
}

fn value(message: prost_types::Value) -> Option<Value> {
    Some(match message.kind? {
        Kind::NullValue(_) => Value::Null,
        Kind::NumberValue(number) => Value::Number(Number::from_f64(number)?),
        Kind::StringValue(text) => Value::String(text),
        Kind::BoolValue(truth) => Value::Bool(truth),
        Kind::StructValue(message) => Value::Object(object(message)?),
        Kind::ListValue(list) => {
            let items = list.values.into_iter().map(value);
            Value::Array(items.collect::<Option<_>>()?)
        }
    })
}

fuzz_target!(|bytes: &[u8]| {
    let read = Map::<String, Value>::decode(LiteralRef::new(&literal(bytes)));
    let theirs = prost_types::Struct::decode(bytes).ok().map(object);
    if let (Ok(read), Some(theirs)) = (&read, theirs) {
        assert_eq!(Some(read), theirs.as_ref());
    }
    if let Err(error) = read {
        assert!(!error.to_string().is_empty());
    }
});
