use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use prost::Message as _;
use prost_types::value::Kind;

use crate::FlyteData;
use crate::declare::{Json, LiteralType, SimpleType, Variant};
use crate::types::{
    FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, ValueError,
    Written,
};

#[derive(Clone, Debug, PartialEq, FlyteData)]
#[flyte(crate = crate)]
enum Mixed {
    Ratio(f64),
    Count(u8),
    Words(Vec<String>),
    Numbers(Vec<i64>),
    Point {
        x: i64,
    },
    Place {
        x: i64,
        #[serde(default)]
        name: String,
    },
    Nothing,
}

#[derive(Clone, Debug, PartialEq, FlyteData)]
#[flyte(crate = crate)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Circle {
        radius: f64,
    },
    #[serde(alias = "quadrat")]
    Square {
        side: f64,
    },
    Nothing,
}

const WITHOUT_TAG: Variant = Variant {
    literal_type: LiteralType::Simple(SimpleType::Integer),
    tag: "",
};

const OTHER: Variant = Variant {
    literal_type: LiteralType::Simple(SimpleType::String),
    tag: "str",
};

fn literal(write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>) -> Vec<u8> {
    LiteralWriter::to_bytes(write).unwrap()
}

fn decoded<T: FlyteType>(
    write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
) -> Result<T, String> {
    T::decode(LiteralRef::new(&literal(write))).map_err(|error| error.to_string())
}

