//! The type of an object whose members are known: one of Python's dataclasses, as a constant.

use super::Variant;
use crate::declare::json::{Json, PREFIX_ROOM, encode_value, value_room};
use crate::declare::sorted::compare;
use crate::wire::Writer;

/// The members of an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dataclass {
    /// The title in the schema; empty if it has no title.
    pub title: &'static str,
    /// The names of the fields, in declaration order.
    pub names: &'static [&'static str],
    /// The fields with another name in Rust: that name, and the name in `names`.
    pub renamed: &'static [(&'static str, &'static str)],
    /// The types of the fields; `None` for a field whose values are not literals.
    pub types: &'static [Option<Variant>],
    /// The encoded JSON schema: a `google.protobuf.Struct`.
    pub schema: &'static [u8],
    /// The encoded types of the fields: the `dataclass_type` of a `flyteidl.core.TypeStructure`.
    pub structure: &'static [u8],
}

impl Dataclass {
    /// The fields with their types, in declaration order.
    pub fn fields(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&'static str, Option<&'static Variant>)> {
        let types = self.types.iter().map(Option::as_ref);
        self.names.iter().copied().zip(types)
    }

    /// The name of the field with this name in Rust, and its type, if its values are literals.
    pub(in crate::declare) const fn member<'n>(&self, name: &'n str) -> (&'n str, Option<Variant>)
    where
        Self: 'n,
    {
        let mut named = name;
        let mut rest = self.renamed;
        while let [(in_rust, in_flyte), more @ ..] = rest {
            if compare(in_rust, name).is_eq() {
                named = in_flyte;
            }
            rest = more;
        }
        let mut place = 0;
        while place < self.names.len() {
            if compare(self.names[place], named).is_eq() {
                return (named, self.types[place]);
            }
            place += 1;
        }
        (named, None)
    }

    /// Whether the values of some field are tables, or contain tables.
    pub(super) const fn holds_dataset(&self) -> bool {
        let mut rest = self.types;
        while let [first, more @ ..] = rest {
            if let Some(field) = first
                && field.literal_type.holds_dataset()
            {
                return true;
            }
            rest = more;
        }
        false
    }
}

/// The facts about a dataclass that a derive writes. Its bytes are encoded from them only once, for any
/// number of tasks that take values of the type.
///
/// ```
/// use flytekit::declare::Record;
/// use flytekit::types::FlyteData;
///
/// const POINT: Record<'static> = Record {
///     names: &["y", "x"],
///     types: &[f64::FIELD_TYPE, f64::FIELD_TYPE],
///     schemas: &[f64::SCHEMA, f64::SCHEMA],
///     sorted: &[1, 0],
///     closing: b"",
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The names of the fields, in declaration order.
    pub names: &'a [&'a str],
    /// The types of the fields.
    pub types: &'a [Option<Variant>],
    /// The JSON schemas of the fields.
    pub schemas: &'a [Json<'a>],
    /// The indexes of the names in ascending order.
    pub sorted: &'a [usize],
    /// The encoded members after the properties in the schema: `required`, `title` and `type`.
    pub closing: &'a [u8],
}

impl Record<'_> {
    /// Writes the JSON schema, equal to mashumaro's for a dataclass.
    pub const fn encode_schema(&self, w: &mut Writer<'_>) {
        w.raw(self.closing);
        if !self.sorted.is_empty() {
            let properties = w.len();
            let mut rest = self.sorted;
            while let [before @ .., index] = rest {
                let end = w.len();
                encode_value(w, 2, &self.schemas[*index]);
                w.string_nonempty(1, self.names[*index]);
                w.message(1, end);
                rest = before;
            }
            w.message(5, properties);
            w.message(2, properties);
            w.string(1, "properties");
            w.message(1, properties);
        }
        w.raw(&ADDITIONAL_PROPERTIES);
    }

    /// Room for the output of [`Self::encode_schema`]. An exact count would process each schema twice.
    #[doc(hidden)]
    pub const fn schema_room(&self) -> usize {
        let mut room = self.closing.len() + ADDITIONAL_PROPERTIES.len();
        room += "properties".len() + 4 * PREFIX_ROOM;
        let mut index = 0;
        while index < self.names.len() {
            room += self.names[index].len() + value_room(&self.schemas[index]) + 2 * PREFIX_ROOM;
            index += 1;
        }
        room
    }

    /// Writes the types of the fields: `structure { dataclass_type { key value } … }`.
    pub const fn encode_structure(&self, w: &mut Writer<'_>) {
        let mut rest = self.sorted;
        while let [before @ .., index] = rest {
            if let Some(field) = &self.types[*index] {
                let entry = w.len();
                field.literal_type.encode(w);
                w.message(2, entry);
                w.string_nonempty(1, self.names[*index]);
                w.message(2, entry);
            }
            rest = before;
        }
    }

    /// Room for the output of [`Self::encode_structure`].
    #[doc(hidden)]
    pub const fn structure_room(&self) -> usize {
        let (mut room, mut index) = (0, 0);
        while index < self.names.len() {
            if let Some(field) = &self.types[index] {
                room += self.names[index].len() + field.literal_type.room() + 3 * PREFIX_ROOM;
            }
            index += 1;
        }
        room
    }

    /// Room for the schema and the structure.
    pub const fn room(&self) -> usize {
        self.schema_room() + self.structure_room()
    }

    /// The JSON schema and the types of the fields.
    ///
    /// # Panics
    ///
    /// If `ROOM` is too small.
    pub const fn encoded<const ROOM: usize>(&self) -> RecordBytes<ROOM> {
        let mut bytes = [0; ROOM];
        let mut w = Writer::new(&mut bytes);
        self.encode_structure(&mut w);
        let structure = w.len();
        self.encode_schema(&mut w);
        let all = w.len();
        RecordBytes {
            bytes,
            schema: ROOM - all,
            structure: ROOM - structure,
        }
    }
}

impl Record<'static> {
    /// The dataclass with this title and these [renamed](Dataclass::renamed) fields.
    pub const fn dataclass<const ROOM: usize>(
        &self,
        title: &'static str,
        renamed: &'static [(&'static str, &'static str)],
        bytes: &'static RecordBytes<ROOM>,
    ) -> Dataclass {
        let (before, structure) = bytes.bytes.split_at(bytes.structure);
        let (_, schema) = before.split_at(bytes.schema);
        Dataclass {
            title,
            names: self.names,
            renamed,
            types: self.types,
            schema,
            structure,
        }
    }
}

/// The output of [`Record::encoded`], at the end of some room: two constants would cost the compiler more.
#[derive(Debug)]
pub struct RecordBytes<const ROOM: usize> {
    bytes: [u8; ROOM],
    /// The offset of the schema.
    schema: usize,
    /// The offset of the structure.
    structure: usize,
}

/// `"additionalProperties": false`, which comes first.
const ADDITIONAL_PROPERTIES: [u8; 28] = *b"\x0a\x1a\x0a\x14additionalProperties\x12\x02\x20\x00";
