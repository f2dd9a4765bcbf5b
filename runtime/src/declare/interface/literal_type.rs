//! The type of a value that crosses the wire: `flyteidl.core.LiteralType` as a constant.

use super::{BlobType, StructuredDatasetType};
use crate::declare::json::{Json, encode_object, encode_struct};
use crate::declare::sorted::{Descending, Keys};
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
    /// A point in time.
    Datetime = 5,
    /// A length of time.
    Duration = 6,
}

/// `SimpleType.STRUCT`: an object, of which more is said beside it.
const STRUCT: i64 = 9;

/// A `flyteidl.core.LiteralType`.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// A file with an object of Python's, as its `pickle` stores it.
    Pickle {
        /// What Python prints for the object's class, such as `<class 'bytes'>`.
        python_class: &'static str,
    },
    /// One of these strings.
    Enum(&'static [&'static str]),
    /// An object of any members: Python's `dict`.
    Dict,
    /// An object of known members: one of Python's dataclasses.
    Dataclass(&'static Dataclass),
}

/// Several types, told apart by their tags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Union {
    /// The types, in declaration order.
    pub variants: &'static [Variant],
    /// Whether there may be no value at all, which is then the last of the types.
    pub or_none: bool,
}

/// One type of a union, and the tag under which values of it are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variant {
    /// The variant's type.
    pub literal_type: LiteralType,
    /// The name of flytekit's transformer for it (`int`, `Typed List`, …), in `structure.tag`.
    pub tag: &'static str,
}

/// What is known about an object's members.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dataclass {
    /// Its JSON schema.
    pub schema: Json<'static>,
    /// Its fields' types, in declaration order; a field whose values are no literals has none.
    pub fields: &'static [(&'static str, Option<Variant>)],
}

impl LiteralType {
    /// Whether this is the type of no value at all, which as a result means "no outputs".
    pub const fn is_none(&self) -> bool {
        matches!(self, LiteralType::Simple(SimpleType::None))
    }

    /// Whether values of this type are tables, or hold some.
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
            LiteralType::Dataclass(dataclass) => {
                let mut rest = dataclass.fields;
                while let [(_, field), more @ ..] = rest {
                    if let Some(field) = field
                        && field.literal_type.holds_dataset()
                    {
                        return true;
                    }
                    rest = more;
                }
                false
            }
            _ => false,
        }
    }

    /// Writes the fields of the message, without a prefix.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        if let LiteralType::Dataclass(dataclass) = self {
            dataclass.encode_structure(w);
        }
        self.encode_without_structure(w);
    }

    /// The structure is left out: that of a union's variant is its tag.
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
            LiteralType::Enum(values) => {
                let end = w.len();
                let mut rest = *values;
                while let [before @ .., last] = rest {
                    w.string(1, last);
                    rest = before;
                }
                w.message(7, end);
            }
            LiteralType::Dict => {
                encode_msgpack_annotation(w);
                w.int64(1, STRUCT);
            }
            LiteralType::Dataclass(dataclass) => {
                encode_msgpack_annotation(w);
                dataclass.encode_schema(w);
                w.int64(1, STRUCT);
            }
        }
    }
}

/// Says in `annotation` how values are serialized, by which flytekit keeps apart what was cached
/// under an older form.
const fn encode_msgpack_annotation(w: &mut Writer<'_>) {
    const METADATA: Json<'static> = Json::Strings(&[("serialization-format", "msgpack")]);
    let (annotation, annotations) = (w.len(), w.len());
    encode_struct(w, &[("cache-key-metadata", METADATA)]);
    w.message(1, annotations);
    w.message(9, annotation);
}

impl Dataclass {
    /// The name that the schema gives it.
    pub fn title(&self) -> Option<&'static str> {
        let Json::Object(members) = self.schema else {
            return None;
        };
        members.iter().find_map(|member| match member {
            ("title", Json::String(title)) => Some(*title),
            _ => None,
        })
    }

    const fn encode_schema(&self, w: &mut Writer<'_>) {
        let end = w.len();
        encode_object(w, &self.schema);
        w.message(6, end);
    }

    /// `structure { dataclass_type { key value } … }`
    const fn encode_structure(&self, w: &mut Writer<'_>) {
        let end = w.len();
        let keys = Keys::Entries(self.fields);
        let mut order = Descending::of(&keys);
        while let Some(index) = order.next(&keys) {
            let (name, field) = &self.fields[index];
            if let Some(field) = field {
                let entry = w.len();
                field.literal_type.encode(w);
                w.message(2, entry);
                w.string_nonempty(1, name);
                w.message(2, entry);
            }
        }
        w.message(11, end);
    }
}

impl Union {
    const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        if self.or_none {
            let variant_end = w.len();
            Variant::NONE.encode(w);
            w.message(1, variant_end);
        }
        let mut rest = self.variants;
        while let [before @ .., last] = rest {
            let variant_end = w.len();
            last.encode(w);
            w.message(1, variant_end);
            rest = before;
        }
        w.message(10, end);
    }

    /// All types that a value may have.
    pub fn each(self) -> impl Iterator<Item = &'static Variant> {
        const NONE: &Variant = &Variant::NONE;
        self.variants.iter().chain(self.or_none.then_some(NONE))
    }
}

impl Variant {
    /// No value.
    pub const NONE: Variant = Variant {
        literal_type: LiteralType::Simple(SimpleType::None),
        tag: "none",
    };

    /// Writes the variant's type with its tag: `LiteralType { …, structure { tag } }`.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        w.string_nonempty(1, self.tag);
        w.message(11, end);
        self.literal_type.encode_without_structure(w);
    }
}