/// Reads a value from MessagePack, both directly and as a literal.
#[track_caller]
fn unpacked<T: FlyteType + PartialEq + std::fmt::Debug>(
    write: impl Fn(MsgpackWriter<'_>) -> Result<Written, ValueError>,
) -> Result<T, String> {
    let data = MsgpackWriter::to_bytes(&write).unwrap();
    let mut reader = MsgpackReader::new(&data);
    let read = T::unpack(&mut reader).map_err(|error| error.to_string());
    if read.is_ok() {
        assert_eq!((reader.remaining(), reader.is_exact()), (0, false));
    }
    assert_eq!(decoded(|out| out.msgpack(write)), read);
    read
}

fn mixed() -> [Mixed; 7] {
    [
        Mixed::Ratio(2.0),
        Mixed::Count(2),
        Mixed::Words(vec!["a".to_owned()]),
        Mixed::Numbers(vec![1]),
        Mixed::Point { x: 1 },
        Mixed::Place {
            x: 1,
            name: String::new(),
        },
        Mixed::Nothing,
    ]
}

#[test]
fn each_variant_is_read_again() {
    for value in mixed() {
        assert_eq!(decoded(|out| value.encode(out)).as_ref(), Ok(&value));
        assert_eq!(unpacked(|out| value.pack(out)).as_ref(), Ok(&value));
    }
    for value in [
        Shape::Circle { radius: 1.0 },
        Shape::Square { side: 1.0 },
        Shape::Nothing,
    ] {
        assert_eq!(decoded(|out| value.encode(out)).as_ref(), Ok(&value));
        assert_eq!(unpacked(|out| value.pack(out)).as_ref(), Ok(&value));
    }
}

#[test]
fn values_are_tagged_as_flytekit_does() {
    // scalar { union { value { scalar { primitive { integer: 2 } } }
    //                  type { simple: INTEGER structure { tag: "int" } } } }
    assert_eq!(
        literal(|out| Mixed::Count(2).encode(out)),
        b"\x0a\x15\x4a\x13\x0a\x06\x0a\x04\x0a\x02\x08\x02\x12\x09\x08\x01\x5a\x05\x0a\x03int"
    );
    let LiteralType::Union(union) = Mixed::LITERAL_TYPE else {
        panic!("an enum with values is a union");
    };
    let tags: Vec<_> = union.each().map(|variant| variant.tag).collect();
    let dataclass = "Object-Dataclass-Transformer";
    let expected = [
        "float",
        "int",
        "Typed List",
        "Typed List",
        dataclass,
        dataclass,
        "none",
    ];
    assert_eq!(tags, expected);
    let Json::AnyOfEncoded(schemas, false) = Mixed::SCHEMA else {
        panic!("a union has a schema of several");
    };
    let schemas = prost_types::ListValue::decode(schemas).expect("a list");
    // {"type": "integer"}
    let integer = prost_types::Struct::decode(&b"\x0a\x11\x0a\x04type\x12\x09\x1a\x07integer"[..]);
    assert_eq!(
        schemas.values[1].kind,
        Some(Kind::StructValue(integer.unwrap()))
    );
    assert_eq!(schemas.values.len(), 7);
    // {"kind": "nothing"}
    let data = MsgpackWriter::to_bytes(|out| Shape::Nothing.pack(out)).unwrap();
    assert_eq!(data, b"\x81\xa4kind\xa7nothing");
}

#[test]
fn what_is_stored_decides_before_the_order() {
    assert_eq!(decoded(|out| Ok(out.integer(2))), Ok(Mixed::Count(2)));
    assert_eq!(decoded(|out| Ok(out.float(2.0))), Ok(Mixed::Ratio(2.0)));
    assert_eq!(decoded(|out| Ok(out.none())), Ok(Mixed::Nothing));
    assert_eq!(unpacked(|out| Ok(out.integer(2))), Ok(Mixed::Count(2)));
    assert_eq!(unpacked(|out| Ok(out.float(2.0))), Ok(Mixed::Ratio(2.0)));
    assert_eq!(unpacked(|out| Ok(out.nil())), Ok(Mixed::Nothing));
    let object = |out: MsgpackWriter<'_>, name: &'static str| {
        out.object(|fields| {
            fields.field(name, |out| Ok(out.str("here")))?;
            fields.field("x", |out| Ok(out.integer(1)))
        })
    };
    let place = Mixed::Place {
        x: 1,
        name: "here".to_owned(),
    };
    assert_eq!(unpacked(|out| object(out, "name")), Ok(place));
    // No type has all of the fields: the first one that can be read without the unknown fields wins.
    assert_eq!(
        unpacked(|out| object(out, "title")),
        Ok(Mixed::Point { x: 1 })
    );
}

#[test]
fn what_fits_no_variant_as_it_is_is_converted() {
    // Too large for a `u8`.
    assert_eq!(decoded(|out| Ok(out.integer(300))), Ok(Mixed::Ratio(300.0)));
    assert_eq!(
        unpacked(|out| Ok(out.integer(300))),
        Ok(Mixed::Ratio(300.0))
    );
    let written = decoded(|out| out.union(&WITHOUT_TAG, |out| Ok(out.integer(300))));
    assert_eq!(written, Ok(Mixed::Ratio(300.0)));
}

#[test]
fn a_type_of_another_name_is_one_that_has_the_fields() {
    let mut place = literal(|out| {
        let name = "here".to_owned();
        Mixed::Place { x: 1, name }.encode(out)
    });
    let title = place.windows(5).position(|it| it == b"Place").unwrap();
    place[title..title + 5].copy_from_slice(b"Point");
    // The type in the literal decides; its objects have no name.
    let point = Mixed::decode(LiteralRef::new(&place)).unwrap();
    assert_eq!(point, Mixed::Point { x: 1 });
    place[title..title + 5].copy_from_slice(b"Plaza");
    let found = Mixed::decode(LiteralRef::new(&place)).unwrap();
    assert!(matches!(found, Mixed::Place { name, .. } if name == "here"));
}

#[test]
fn no_field_is_left_out_where_another_variant_has_it() {
    #[derive(Debug, PartialEq, FlyteData)]
    #[flyte(crate = crate)]
    enum Noted {
        Perhaps { note: Option<String> },
        Sizes { sizes: BTreeMap<i64, bool> },
    }

    let mut value = MsgpackReader::new(b"\x81\xa5sizes\x81\xa17\xc3");
    let sizes = BTreeMap::from([(7, true)]);
    assert_eq!(Noted::unpack(&mut value).unwrap(), Noted::Sizes { sizes });
    let mut value = MsgpackReader::new(b"\x81\xa4more\xc0");
    assert_eq!(
        Noted::unpack(&mut value).unwrap(),
        Noted::Perhaps { note: None }
    );
}

#[test]
fn what_fits_nothing_says_why() {
    let text = || Mixed::unpack(&mut MsgpackReader::new(b"\xa1x"));
    assert_eq!(
        text().unwrap_err().to_string(),
        "fits no variant: \
         `Ratio`: expected a float, found string \"x\"; \
         `Count`: expected an integer, found string \"x\"; \
         `Words`: expected a list, found string \"x\"; \
         `Numbers`: expected a list, found string \"x\"; \
         `Point`: expected an object, found string \"x\"; \
         `Place`: expected an object, found string \"x\"; \
         `Nothing`: expected none, found string \"x\""
    );
    let error = decoded::<Mixed>(|out| Ok(out.string("x"))).unwrap_err();
    assert!(error.starts_with("fits no variant: `Ratio`: expected a float, found string"));
    let error = decoded::<Mixed>(|out| out.union(&OTHER, |out| Ok(out.string("x"))));
    assert_eq!(
        error.unwrap_err(),
        r#"expected a union with tag "float", "int", "Typed List", "Object-Dataclass-Transformer" or "none", found a union with tag "str""#
    );
}

#[test]
fn a_field_decides_alone() {
    let object = |kind: &'static str| {
        unpacked(move |out| {
            out.object(|fields| {
                fields.field("kind", |out| Ok(out.str(kind)))?;
                fields.field("side", |out| Ok(out.integer(2)))?;
                fields.field("radius", |out| Ok(out.integer(1)))
            })
        })
    };
    assert_eq!(object("circle"), Ok(Shape::Circle { radius: 1.0 }));
    assert_eq!(object("square"), Ok(Shape::Square { side: 2.0 }));
    assert_eq!(object("quadrat"), Ok(Shape::Square { side: 2.0 }));
    assert_eq!(object("nothing"), Ok(Shape::Nothing));
    assert_eq!(
        object("Circle").unwrap_err(),
        r#"kind: expected "circle", "square" or "nothing", found string "Circle""#
    );
    let without = unpacked::<Shape>(|out| {
        out.object(|fields| fields.field("side", |out| Ok(out.integer(2))))
    });
    assert_eq!(without.unwrap_err(), "field `kind` is missing");
    let empty = unpacked::<Shape>(|out| {
        out.object(|fields| fields.field("kind", |out| Ok(out.str("circle"))))
    });
    assert_eq!(empty.unwrap_err(), "field `radius` is missing");
}

