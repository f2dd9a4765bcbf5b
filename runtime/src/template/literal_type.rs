//! The type of a value that crosses the wire: `flyteidl.core.LiteralType` as a constant.

use super::StructuredDatasetType;
use crate::wire::Writer;

/// A `flyteidl.core.SimpleType`, by its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimpleType {
    /// No value: Rust's `()`, Python's `None`.
    None = 0,
    /// A 64-bit signed integer.
    Integer = 1,
    /// A 64-bit float.
    Float = 2,
    /// UTF-8 text.
    String = 3,
    /// True or false.
    Boolean = 4,
}

/// A `flyteidl.core.LiteralType`.
///
/// Build unions with [`Variant`], which carries the tag that flytekit reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralType {
    /// A primitive, or no value.
    Simple(SimpleType),
    /// A list of values of one type.
    Collection(&'static LiteralType),
    /// A map from strings to values of one type.
    Map(&'static LiteralType),
    /// A table, stored somewhere.
    StructuredDataset(StructuredDatasetType<'static>),
    /// One of several types, told apart by their tags.
    Union(&'static [Variant]),
}

/// One type of a union, and the tag under which values of it are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The variant's type.
    pub literal_type: LiteralType,
    /// The name of flytekit's transformer for it (`int`, `Typed List`, …), in `structure.tag`.
    pub tag: &'static str,
}

impl LiteralType {
    /// Whether this is the type of no value at all, which as a result means "no outputs".
    pub const fn is_none(&self) -> bool {
        matches!(self, LiteralType::Simple(SimpleType::None))
    }

    /// Whether values of this type are tables, or hold some.
    pub const fn holds_dataset(&self) -> bool {
        match self {
            LiteralType::Simple(_) => false,
            LiteralType::StructuredDataset(_) => true,
            LiteralType::Collection(inner) | LiteralType::Map(inner) => inner.holds_dataset(),
            LiteralType::Union(variants) => {
                let mut rest = *variants;
                while let [first, more @ ..] = rest {
                    if first.literal_type.holds_dataset() {
                        return true;
                    }
                    rest = more;
                }
                false
            }
        }
    }

    /// Writes the fields of the message, without a prefix.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        match self {
            LiteralType::Simple(simple) => w.int64(1, *simple as i64),
            LiteralType::Collection(element) => {
                let end = w.len();
                element.encode(w);
                w.message(3, end);
            }
            LiteralType::Map(value) => {
                let end = w.len();
                value.encode(w);
                w.message(4, end);
            }
            LiteralType::StructuredDataset(dataset) => {
                let end = w.len();
                dataset.encode(w);
                w.message(8, end);
            }
            LiteralType::Union(variants) => {
                let end = w.len();
                let mut rest = *variants;
                while let [before @ .., last] = rest {
                    let variant_end = w.len();
                    last.encode(w);
                    w.message(1, variant_end);
                    rest = before;
                }
                w.message(10, end);
            }
        }
    }
}

impl Variant {
    /// Writes the variant's type with its tag: `LiteralType { …, structure { tag } }`.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        w.string_nonempty(1, self.tag);
        w.message(11, end);
        self.literal_type.encode(w);
    }
}
