//! Properties of all values and all bytes of literals, compared with prost's tree.

mod tree;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::SystemTime;

use flytekit::types::{
    FlyteData, Hashed, LiteralMapRef, LiteralRef, MsgpackReader, MsgpackWriter, OutputsWriter,
};
use flytekit_proto::flyteidl::core::{
    Binary, Literal, LiteralMap, LiteralType, Scalar, literal, literal_type, primitive, scalar,
};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::collection::{btree_map, hash_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::tree::{Table, Tree, agree_on_all_types, agree_on_map, to_bytes};

/// Checks a value against its literal in prost's tree, byte by byte.
fn check<T: Tree>(value: &T) {
    let bytes = to_bytes(value);
    assert_eq!(bytes, value.to_tree().encode_to_vec());
    let read = T::decode(LiteralRef::new(&bytes)).expect("what was written");
    assert_eq!(to_bytes(&read), bytes);
}

fn check_equal<T: Tree + PartialEq + Debug>(value: &T) {
    check(value);
    assert_eq!(
        T::decode(LiteralRef::new(&to_bytes(value))).as_ref().ok(),
        Some(value)
    );
}

/// Compares the content of objects with another writer and reader of MessagePack.
fn check_packed<T: FlyteData + Serialize + DeserializeOwned>(value: &T) {
    let bytes =
        MsgpackWriter::to_bytes(|out| value.pack(out)).expect("a value that Flyte can hold");
    let theirs = rmp_serde::to_vec_named(value).expect("a value that MessagePack can hold");
    assert_eq!(bytes, theirs);
    let mut reader = MsgpackReader::new(&bytes);
    let read = T::unpack(&mut reader).expect("what was written");
    reader.finish().expect("no more than was written");
    assert_eq!(rmp_serde::to_vec_named(&read).expect("the same"), theirs);
    for end in (0..bytes.len()).step_by(bytes.len() / 50 + 1) {
        let mut cut = MsgpackReader::new(&bytes[..end]);
        T::unpack(&mut cut).err().expect("the end is missing");
    }
}

fn key() -> impl Strategy<Value = String> {
    // prost omits an empty key, which has a test of its own.
    "\\PC{1,6}"
}

fn table() -> impl Strategy<Value = Table> {
    let columns = vec(any::<String>(), 0..4);
    (any::<String>(), any::<String>(), columns).prop_map(|(uri, format, columns)| Table {
        uri,
        format,
        columns,
    })
}

/// The parts of a timestamp or a duration, valid or slightly invalid.
fn seconds_nanos() -> impl Strategy<Value = (i64, i32)> {
    let seconds = prop_oneof![
        -700_000_000_000..700_000_000_000_i64,
        -3..3_i64,
        any::<i64>(),
    ];
    let nanos = prop_oneof![Just(0), -1_000_000_001..1_000_000_001, any::<i32>(),];
    (seconds, nanos)
}

fn literal() -> impl Strategy<Value = Literal> {
    let leaf = prop_oneof![
        table().prop_map(|table| table.to_tree()),
        any::<i64>().prop_map(|value| tree::of_primitive(primitive::Value::Integer(value))),
        any::<u8>().prop_map(|value| tree::of_primitive(primitive::Value::Integer(value.into()))),
        any::<f64>().prop_map(|value| tree::of_primitive(primitive::Value::FloatValue(value))),
        any::<bool>().prop_map(|value| tree::of_primitive(primitive::Value::Boolean(value))),
        any::<String>().prop_map(|value| tree::of_primitive(primitive::Value::StringValue(value))),
        seconds_nanos().prop_map(|(seconds, nanos)| tree::of_primitive(
            primitive::Value::Datetime(prost_types::Timestamp { seconds, nanos })
        )),
        seconds_nanos().prop_map(|(seconds, nanos)| tree::of_primitive(
            primitive::Value::Duration(prost_types::Duration { seconds, nanos })
        )),
        Just(tree::of_none()),
        Just(Literal::default()),
        vec(any::<u8>(), 0..9).prop_map(|value| {
            let binary = scalar::Value::Binary(Binary {
                value,
                tag: "msgpack".to_owned(),
            });
            let scalar = Box::new(Scalar {
                value: Some(binary),
            });
            Literal {
                value: Some(literal::Value::Scalar(scalar)),
                ..Literal::default()
            }
        }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let tag = select(
            &[
                "int",
                "float",
                "bool",
                "str",
                "datetime",
                "date",
                "timedelta",
                "none",
                "Typed List",
                "Typed Dict",
                "StructuredDataset Transformer",
                "other",
                "",
            ][..],
        );
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(tree::of_collection),
            btree_map(key(), inner.clone(), 0..4).prop_map(tree::of_map),
            (inner.clone(), tag).prop_map(|(value, tag)| tree::of_union(
                value,
                tree::tagged(literal_type::Type::Simple(0), tag)
            )),
            inner
                .clone()
                .prop_map(|value| tree::of_union(value, LiteralType::default())),
            (inner, key()).prop_map(|(literal, hash)| Literal { hash, ..literal }),
        ]
    })
}