fn any_mixed() -> impl Strategy<Value = Mixed> {
    prop_oneof![
        any::<f64>().prop_map(Mixed::Ratio),
        any::<u8>().prop_map(Mixed::Count),
        vec(any::<String>(), 1..4).prop_map(Mixed::Words),
        vec(any::<i64>(), 1..4).prop_map(Mixed::Numbers),
        any::<i64>().prop_map(|x| Mixed::Point { x }),
        (any::<i64>(), any::<String>()).prop_map(|(x, name)| Mixed::Place { x, name }),
        Just(Mixed::Nothing),
    ]
}

fn any_shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        any::<f64>().prop_map(|radius| Shape::Circle { radius }),
        any::<f64>().prop_map(|side| Shape::Square { side }),
        Just(Shape::Nothing),
    ]
}

/// Reads the bytes as each of the types. Reading must end, with any results.
fn read(bytes: &[u8]) {
    let literal = LiteralRef::new(bytes);
    let _ = Mixed::decode(literal);
    let _ = Shape::decode(literal);
    let _ = Vec::<Option<Shape>>::decode(literal);
    let _ = Mixed::unpack(&mut MsgpackReader::new(bytes));
    let _ = Shape::unpack(&mut MsgpackReader::new(bytes));
}

proptest! {
    #[test]
    fn any_value_is_read_again(mixed in any_mixed(), shapes in vec(option::of(any_shape()), 0..4)) {
        prop_assert_eq!(decoded(|out| mixed.encode(out)), Ok(mixed.clone()));
        prop_assert_eq!(unpacked(|out| mixed.pack(out)), Ok(mixed.clone()));
        prop_assert_eq!(decoded(|out| shapes.encode(out)), Ok(shapes.clone()));
        prop_assert_eq!(unpacked(|out| shapes.pack(out)), Ok(shapes.clone()));
    }

    #[test]
    fn damaged_values_are_read_or_refused(
        mixed in any_mixed(),
        shapes in vec(option::of(any_shape()), 0..4),
        at in any::<Index>(),
        byte in any::<u8>(),
        end in any::<Index>(),
    ) {
        for mut bytes in [
            literal(|out| mixed.encode(out)),
            literal(|out| shapes.encode(out)),
            MsgpackWriter::to_bytes(|out| mixed.pack(out)).unwrap(),
            MsgpackWriter::to_bytes(|out| shapes.pack(out)).unwrap(),
        ] {
            let length = bytes.len();
            if length > 0 {
                bytes[at.index(length)] = byte;
                read(&bytes);
                read(&bytes[..end.index(length)]);
            }
        }
    }

    #[test]
    fn no_bytes_are_too_random(bytes in vec(any::<u8>(), 0..64)) {
        read(&bytes);
    }
}
