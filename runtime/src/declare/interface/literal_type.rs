//! The type of a value that crosses the wire: `flyteidl.core.LiteralType` as a constant.

use super::{BlobType, Dataclass, StructuredDatasetType};
use crate::declare::encoded;
use crate::declare::json::{Json, PREFIX_ROOM, encode_struct};
use crate::wire::Writer;

/// A `flyteidl.core.SimpleType`, by its number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// A point in time.
    Datetime = 5,
    /// A length of time.
    Duration = 6,
    /// The failure of a workflow.
    Error = 8,
}

/// `SimpleType.STRUCT`: an object, which other fields of the message describe.
const STRUCT: i64 = 9;

/// A `flyteidl.core.LiteralType`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LiteralType {
    /// A primitive, or no value.
    Simple(SimpleType),
    /// A list of values of one type.
    Collection(&'static LiteralType),
    /// A map from strings to values of one type.
    Map(&'static LiteralType),
    /// A table, stored somewhere.
    StructuredDataset(StructuredDatasetType<'static>),
    /// One of several types.
    Union(Union),
    /// A file or a folder, stored somewhere.
    Blob(BlobType<'static>),
    /// A file with a Python object, written by `pickle`.
    Pickle {
        /// Python's text for the object's class, such as `<class 'bytes'>`.
        python_class: &'static str,
    },
    /// One of several strings.
    Enum(&'static EnumType),
    /// An object of any members: Python's `dict`.
    Dict,
    /// An object of known members: one of Python's dataclasses.
    Dataclass(&'static Dataclass),
    /// Not a Flyte type, with the reason: for types that have the traits only for some of their parameters,
    /// such as an `Option` of an `Option`. Encoding it is an error.
    Refused(&'static str),
}

/// A `flyteidl.core.EnumType`: the allowed strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumType {
    /// The strings, in declaration order.
    pub values: &'static [&'static str],
    /// The encoded fields of the message, if they were encoded before.
    pub encoded: &'static [u8],
}

/// Several types, distinguished by their tags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Union {
    /// The types, in declaration order.
    pub variants: &'static [Variant],
    /// Whether the value may be none, which is then the last of the types.
    pub or_none: bool,
    /// The variants as encoded fields of `flyteidl.core.UnionType`, if they were encoded before.
    pub encoded: &'static [u8],
}

/// One type of a union, and the tag of its values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variant {
    /// The variant's type.
    pub literal_type: LiteralType,
    /// The name of flytekit's transformer for it (`int`, `Typed List`, …), in `structure.tag`.
    pub tag: &'static str,
}

impl LiteralType {
    /// Whether this is the type of none, which as a result means "no outputs".
    pub const fn is_none(&self) -> bool {
        matches!(self, LiteralType::Simple(SimpleType::None))
    }

    /// Whether values of this type are tables, or contain tables.
    pub const fn holds_dataset(&self) -> bool {
        match self {
            LiteralType::StructuredDataset(_) => true,
            LiteralType::Collection(inner) | LiteralType::Map(inner) => inner.holds_dataset(),
            LiteralType::Union(union) => {
                let mut rest = union.variants;
                while let [first, more @ ..] = rest {
                    if first.literal_type.holds_dataset() {
                        return true;
                    }
                    rest = more;
                }
                false
            }
            LiteralType::Dataclass(dataclass) => dataclass.holds_dataset(),
            _ => false,
        }
    }

    /// The type of lists of this type.
    pub(crate) const fn listed(&'static self) -> Self {
        match self {
            LiteralType::Refused(reason) => LiteralType::Refused(reason),
            element => LiteralType::Collection(element),
        }
    }

    /// The type of maps from strings to this type.
    pub(crate) const fn mapped(&'static self) -> Self {
        match self {
            LiteralType::Refused(reason) => LiteralType::Refused(reason),
            value => LiteralType::Map(value),
        }
    }

    /// The type, if it is a valid one: generated code calls this at the place where the user has written the
    /// type.
    ///
    /// # Panics
    ///
    /// If it is [`LiteralType::Refused`].
    #[doc(hidden)]
    #[must_use]
    pub const fn sound(self) -> Self {
        if let LiteralType::Refused(reason) = self {
            panic!("{}", reason);
        }
        self
    }

    /// Whether a value may be left out, which means none.
    pub(crate) const fn may_be_missing(&self) -> bool {
        matches!(self, LiteralType::Union(union) if union.or_none)
    }

    /// Whether this is the type of `Option<FlyteError>`.
    pub(crate) const fn is_optional_error(&self) -> bool {
        let LiteralType::Union(union) = self else {
            return false;
        };
        matches!(
            union.variants,
            [Variant {
                literal_type: LiteralType::Simple(SimpleType::Error),
                ..
            }]
        )
    }

    /// Room for the fields of the message: for most types, this is cheaper in const evaluation than counting
    /// their bytes.
    pub(super) const fn room(&self) -> usize {
        match self {
            // A tag and a number, with one byte each.
            LiteralType::Simple(_) => 2,
            LiteralType::Collection(inner) | LiteralType::Map(inner) => inner.room() + PREFIX_ROOM,
            _ => {
                let mut counting = Writer::counting();
                self.encode(&mut counting);
                counting.len()
            }
        }
    }

    /// Writes the fields of the message, without a prefix.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        if let LiteralType::Dataclass(dataclass) = self {
            let end = w.len();
            w.raw(dataclass.structure);
            w.message(11, end);
        }
        self.encode_without_structure(w);
    }

    /// Writes the fields without the structure, because the structure of a union's variant is its tag.
    const fn encode_without_structure(&self, w: &mut Writer<'_>) {
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
            LiteralType::Union(union) => union.encode(w),
            LiteralType::Blob(blob) => {
                let end = w.len();
                blob.encode(w);
                w.message(5, end);
            }
            LiteralType::Pickle { python_class } => {
                let end = w.len();
                encode_struct(w, &[("python_class_name", Json::String(python_class))]);
                w.message(6, end);
                let end = w.len();
                BlobType::PICKLE.encode(w);
                w.message(5, end);
            }
            LiteralType::Enum(choices) => {
                let end = w.len();
                choices.encode(w);
                w.message(7, end);
            }
            LiteralType::Dict => {
                w.raw(MSGPACK);
                w.int64(1, STRUCT);
            }
            LiteralType::Dataclass(dataclass) => {
                w.raw(MSGPACK);
                let end = w.len();
                w.raw(dataclass.schema);
                w.message(6, end);
                w.int64(1, STRUCT);
            }
            LiteralType::Refused(reason) => panic!("{}", *reason),
        }
    }
}