/// Changes bytes the way a bad disk or a bad programmer would.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Truncate(Index),
    Repeat(Index, Index),
}

impl Damage {
    fn any() -> impl Strategy<Value = Damage> {
        prop_oneof![
            any::<(Index, u8)>().prop_map(|(at, byte)| Damage::Set(at, byte)),
            any::<(Index, u8)>().prop_map(|(at, byte)| Damage::Insert(at, byte)),
            any::<Index>().prop_map(Damage::Remove),
            any::<Index>().prop_map(Damage::Truncate),
            any::<(Index, Index)>().prop_map(|(from, to)| Damage::Repeat(from, to)),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let at = |index: &Index| index.index(bytes.len());
        match self {
            Damage::Set(index, byte) => {
                let at = at(index);
                bytes[at] = *byte;
            }
            Damage::Insert(index, byte) => bytes.insert(at(index), *byte),
            Damage::Remove(index) => {
                bytes.remove(at(index));
            }
            Damage::Truncate(index) => bytes.truncate(at(index)),
            Damage::Repeat(from, to) => {
                let (from, to) = (at(from), at(to));
                bytes.extend_from_within(from.min(to)..from.max(to));
            }
        }
    }
}

fn damaged(mut bytes: Vec<u8>, damage: &[Damage]) -> Vec<u8> {
    for damage in damage {
        damage.apply(&mut bytes);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn integers(a: i8, b: i16, c: i32, d: i64, e: isize, f: u8, g: u16, h: u32) {
        check_equal(&a);
        check_equal(&b);
        check_equal(&c);
        check_equal(&d);
        check_equal(&e);
        check_equal(&f);
        check_equal(&g);
        check_equal(&h);
    }

    #[test]
    fn large_unsigned_integers(value in 0..=i64::MAX as u64) {
        check_equal(&value);
        check_equal(&usize::try_from(value).unwrap());
    }

    #[test]
    fn floats(wide: f64, narrow: f32, bits: u64) {
        check(&wide);
        check(&narrow);
        check(&f64::from_bits(bits));
    }

    #[test]
    fn text_and_booleans(text: String, truth: Option<bool>, float: f64) {
        check_equal(&text);
        check_equal(&truth.is_some());
        check_equal(&truth);
        check_equal(&Some(text));
        check(&Some(float));
    }

    #[test]
    fn lists(
        integers in vec(any::<i64>(), 0..200),
        texts in vec(any::<String>(), 0..20),
        nested in vec(vec(any::<Option<i16>>(), 0..8), 0..8),
    ) {
        check_equal(&integers);
        check_equal(&texts);
        check_equal(&nested);
        check_equal(&Some(nested));
    }

    #[test]
    fn maps(
        hashed in hash_map(key(), any::<i64>(), 0..20),
        sorted in btree_map(key(), vec(any::<Option<String>>(), 0..4), 0..20),
    ) {
        check_equal(&hashed);
        check_equal(&sorted);
    }

    #[test]
    fn what_is_inside_objects(
        integers: (i8, i16, i32, i64, u8, u16, u32),
        scalars: (f64, bool, String, ()),
        lists: (Vec<Option<i64>>, Vec<(u8, String)>, Vec<Vec<f64>>),
        texts in btree_map(any::<String>(), any::<Option<bool>>(), 0..20),
        numbers in btree_map(any::<i64>(), vec(any::<u8>(), 0..4), 0..20),
        length in 0..70_000_usize,
    ) {
        check_packed(&integers);
        check_packed(&scalars);
        check_packed(&lists);
        check_packed(&texts);
        check_packed(&numbers);
        let long = MsgpackWriter::to_bytes(|out| vec![(); length].pack(out)).unwrap();
        let read = Vec::<()>::unpack(&mut MsgpackReader::new(&long)).unwrap();
        prop_assert_eq!(read.len(), length);
    }

    #[test]
    fn damage_inside_objects_is_no_panic(
        value: (Vec<Option<i64>>, String, f64),
        damage in vec(Damage::any(), 1..4),
    ) {
        let bytes = MsgpackWriter::to_bytes(|out| value.pack(out)).unwrap();
        let bytes = damaged(bytes, &damage);
        let mut reader = MsgpackReader::new(&bytes);
        if let Ok(read) = <(Vec<Option<i64>>, String, f64)>::unpack(&mut reader) {
            check_packed(&read);
        }
        let mut whole = MsgpackReader::new(&bytes);
        if whole.skip().is_ok() {
            prop_assert!(whole.remaining() < bytes.len());
        }
    }

    #[test]
    fn times(
        seconds in -62_135_596_800..253_402_207_200_i64,
        length in -315_576_000_000..315_576_000_000_i64,
        nanos in 0..1_000_000_000_i32,
    ) {
        let point = jiff::Timestamp::new(seconds, nanos).unwrap();
        check_equal(&point);
        check_equal(&SystemTime::from(point));
        check_equal(&TimeZone::UTC.to_datetime(point));
        check_equal(&TimeZone::UTC.to_datetime(point).date());
        let length = SignedDuration::new(length, if length < 0 { -nanos } else { nanos });
        check_equal(&length);
        check_equal(&length.unsigned_abs());
    }

    #[test]
    fn hashed_values(values in vec((any::<i64>(), ".{0,9}"), 0..20)) {
        let hashed = values.into_iter().map(|(value, hash)| Hashed::new(value, hash));
        check_equal(&hashed.collect::<Vec<_>>());
    }

    #[test]
    fn tables(tables in vec(table(), 0..4), perhaps in proptest::option::of(table())) {
        check_equal(&tables);
        check_equal(&perhaps);
    }

    #[test]
    fn outputs_are_a_literal_map(integer: i64, text: String) {
        let mut outputs = OutputsWriter::new();
        outputs.output("text", &text).unwrap();
        outputs.output("integer", &integer).unwrap();
        let bytes = outputs.finish();
        let literals = BTreeMap::from([
            ("integer".to_owned(), integer.to_tree()),
            ("text".to_owned(), text.to_tree()),
        ]);
        prop_assert_eq!(&bytes, &LiteralMap { literals }.encode_to_vec());
        let names: Vec<_> = LiteralMapRef::new(&bytes).iter().map(|entry| entry.unwrap().0).collect();
        prop_assert_eq!(names, ["integer", "text"]);
    }

    #[test]
    fn any_literal_means_what_prost_says(literal in literal()) {
        agree_on_all_types(&literal.encode_to_vec());
    }

    #[test]
    fn damaged_literals_mean_what_prost_says(literal in literal(), damage in vec(Damage::any(), 1..4)) {
        let bytes = damaged(literal.encode_to_vec(), &damage);
        agree_on_all_types(&bytes);
    }

    #[test]
    fn damaged_maps_have_the_entries_that_prost_finds(
        literals in btree_map(key(), literal(), 0..4),
        damage in vec(Damage::any(), 0..3),
    ) {
        let bytes = damaged(LiteralMap { literals }.encode_to_vec(), &damage);
        agree_on_map(&bytes);
    }

    #[test]
    fn no_bytes_are_too_random(bytes in vec(any::<u8>(), 0..64)) {
        agree_on_all_types(&bytes);
        agree_on_map(&bytes);
    }
}
