//! One of several types: enums whose variants hold values.
//!
//! What the derive writes is a table, with a [`Candidate`] for each variant. How a value finds its
//! variant is decided here:
//!
//! - a literal that says which type it has is one of the variants with that tag;
//! - any other value is the first variant that reads it as what it is; if there is none, the first
//!   that reads it converted, such as an integer as a float; if there is none, the first that reads
//!   it at all, without the fields that it does not have;
//! - an enum with a field that tells its variants apart is read by that field, and nothing else.

use super::{
    Content, FlyteData, FlyteType, LiteralRef, MsgpackReader, UnionRef, ValueError, choice, data,
};
use crate::declare::{Dataclass, EnumType, Json, LiteralType, SimpleType, Variant, encode_value};
use crate::wire::Writer;

/// One of the types that a value of the enum `T` may have.
#[derive(Debug)]
pub struct Candidate<T> {
    name: &'static str,
    aliases: &'static [&'static str],
    schema: Json<'static>,
    variant: Variant,
    decode: Decode<T>,
    unpack: Unpack<T>,
}

type Unpack<T> = fn(&mut MsgpackReader<'_>) -> Result<T, ValueError>;

#[derive(Debug)]
enum Decode<T> {
    Literal(fn(LiteralRef<'_>) -> Result<T, ValueError>),
    /// Only what stands inside an object has this form.
    Data,
}

impl<T> Candidate<T> {
    /// A variant that holds a value of another type.
    ///
    /// # Panics
    ///
    /// When that is a union itself, or no type of Flyte's.
    pub const fn new(
        name: &'static str,
        schema: Json<'static>,
        variant: Variant,
        decode: fn(LiteralRef<'_>) -> Result<T, ValueError>,
        unpack: Unpack<T>,
    ) -> Self {
        assert!(
            !matches!(variant.literal_type, LiteralType::Union(_)),
            "an enum or an `Option` inside an enum is not a Flyte type: Python has no unions in unions; \
             take its variants into this enum"
        );
        Candidate {
            name,
            aliases: &[],
            schema,
            variant: variant.sound(),
            decode: Decode::Literal(decode),
            unpack,
        }
    }

    /// A variant that holds nothing, and is alone in that.
    pub const fn none(
        name: &'static str,
        decode: fn(LiteralRef<'_>) -> Result<T, ValueError>,
        unpack: Unpack<T>,
    ) -> Self {
        Self::new(name, <()>::SCHEMA, Variant::NONE, decode, unpack)
    }

    /// A variant with fields.
    pub const fn dataclass(
        name: &'static str,
        dataclass: &'static Dataclass,
        unpack: Unpack<T>,
    ) -> Self {
        Candidate {
            name,
            aliases: &[],
            schema: Json::Encoded(dataclass.schema),
            variant: Variant {
                literal_type: LiteralType::Dataclass(dataclass),
                tag: "Object-Dataclass-Transformer",
            },
            decode: Decode::Data,
            unpack,
        }
    }

    /// The same, read under these names too.
    #[must_use]
    pub const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    fn decode(&self, literal: LiteralRef<'_>) -> Result<T, ValueError> {
        match self.decode {
            Decode::Literal(decode) => decode(literal),
            Decode::Data => data::decode_with(literal, "an object", self.unpack),
        }
    }

    /// Whether the literal type that came with a value is this one.
    fn has_type(&self, union: UnionRef<'_>) -> Result<bool, ValueError> {
        Ok(match self.variant.literal_type {
            // The rest of a schema is not written in one way only.
            LiteralType::Dataclass(dataclass) => {
                let title = union.title()?;
                title.is_some_and(|title| title == dataclass.title)
            }
            _ => union.is_of(&self.variant),
        })
    }

    /// Whether a literal shows that it is of this type, and needs no conversion.
    fn is_shown_by(&self, content: &Content<'_>) -> bool {
        use crate::declare::SimpleType::{
            Boolean, Datetime, Duration, Float, Integer, None, String,
        };
        match (self.variant.literal_type, content) {
            (LiteralType::Simple(simple), content) => matches!(
                (simple, content),
                (None, Content::None)
                    | (Integer, Content::Integer(_))
                    | (Float, Content::Float(_))
                    | (String, Content::String(_))
                    | (Boolean, Content::Boolean(_))
                    | (Datetime, Content::Datetime(_))
                    | (Duration, Content::Duration(_))
            ),
            // A name is text as well, but not each text is a name.
            (LiteralType::Enum(_), Content::String(_))
            | (LiteralType::Collection(_), Content::Collection(_))
            | (LiteralType::Map(_), Content::Map(_))
            | (LiteralType::StructuredDataset(_), Content::StructuredDataset(_))
            | (LiteralType::Blob(_) | LiteralType::Pickle { .. }, Content::Blob(_)) => true,
            _ => false,
        }
    }
}

/// The type of the field that tells variants apart, of which one has this value. In Python it is a
/// `Literal`; in an interface it does not show, because a union keeps tags in place of fields' types.
pub const fn tag_type(value: &'static EnumType) -> Variant {
    Variant {
        literal_type: LiteralType::Enum(value),
        tag: "LiteralTypeTransformer",
    }
}

/// Writes the JSON schemas of the variants as the items of a list.
pub const fn encode_schemas<T>(candidates: &[Candidate<T>], w: &mut Writer<'_>) {
    let mut rest = candidates;
    while let [before @ .., last] = rest {
        encode_value(w, 1, &last.schema);
        rest = before;
    }
}

/// The types of the variants.
///
/// # Panics
///
/// When nobody could tell two of them apart.
pub const fn variants<const N: usize, T>(candidates: &[Candidate<T>; N]) -> [Variant; N] {
    let mut variants = [Variant::NONE; N];
    // Where those are that are primitives: only they are compared, and they are few.
    let (mut primitives, mut count) = ([0; N], 0);
    let mut index = 0;
    while index < N {
        let variant = candidates[index].variant;
        variants[index] = variant;
        if let LiteralType::Simple(simple) = variant.literal_type {
            let mut before = 0;
            while before < count {
                refuse_twin(&variants[primitives[before]], simple, variant.tag);
                before += 1;
            }
            primitives[count] = index;
            count += 1;
        }
        index += 1;
    }
    variants
}

const fn refuse_twin(other: &Variant, simple: SimpleType, tag: &str) {
    if let LiteralType::Simple(another) = other.literal_type {
        assert!(
            simple as u8 != another as u8 || !same(other.tag, tag),
            "two variants hold the same type of Python's, such as `i64` and `u8`: nobody could \
             tell them apart in the data"
        );
    }
}

const fn same(one: &str, another: &str) -> bool {
    let (mut one, mut another) = (one.as_bytes(), another.as_bytes());
    while let ([a, rest_of_one @ ..], [b, rest_of_another @ ..]) = (one, another) {
        if *a != *b {
            return false;
        }
        (one, another) = (rest_of_one, rest_of_another);
    }
    one.is_empty() && another.is_empty()
}

/// Reads a value of one of the types.
///
/// # Errors
///
/// When it is of none of them; says what was tried, and why it is not that.
pub fn unpack<T>(
    value: &mut MsgpackReader<'_>,
    candidates: &[Candidate<T>],
) -> Result<T, ValueError> {
    unpack_first(value, candidates.iter())
}

/// Reads a literal of one of the types.
///
/// # Errors
///
/// When it is malformed, or of none of them; says what was tried, and why it is not that.
pub fn decode<T: FlyteType>(
    literal: LiteralRef<'_>,
    candidates: &[Candidate<T>],
) -> Result<T, ValueError> {
    let union = match literal.content()? {
        Content::Union(union) => union,
        Content::Offloaded(_) => return data::decode(literal, "a value"),
        _ => return decode_first(literal, candidates.iter()),
    };
    let Some(tag) = union.tag()? else {
        return decode_first(union.value(), candidates.iter());
    };
    let tagged = candidates.iter().filter(|it| it.variant.tag == tag);
    match (tagged.clone().next(), tagged.clone().nth(1)) {
        (None, _) => Err(other_tag(literal, candidates)),
        (Some(only), None) => only.decode(union.value()),
        (Some(_), Some(_)) => decode_typed(union, tagged),
    }
}

#[cold]
fn other_tag<T>(literal: LiteralRef<'_>, candidates: &[Candidate<T>]) -> ValueError {
    let mut tags: Vec<&str> = candidates.iter().map(|it| it.variant.tag).collect();
    tags.dedup();
    let expected = format!("a union of tag {}", choice::one_of(&tags));
    ValueError::unexpected(expected, literal)
}

/// Reads a value of one of several types that have one tag: first as the type that it says it has.
fn decode_typed<'c, T: 'c>(
    union: UnionRef<'_>,
    candidates: impl Iterator<Item = &'c Candidate<T>> + Clone,
) -> Result<T, ValueError> {
    for candidate in candidates.clone() {
        if candidate.has_type(union)? {
            return candidate.decode(union.value());
        }
    }
    decode_first(union.value(), candidates)
}

/// Reads a literal as the first of the types that it fits.
fn decode_first<'c, T: 'c>(
    literal: LiteralRef<'_>,
    candidates: impl Iterator<Item = &'c Candidate<T>> + Clone,
) -> Result<T, ValueError> {
    let content = literal.content()?;
    if let Content::Binary(_) | Content::Generic(_) = content {
        let first = |value: &mut MsgpackReader<'_>| unpack_first(value, candidates);
        return data::decode_with(literal, "data", first);
    }
    let mut shown = candidates.clone().filter(|it| it.is_shown_by(&content));
    if let Some(read) = shown.find_map(|it| it.decode(literal).ok()) {
        return Ok(read);
    }
    first_of(candidates, |candidate| candidate.decode(literal))
}

/// Reads a value as the first of the types that it fits: as it is stored, or else converted.
fn unpack_first<'c, T: 'c>(
    value: &mut MsgpackReader<'_>,
    candidates: impl Iterator<Item = &'c Candidate<T>> + Clone,
) -> Result<T, ValueError> {
    let start = *value;
    let mut unpack = |candidate: &Candidate<T>, from| {
        *value = from;
        (candidate.unpack)(value)
    };
    // As it is; converted, but with nothing left out. Whoever asks for one of these asks again.
    let attempts = [start.exact(), start.only_known()];
    let attempts = match (start.is_exact(), start.is_only_known()) {
        (true, _) => &[][..],
        (_, true) => &attempts[..1],
        _ => &attempts,
    };
    let strictly = attempts.iter().find_map(|from| {
        let mut each = candidates.clone();
        each.find_map(|candidate| unpack(candidate, *from).ok())
    });
    let found = match strictly {
        Some(found) => Ok(found),
        None => first_of(candidates, |candidate| unpack(candidate, start)),
    };
    *value = value.like(start);
    found
}

/// What the first of the attempts gives that succeeds, or why each did not.
fn first_of<'c, T: 'c>(
    candidates: impl Iterator<Item = &'c Candidate<T>>,
    mut read: impl FnMut(&Candidate<T>) -> Result<T, ValueError>,
) -> Result<T, ValueError> {
    let mut reasons = Vec::new();
    for candidate in candidates {
        match read(candidate) {
            Ok(found) => return Ok(found),
            Err(reason) => reasons.push(format!("`{}`: {reason}", candidate.name)),
        }
    }
    let reasons = reasons.join("; ");
    Err(ValueError::other(format!("fits no variant: {reasons}")))
}

/// Reads an object of the type that its field `field` names.
///
/// # Errors
///
/// When it is no object, or not of the type that it says it is.
pub fn unpack_by_field<T>(
    value: &mut MsgpackReader<'_>,
    field: &'static str,
    candidates: &[Candidate<T>],
) -> Result<T, ValueError> {
    let mut ahead = *value;
    let mut fields = ahead.object()?;
    while let Some(name) = fields.next_name()? {
        if name != field {
            fields.skip()?;
            continue;
        }
        let mut found = None;
        fields.take(field, &mut found, |value| {
            let name = value.str()?;
            let called = candidates.iter().find(|it| it.is_called(name));
            called.ok_or_else(|| other_name(name, candidates))
        })?;
        let candidate = found.ok_or_else(|| ValueError::missing(field))?;
        return (candidate.unpack)(value);
    }
    Err(ValueError::missing(field))
}

#[cold]
fn other_name<T>(name: &str, candidates: &[Candidate<T>]) -> ValueError {
    let names: Vec<_> = candidates.iter().map(|it| it.name).collect();
    choice::unknown(name, &names)
}

/// The same from a literal.
///
/// # Errors
///
/// When it is malformed, and those of [`unpack_by_field`].
pub fn decode_by_field<T: FlyteType>(literal: LiteralRef<'_>) -> Result<T, ValueError> {
    match literal.content()? {
        Content::Union(union) => data::decode(union.value(), "an object"),
        _ => data::decode(literal, "an object"),
    }
}

#[cfg(test)]
mod tests {
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

    /// Reads it from MessagePack, as a value and as a literal.
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
        let integer =
            prost_types::Struct::decode(&b"\x0a\x11\x0a\x04type\x12\x09\x1a\x07integer"[..]);
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
        // No type has all of the fields: the first that has enough of them.
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
        // As the type says, whose objects have no name.
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
            r#"expected a union of tag "float", "int", "Typed List", "Object-Dataclass-Transformer" or "none", found a union of tag "str""#
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

    /// Reads it as each of the types; whatever they say, they come to an end.
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
}