/// The last variant of a union whose values may be none, [`Variant::NONE`]. It is not encoded by its own
/// encoder, which needs this constant for a union in a union: an optimizing compiler sees a cycle there.
const NONE: &[u8] = encoded!(|w| {
    w.string(1, Variant::NONE.tag);
    w.message(11, 0);
    w.int64(1, SimpleType::None as i64);
    w.message(1, 0);
});

/// The `annotation` with the serialization format of values, by which flytekit distinguishes cached results
/// of an older format.
const MSGPACK: &[u8] = encoded!(|w| encode_msgpack_annotation(w));

const fn encode_msgpack_annotation(w: &mut Writer<'_>) {
    const METADATA: Json<'static> = Json::Strings(&[("serialization-format", "msgpack")]);
    let (annotation, annotations) = (w.len(), w.len());
    encode_struct(w, &[("cache-key-metadata", METADATA)]);
    w.message(1, annotations);
    w.message(9, annotation);
}

impl EnumType {
    const fn encode(&self, w: &mut Writer<'_>) {
        if !self.encoded.is_empty() {
            return w.raw(self.encoded);
        }
        let mut rest = self.values;
        while let [before @ .., last] = rest {
            w.string(1, last);
            rest = before;
        }
    }
}

impl Union {
    const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        if self.or_none {
            w.raw(NONE);
        }
        if self.encoded.is_empty() {
            Variant::encode_all(self.variants, w);
        } else {
            w.raw(self.encoded);
        }
        w.message(10, end);
    }

    /// All types of the union, including none.
    pub fn each(self) -> impl Iterator<Item = &'static Variant> {
        const NONE: &Variant = &Variant::NONE;
        self.variants.iter().chain(self.or_none.then_some(NONE))
    }
}

impl Variant {
    /// Like [`LiteralType::sound`].
    #[doc(hidden)]
    #[must_use]
    pub const fn sound(self) -> Self {
        let _ = self.literal_type.sound();
        self
    }

    /// The variant of none.
    pub const NONE: Variant = Variant {
        literal_type: LiteralType::Simple(SimpleType::None),
        tag: "none",
    };

    /// Writes the types as fields of `flyteidl.core.UnionType`.
    pub const fn encode_all(variants: &[Variant], w: &mut Writer<'_>) {
        let mut rest = variants;
        while let [before @ .., last] = rest {
            let end = w.len();
            last.encode(w);
            w.message(1, end);
            rest = before;
        }
    }

    /// Writes the variant's type with its tag: `LiteralType { …, structure { tag } }`.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        w.string_nonempty(1, self.tag);
        w.message(11, end);
        self.literal_type.encode_without_structure(w);
    }
}
