//! Objects with arbitrary members: `serde_json`'s types are Python's untyped `dict`.

use serde_json::{Map, Number, Value};

use super::msgpack::MsgpackKind;
use super::{
    FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, ValueError,
    Written, data,
};
use crate::declare::{Json, LiteralType, Variant, schema};

/// The maximum nesting of lists and objects.
const DEPTH: usize = 128;

impl FlyteData for Map<String, Value> {
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[("type", "object")]));
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        if value.kind()? == MsgpackKind::Map {
            read_object(value, DEPTH)
        } else {
            Err(value.unexpected("an object"))
        }
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        write_object(out, self, DEPTH)
    }
}

/// Python's `dict` with string keys, whose values are None, numbers, strings, booleans, and lists and objects
/// of them, up to 128 levels deep.
///
/// Values that JSON cannot express are refused: bytes, infinities, NaN, and keys that are not strings; use
/// `BTreeMap<i64, T>` and `HashMap<i64, T>` for integer keys. Numbers of a generic struct, which older SDKs
/// and the console send, are floats.
///
/// ```
/// use flytekit::types::{FlyteType, LiteralRef, LiteralWriter};
/// use serde_json::{Map, Value, json};
///
/// let given = json!({"layers": [64, 10], "dropout": null});
/// let bytes = LiteralWriter::to_bytes(|out| given.encode(out))?;
/// let read: Map<String, Value> = FlyteType::decode(LiteralRef::new(&bytes))?;
/// assert_eq!(Value::Object(read), given);
/// # Ok::<(), flytekit::types::ValueError>(())
/// ```
impl FlyteType for Map<String, Value> {
    const LITERAL_TYPE: LiteralType = LiteralType::Dict;
    const TAG: &'static str = "Typed Dict";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        data::decode(literal, "an object")
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        out.msgpack(|out| self.pack(out))
    }
}

impl FlyteData for Value {
    const SCHEMA: Json<'static> = Map::SCHEMA;
    const FIELD_TYPE: Option<Variant> = Map::FIELD_TYPE;

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        Map::unpack(value).map(Value::Object)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        match self {
            Value::Object(members) => members.pack(out),
            _ => Err(ValueError::mismatch("an object", self)),
        }
    }
}

/// Like a [`Map`]: only objects can be passed, because Flyte has no type for "any value".
impl FlyteType for Value {
    const LITERAL_TYPE: LiteralType = Map::LITERAL_TYPE;
    const TAG: &'static str = Map::TAG;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        Map::decode(literal).map(Value::Object)
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        out.msgpack(|out| self.pack(out))
    }
}

/// Writes any value.
pub(crate) fn write(out: MsgpackWriter<'_>, value: &Value) -> Result<Written, ValueError> {
    write_value(out, value, DEPTH)
}

fn read_value(value: &mut MsgpackReader<'_>, depth: usize) -> Result<Value, ValueError> {
    const EXPECTED: &str = "a value that JSON can represent";
    let at = *value;
    Ok(match value.kind()? {
        MsgpackKind::Nil => {
            value.nil();
            Value::Null
        }
        MsgpackKind::Boolean => value.boolean()?.into(),
        MsgpackKind::Integer => {
            let integer = Number::from_i128(value.integer()?);
            Value::Number(integer.ok_or_else(|| at.unexpected(EXPECTED))?)
        }
        MsgpackKind::Float => {
            let float = Number::from_f64(value.float()?);
            Value::Number(float.ok_or_else(|| at.unexpected(EXPECTED))?)
        }
        MsgpackKind::String => value.str()?.into(),
        MsgpackKind::Array => read_list(value, depth)?,
        MsgpackKind::Map => Value::Object(read_object(value, depth)?),
        MsgpackKind::Binary | MsgpackKind::Extension => return Err(at.unexpected(EXPECTED)),
    })
}

fn read_list(value: &mut MsgpackReader<'_>, depth: usize) -> Result<Value, ValueError> {
    let depth = below(depth)?;
    let mut items = Vec::new();
    for index in 0..value.array()? {
        items.push(read_value(value, depth).map_err(|error| error.at_index(index))?);
    }
    Ok(Value::Array(items))
}

fn read_object(
    value: &mut MsgpackReader<'_>,
    depth: usize,
) -> Result<Map<String, Value>, ValueError> {
    let depth = below(depth)?;
    let length = value.map()?;
    let mut members = Map::new();
    for _ in 0..length {
        if value.kind()? != MsgpackKind::String {
            return Err(value.unexpected("text as a key (for integers there is BTreeMap<i64, T>)"));
        }
        let key = value.str()?;
        let member = read_value(value, depth).map_err(|error| error.at_key(key))?;
        if members.insert(key.to_owned(), member).is_some() {
            return Err(ValueError::other("the key occurs twice").at_key(key));
        }
    }
    Ok(members)
}

