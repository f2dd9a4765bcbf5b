//! Converts protobuf's generic objects to MessagePack.
//!
//! Older SDKs and the console write dataclasses and `dict`s as `google.protobuf.Struct`. All its numbers are
//! floats; a float without a fraction is accepted as an integer.

use std::collections::BTreeMap;

use super::literal::read_entry;
use super::{GenericRef, MsgpackWriter, ValueError, Written};
use crate::wire::{Payload, ReadError, Reader};

/// The maximum nesting of lists and objects, which is more than protobuf accepts.
const DEPTH: usize = 100;

/// The object as MessagePack, sorted by key.
pub(crate) fn to_msgpack(object: GenericRef<'_>) -> Result<Vec<u8>, ValueError> {
    MsgpackWriter::to_bytes(|out| write_struct(out, object.bytes(), DEPTH))
}

/// If several entries have the same key, the last one wins, as in every protobuf map.
fn write_struct(out: MsgpackWriter<'_>, bytes: &[u8], depth: usize) -> Result<Written, ValueError> {
    let depth = below(depth)?;
    let mut members = BTreeMap::new();
    for field in Reader::new(bytes) {
        if let (1, entry) = field? {
            let (key, value) = read_entry(entry.bytes()?)?;
            members.insert(key.to_owned(), value);
        }
    }
    out.map(&members, |out, key, value| {
        write_value(out, value, depth).map_err(|error| error.at_key(key))
    })
}

