//! An optional value: a union of a type and none.

use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    UnionRef, ValueError, Written, data,
};
use crate::declare::{Json, LiteralType, Short, SimpleType, Union, Variant};

impl<T: FlyteData> FlyteData for Option<T> {
    const SCHEMA: Json<'static> = match T::SCHEMA {
        Json::AnyOf(schemas, _) => Json::AnyOf(schemas, true),
        Json::AnyOfEncoded(schemas, _) => Json::AnyOfEncoded(schemas, true),
        _ => match Parts::<T>::SHORT_SCHEMA.bytes() {
            Some(schema) => Json::AnyOfEncoded(schema, true),
            None => Json::AnyOf(Parts::<T>::SCHEMA, true),
        },
    };
    const FIELD_TYPE: Option<Variant> = match Parts::<T>::FIELD_TYPE {
        Some(variants) => Some(Variant {
            literal_type: or_none(variants),
            tag: TAG,
        }),
        None => None,
    };
    const DEFAULT: Json<'static> = Json::Null;

    fn missing() -> Option<Self> {
        Some(None)
    }

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        if value.nil() {
            Ok(None)
        } else {
            T::unpack(value).map(Some)
        }
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        match self {
            Some(value) => value.pack(out),
            None => Ok(out.nil()),
        }
    }
}

/// Python's `Optional[T]`: a union of `T` and none.
///
/// An option is read from a union with either tag, from a union without a tag, or from the bare value:
/// backends and launch plans bind constants without a union around them.
///
/// An option inside an option is refused, because Flyte has only one null:
///
/// ```compile_fail,E0080
/// # use flytekit::prelude::*;
/// #[task]
/// fn count(_number: Option<Option<i64>>) {}
/// ```
///
/// An option of `()` is refused for the same reason:
///
/// ```compile_fail,E0080
/// # use flytekit::prelude::*;
/// #[task]
/// fn count(_nothing: Option<()>) {}
/// ```
impl<T: FlyteType> FlyteType for Option<T> {
    const LITERAL_TYPE: LiteralType = or_none(&[Variant::of::<T>()]);
    const TAG: &'static str = TAG;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::None => Ok(None),
            Content::Union(union) => decode_union(union, literal),
            Content::Binary(_) | Content::Offloaded(_) => {
                data::decode(literal, "an optional value")
            }
            _ => T::decode(literal).map(Some),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        match self {
            // A union writes itself.
            Some(value) if matches!(T::LITERAL_TYPE, LiteralType::Union(_)) => value.encode(out),
            Some(value) => out.union(Parts::<T>::SOME, |out| value.encode(out)),
            None => out.union(&Variant::NONE, |out| ().encode(out)),
        }
    }
}

/// The name of flytekit's transformer.
const TAG: &str = "Typed Union";

/// The types inside an option, as constants that can be referred to.
struct Parts<T>(T);

impl<T: FlyteData> Parts<T> {
    const SCHEMA: &'static [Json<'static>] = &[T::SCHEMA];
    const SHORT_SCHEMA: Short = Short::items(Self::SCHEMA);
    const FIELD_TYPE: Option<&'static [Variant]> = match &T::FIELD_TYPE {
        Some(variant) => Some(std::slice::from_ref(variant)),
        None => None,
    };
}

impl<T: FlyteType> Parts<T> {
    const SOME: &'static Variant = &Variant::of::<T>();
}

/// The union of a type and none; if the type is a union, none is added to its variants, because Python has no
/// unions in unions.
const fn or_none(one: &'static [Variant]) -> LiteralType {
    let [only] = one else {
        panic!("an option is of one type");
    };
    let union = match only.literal_type {
        LiteralType::Refused(reason) => return LiteralType::Refused(reason),
        LiteralType::Union(Union { or_none: true, .. }) => {
            return LiteralType::Refused(
                "an `Option` of an `Option` is not a Flyte type: Flyte has only one kind of none; write \
                 one `Option`",
            );
        }
        LiteralType::Simple(SimpleType::None) => {
            return LiteralType::Refused(
                "an `Option` of `()` is not a Flyte type: Flyte has only one kind of none; write a `bool`",
            );
        }
        LiteralType::Union(union) if holds_none(union.variants) => {
            return LiteralType::Refused(
                "an `Option` of an enum that has none among its variants is not a Flyte type: Flyte has \
                 only one kind of none; remove the variant or the `Option`",
            );
        }
        LiteralType::Union(union) => union,
        _ => Union {
            variants: one,
            or_none: false,
            encoded: &[],
        },
    };
    LiteralType::Union(Union {
        or_none: true,
        ..union
    })
}