fn write_value(out: MsgpackWriter<'_>, value: &Value, depth: usize) -> Result<Written, ValueError> {
    match value {
        Value::Null => Ok(out.nil()),
        Value::Bool(truth) => Ok(out.boolean(*truth)),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => Ok(out.str(text)),
        Value::Array(items) => {
            let depth = below(depth)?;
            out.array(items, |out, item| write_value(out, item, depth))
        }
        Value::Object(members) => write_object(out, members, depth),
    }
}

fn write_number(out: MsgpackWriter<'_>, number: &Number) -> Result<Written, ValueError> {
    if let Some(integer) = number.as_i64() {
        Ok(out.integer(integer))
    } else if let Some(integer) = number.as_u64() {
        Ok(out.unsigned(integer))
    } else {
        let float = number.as_f64();
        float
            .map(|float| out.float(float))
            .ok_or_else(|| ValueError::mismatch("a number of 64 bits", number))
    }
}

fn write_object(
    out: MsgpackWriter<'_>,
    members: &Map<String, Value>,
    depth: usize,
) -> Result<Written, ValueError> {
    let depth = below(depth)?;
    out.map(members, |out, key, value| {
        write_value(out, value, depth).map_err(|error| error.at_key(key))
    })
}

fn below(depth: usize) -> Result<usize, ValueError> {
    depth.checked_sub(1).ok_or_else(|| {
        ValueError::other(format!(
            "an object may be {DEPTH} levels deep, and this is deeper"
        ))
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use crate::types::{FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader};

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter("JSON has no others", |number| number.is_finite())
                .prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 20, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..20).prop_map(Value::from),
                btree_map(".{0,4}", inner, 0..20).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_written_is_read(members in btree_map(".{0,4}", any_value(), 0..20)) {
            let object: Value = members.into_iter().collect();
            let bytes = LiteralWriter::to_bytes(|out| object.encode(out)).unwrap();
            prop_assert_eq!(Value::decode(LiteralRef::new(&bytes)).unwrap(), object);
        }

        #[test]
        fn no_bytes_are_too_random(bytes in vec(any::<u8>(), 0..64)) {
            let mut value = MsgpackReader::new(&bytes);
            if let Ok(read) = super::read_value(&mut value, super::DEPTH) {
                let used = &bytes[..bytes.len() - value.remaining()];
                let again = super::MsgpackWriter::to_bytes(|out| super::write(out, &read)).unwrap();
                // Floats of 32 bits are written with 64.
                prop_assert!(again.len() <= 2 * used.len());
            }
        }
    }

    #[test]
    fn an_object_is_an_untyped_dict() {
        assert_eq!(Value::LITERAL_TYPE, crate::declare::LiteralType::Dict);
        let literal = LiteralWriter::to_bytes(|out| json!({"a": 1}).encode(out)).unwrap();
        // scalar { binary { value: {"a": 1} tag: "msgpack" } }
        assert_eq!(
            literal,
            b"\x0a\x11\x1a\x0f\x0a\x04\x81\xa1a\x01\x12\x07msgpack"
        );
    }

    fn refused(bytes: &[u8]) -> String {
        let mut value = MsgpackReader::new(bytes);
        Map::unpack(&mut value).unwrap_err().to_string()
    }

    #[test]
    fn what_json_has_no_form_for_is_refused() {
        for (bytes, message) in [
            (&b"\x07"[..], "expected an object, found integer 7"),
            (
                b"\x81\xa1a\xc4\x01x",
                r#"["a"]: expected a value that JSON can represent, found 1 bytes of binary data"#,
            ),
            (
                b"\x81\xa1a\x91\xcb\x7f\xf0\0\0\0\0\0\0",
                r#"["a"][0]: expected a value that JSON can represent, found float inf"#,
            ),
            (
                b"\x81\x07\x01",
                "expected text as a key (for integers there is BTreeMap<i64, T>), found integer 7",
            ),
            (b"\x82\xa1a\x01\xa1a\x01", r#"["a"]: the key occurs twice"#),
        ] {
            assert_eq!(refused(bytes), message);
        }
        let error = LiteralWriter::to_bytes(|out| json!([1]).encode(out)).unwrap_err();
        assert_eq!(error.to_string(), "expected an object, found [1]");
    }

    #[test]
    fn depth_has_an_end() {
        let mut deep = Value::Null;
        for _ in 0..127 {
            deep = json!([deep]);
        }
        let fits = json!({"a": deep});
        let bytes = LiteralWriter::to_bytes(|out| fits.encode(out)).unwrap();
        assert_eq!(Value::decode(LiteralRef::new(&bytes)).unwrap(), fits);
        let error = LiteralWriter::to_bytes(|out| json!({"a": [fits]}).encode(out)).unwrap_err();
        assert!(error.to_string().contains("128 levels"), "{error}");
        let mut bytes = b"\x81\xa1a".to_vec();
        bytes.resize(1_000_000, 0x91);
        bytes.push(0xc0);
        assert!(refused(&bytes).contains("128 levels"));
    }
}