/// Writes a `google.protobuf.Value`, whose last member wins.
fn write_value(out: MsgpackWriter<'_>, bytes: &[u8], depth: usize) -> Result<Written, ValueError> {
    let mut member: Option<(u32, Payload<'_>)> = None;
    for field in Reader::new(bytes) {
        let (number, payload) = field?;
        let again = member.is_some_and(|(before, _)| before == number);
        if again && matches!(number, 5 | 6) {
            return Err(ReadError::Split.into());
        }
        if matches!(number, 1..=6) {
            member = Some((number, payload));
        }
    }
    Ok(match member {
        Some((1, payload)) => {
            payload.varint()?;
            out.nil()
        }
        Some((2, payload)) => out.float(payload.double()?),
        Some((3, payload)) => out.str(payload.str()?),
        Some((4, payload)) => out.boolean(payload.varint()? != 0),
        Some((5, payload)) => write_struct(out, payload.bytes()?, depth)?,
        Some((_, payload)) => write_list(out, payload.bytes()?, depth)?,
        None => {
            return Err(ValueError::other(
                "malformed struct: a value without a kind",
            ));
        }
    })
}

fn write_list(out: MsgpackWriter<'_>, bytes: &[u8], depth: usize) -> Result<Written, ValueError> {
    let depth = below(depth)?;
    let mut items = Vec::new();
    for field in Reader::new(bytes) {
        if let (1, item) = field? {
            items.push(item.bytes()?);
        }
    }
    out.array(items, |out, item| write_value(out, item, depth))
}

fn below(depth: usize) -> Result<usize, ValueError> {
    depth.checked_sub(1).ok_or_else(|| {
        ValueError::other(format!(
            "malformed struct: it is more than {DEPTH} levels deep"
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use flytekit_proto::flyteidl::core::{Literal, Scalar, literal, scalar};
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use proptest::sample::Index;
    use prost::Message;
    use prost_types::value::Kind;
    use prost_types::{ListValue, Struct, Value};

    use crate::types::{FlyteData, FlyteType, LiteralRef, MsgpackReader};

    fn value(kind: Kind) -> Value {
        Value { kind: Some(kind) }
    }

    fn of(fields: impl IntoIterator<Item = (String, Value)>) -> Struct {
        Struct {
            fields: fields.into_iter().collect(),
        }
    }

    fn literal(object: Struct) -> Vec<u8> {
        let scalar = Scalar {
            value: Some(scalar::Value::Generic(object)),
        };
        let literal = Literal {
            value: Some(literal::Value::Scalar(Box::new(scalar))),
            ..Literal::default()
        };
        literal.encode_to_vec()
    }

    fn read<T: FlyteType>(object: Struct) -> Result<T, String> {
        T::decode(LiteralRef::new(&literal(object))).map_err(|error| error.to_string())
    }

    /// The JSON of a value, computed through prost's tree.
    fn json(value: &Value) -> serde_json::Value {
        match value.kind.as_ref().expect("a value") {
            Kind::NullValue(_) => serde_json::Value::Null,
            Kind::NumberValue(number) => (*number).into(),
            Kind::StringValue(text) => text.as_str().into(),
            Kind::BoolValue(truth) => (*truth).into(),
            Kind::StructValue(object) => object_json(object),
            Kind::ListValue(list) => list.values.iter().map(json).collect(),
        }
    }

    fn object_json(object: &Struct) -> serde_json::Value {
        let members = object.fields.iter();
        members
            .map(|(key, value)| (key.clone(), json(value)))
            .collect()
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(value(Kind::NullValue(0))),
            any::<f64>()
                .prop_filter("JSON has no others", |number| number.is_finite())
                .prop_map(|number| value(Kind::NumberValue(number))),
            ".{0,40}".prop_map(|text| value(Kind::StringValue(text))),
            any::<bool>().prop_map(|truth| value(Kind::BoolValue(truth))),
        ];
        leaf.prop_recursive(4, 40, 20, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..20)
                    .prop_map(|values| value(Kind::ListValue(ListValue { values }))),
                btree_map(".{0,4}", inner, 0..20)
                    .prop_map(|fields| value(Kind::StructValue(of(fields)))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_object_means_what_prost_says(fields in btree_map(".{0,4}", any_value(), 0..20)) {
            let object = of(fields);
            let expected = object_json(&object);
            prop_assert_eq!(read::<serde_json::Value>(object), Ok(expected));
        }

        #[test]
        fn damaged_objects_mean_what_prost_says(
            fields in btree_map(".{0,4}", any_value(), 0..8),
            damage in vec(any::<(Index, u8)>(), 0..4),
        ) {
            let mut bytes = of(fields).encode_to_vec();
            for (index, byte) in damage {
                if !bytes.is_empty() {
                    let at = index.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            let Ok(packed) = super::to_msgpack(super::GenericRef::new(&bytes)) else {
                return Ok(());
            };
            prop_assert!(packed.len() <= bytes.len() + 1);
            // prost also checks replaced values, and JSON has no infinities.
            let read = serde_json::Value::unpack(&mut MsgpackReader::new(&packed));
            if let (Ok(tree), Ok(read)) = (Struct::decode(&*bytes), read) {
                prop_assert_eq!(read, object_json(&tree));
            }
        }

        #[test]
        fn no_bytes_are_too_random(bytes in vec(any::<u8>(), 0..64)) {
            let _ = super::to_msgpack(super::GenericRef::new(&bytes));
        }
    }

    #[test]
    fn numbers_without_a_fraction_are_integers() {
        let numbers = of([
            ("a".to_owned(), value(Kind::NumberValue(3.0))),
            ("b".to_owned(), value(Kind::NumberValue(-7.0))),
        ]);
        let expected = BTreeMap::from([("a".to_owned(), 3_i64), ("b".to_owned(), -7)]);
        assert_eq!(read(numbers.clone()), Ok(expected.clone()));
        assert_eq!(read(numbers), Ok(Some(expected)));
        let fraction = of([("a".to_owned(), value(Kind::NumberValue(3.5)))]);
        assert_eq!(
            read::<BTreeMap<String, i64>>(fraction),
            Err(r#"["a"]: expected an integer, found float 3.5"#.to_owned())
        );
    }

    #[test]
    fn a_value_of_no_kind_is_refused() {
        let empty = of([("a".to_owned(), Value { kind: None })]);
        assert_eq!(
            read::<BTreeMap<String, i64>>(empty),
            Err(r#"["a"]: malformed struct: a value without a kind"#.to_owned())
        );
    }

    #[test]
    fn depth_has_an_end() {
        let mut deep = value(Kind::NullValue(0));
        for _ in 0..100 {
            deep = value(Kind::ListValue(ListValue { values: vec![deep] }));
        }
        let error = read::<serde_json::Value>(of([("a".to_owned(), deep)])).unwrap_err();
        assert!(
            error.ends_with("malformed struct: it is more than 100 levels deep"),
            "{error}"
        );
    }
}
