//! One of several types: enums whose variants have values.
//!
//! The derive writes a table with a [`Candidate`] for each variant. This module finds the variant of a value:
//!
//! - a literal that names its type is one of the variants with that tag;
//! - any other value is the first variant whose type it has exactly; if there is none, the first that accepts
//!   it with a conversion, such as an integer as a float; if there is none, the first that accepts it without
//!   the unknown fields;
//! - for an enum with a field that identifies its variants, only that field decides.

mod read;
#[cfg(test)]
mod tests;

pub use read::{decode, decode_by_field, unpack, unpack_by_field};

use super::{
    Content, FlyteData, LiteralRef, LiteralWriter, MsgpackReader, UnionRef, ValueError, Written,
    data,
};
use crate::declare::{
    Dataclass, EnumType, Json, LiteralType, SimpleType, Variant, encode_value, equal,
};
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
    /// The type only exists inside objects.
    Data,
}

impl<T> Candidate<T> {
    /// A variant with a value of another type.
    ///
    /// # Panics
    ///
    /// If that type is a union itself, or not a Flyte type.
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
             move its variants into this enum"
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

    /// A variant without a value; an enum can have only one.
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

    /// This variant with aliases.
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

    /// Whether the literal type of a value is this one.
    fn has_type(&self, union: UnionRef<'_>) -> Result<bool, ValueError> {
        Ok(match self.variant.literal_type {
            // The rest of a schema can be written in several ways.
            LiteralType::Dataclass(dataclass) => {
                let title = union.title()?;
                title.is_some_and(|title| title == dataclass.title)
            }
            _ => union.is_of(&self.variant),
        })
    }

    /// Whether a literal obviously has this type, and needs no conversion.
    fn is_shown_by(&self, content: &Content<'_>) -> bool {
        match (self.variant.literal_type, content) {
            (LiteralType::Simple(simple), content) => content.is_simple(simple),
            // A name is text as well, but not every text is a name.
            (LiteralType::Enum(_), Content::String(_))
            | (LiteralType::Collection(_), Content::Collection(_))
            | (LiteralType::Map(_), Content::Map(_))
            | (LiteralType::StructuredDataset(_), Content::StructuredDataset(_))
            | (LiteralType::Blob(_) | LiteralType::Pickle { .. }, Content::Blob(_)) => true,
            _ => false,
        }
    }
}

/// The type of the field that identifies a variant, with this value. In Python it is a `Literal`. It does not
/// appear in an interface, because a union has tags in place of fields' types.
pub const fn tag_type(value: &'static EnumType) -> Variant {
    Variant {
        literal_type: LiteralType::Enum(value),
        tag: "LiteralTypeTransformer",
    }
}

/// Writes a value with `encode`, as a literal of a union with the type `chosen`. Variants of the same type share
/// this code, which closures in the generated code would not.
///
/// # Errors
///
/// The errors of `encode`.
pub fn encode<T>(
    out: LiteralWriter<'_>,
    chosen: &'static Variant,
    value: &T,
    encode: fn(&T, LiteralWriter<'_>) -> Result<Written, ValueError>,
) -> Result<Written, ValueError> {
    out.union(chosen, |out| encode(value, out))
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
/// If two of them cannot be distinguished.
pub const fn variants<const N: usize, T>(candidates: &[Candidate<T>; N]) -> [Variant; N] {
    let mut variants = [Variant::NONE; N];
    // The indexes of primitive types: only these are compared, and they are few.
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
            simple as u8 != another as u8 || !equal(other.tag.as_bytes(), tag.as_bytes()),
            "two variants hold the same type in Python, such as `i64` and `u8`, and cannot be \
             told apart in the data"
        );
    }
}