const fn holds_none(mut variants: &[Variant]) -> bool {
    while let [variant, rest @ ..] = variants {
        if variant.literal_type.is_none() {
            return true;
        }
        variants = rest;
    }
    false
}

fn decode_union<T: FlyteType>(
    union: UnionRef<'_>,
    literal: LiteralRef<'_>,
) -> Result<Option<T>, ValueError> {
    match union.tag()? {
        None => decode_bare(union.value()),
        Some(tag) if tag == Variant::NONE.tag => <()>::decode(union.value()).map(|()| None),
        Some(_) if matches!(T::LITERAL_TYPE, LiteralType::Union(_)) => T::decode(literal).map(Some),
        Some(tag) if tag == T::TAG => T::decode(union.value()).map(Some),
        Some(_) => Err(ValueError::unexpected(
            format!(
                "a union with tag \"{}\" or \"{}\"",
                T::TAG,
                Variant::NONE.tag
            ),
            literal,
        )),
    }
}

fn decode_bare<T: FlyteType>(literal: LiteralRef<'_>) -> Result<Option<T>, ValueError> {
    match literal.content()? {
        Content::None => Ok(None),
        _ => T::decode(literal).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use crate::declare::{LiteralType, SimpleType, Variant};
    use crate::types::{FlyteType, LiteralRef, LiteralWriter, ValueError, Written};

    const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);

    fn read(
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Option<i64>, String> {
        let literal = LiteralWriter::to_bytes(write).unwrap();
        Option::decode(LiteralRef::new(&literal)).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_tagged_as_flytekit_does() {
        let some = LiteralWriter::to_bytes(|out| Some(3_i64).encode(out)).unwrap();
        // scalar { union { value { scalar { primitive { integer: 3 } } }
        //                  type { simple: INTEGER structure { tag: "int" } } } }
        assert_eq!(
            some,
            b"\x0a\x15\x4a\x13\x0a\x06\x0a\x04\x0a\x02\x08\x03\x12\x09\x08\x01\x5a\x05\x0a\x03int"
        );
        let none = LiteralWriter::to_bytes(|out| None::<i64>.encode(out)).unwrap();
        // scalar { union { value { scalar { none_type {} } }
        //                  type { simple: NONE structure { tag: "none" } } } }
        assert_eq!(
            none,
            b"\x0a\x14\x4a\x12\x0a\x04\x0a\x02\x2a\x00\x12\x0a\x08\x00\x5a\x06\x0a\x04none"
        );
    }

    #[test]
    fn tagged_untagged_and_bare_values_are_read() {
        static UNTAGGED: Variant = Variant {
            literal_type: INTEGER,
            tag: "",
        };
        assert_eq!(read(|out| Some(3_i64).encode(out)), Ok(Some(3)));
        assert_eq!(read(|out| None::<i64>.encode(out)), Ok(None));
        assert_eq!(read(|out| Ok(out.integer(3))), Ok(Some(3)));
        assert_eq!(read(|out| Ok(out.none())), Ok(None));
        assert_eq!(
            read(|out| out.union(&UNTAGGED, |out| Ok(out.integer(3)))),
            Ok(Some(3))
        );
        assert_eq!(
            read(|out| out.union(&UNTAGGED, |out| Ok(out.none()))),
            Ok(None)
        );
    }

    #[test]
    fn other_tags_are_refused() {
        static OTHER: Variant = Variant {
            literal_type: INTEGER,
            tag: "Integer",
        };
        assert_eq!(
            read(|out| out.union(&OTHER, |out| Ok(out.integer(3)))).unwrap_err(),
            r#"expected a union with tag "int" or "none", found a union with tag "Integer""#
        );
        assert_eq!(
            read(|out| out.union(&Variant::NONE, |out| Ok(out.integer(3)))).unwrap_err(),
            "expected none, found integer 3"
        );
    }
}
