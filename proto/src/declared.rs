//! The declarations in the messages' descriptors: the fields that are used to read and print bytes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::wire::{Payload, ReadError, Reader};

/// The descriptors of all messages and services of this crate and of the well-known types that they
/// use, as an encoded `google.protobuf.FileDescriptorSet` without comments.
///
/// ```
/// use prost::Message;
///
/// let files = prost_types::FileDescriptorSet::decode(flytekit_proto::FILE_DESCRIPTOR_SET)?;
/// assert!(files.file.iter().any(|file| file.name() == "flyteidl/core/tasks.proto"));
/// # Ok::<(), prost::DecodeError>(())
/// ```
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("gen/descriptors.bin");

static DECLARED: LazyLock<Declared> = LazyLock::new(|| {
    let mut declared = Declared::default();
    declared
        .files(FILE_DESCRIPTOR_SET)
        .expect("the checked-in descriptors are valid");
    declared
});

/// The message type with this full name.
pub(crate) fn message(name: &str) -> Option<&'static MessageType> {
    DECLARED.messages.get(name)
}

/// All declarations, by full name.
#[derive(Default)]
struct Declared {
    messages: BTreeMap<String, MessageType>,
    enums: BTreeMap<String, EnumType>,
}

/// A message's fields.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct MessageType {
    pub(crate) name: String,
    /// Sorted by number.
    pub(crate) fields: Vec<Field>,
    /// Whether it is the entry type of a map, with a key (1) and a value (2).
    pub(crate) is_map_entry: bool,
}

impl MessageType {
    pub(crate) fn field(&self, number: u32) -> Option<&Field> {
        let found = self.fields.binary_search_by_key(&number, |it| it.number);
        found.ok().map(|index| &self.fields[index])
    }
}

/// An enum's names.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct EnumType {
    pub(crate) name: String,
    names: BTreeMap<i32, &'static str>,
}

impl EnumType {
    /// The name of a number; None if only a newer version knows it.
    pub(crate) fn name_of(&self, number: i32) -> Option<&'static str> {
        self.names.get(&number).copied()
    }
}

/// A field of a message.
#[derive(Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) name: &'static str,
    pub(crate) json_name: &'static str,
    pub(crate) is_repeated: bool,
    /// The oneof that it is a member of.
    pub(crate) oneof: Option<u64>,
    pub(crate) kind: Kind,
    /// The full name of a message or an enum.
    type_name: &'static str,
}

impl Field {
    /// Whether the field can be present with its default value; other fields of proto3 cannot be
    /// distinguished from missing ones.
    pub(crate) fn has_presence(&self) -> bool {
        self.kind == Kind::Message || self.oneof.is_some()
    }

    /// The type of a field of [`Kind::Message`].
    pub(crate) fn message(&self) -> &'static MessageType {
        &DECLARED.messages[self.type_name]
    }

    /// The type of a field of [`Kind::Enum`].
    pub(crate) fn choices(&self) -> &'static EnumType {
        &DECLARED.enums[self.type_name]
    }
}

/// The type of a field's values, or of a list's elements. Only types that the messages of this crate use are
/// listed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Double,
    Float,
    Int64,
    Uint64,
    Int32,
    Bool,
    String,
    Message,
    Bytes,
    Uint32,
    Enum,
}

impl Kind {
    /// The type with this number in `google.protobuf.FieldDescriptorProto.Type`.
    fn of(number: u64) -> Option<Self> {
        Some(match number {
            1 => Kind::Double,
            2 => Kind::Float,
            3 => Kind::Int64,
            4 => Kind::Uint64,
            5 => Kind::Int32,
            8 => Kind::Bool,
            9 => Kind::String,
            11 => Kind::Message,
            12 => Kind::Bytes,
            13 => Kind::Uint32,
            14 => Kind::Enum,
            _ => return None,
        })
    }
}

/// A field of a descriptor: its number and its content.
type Part = (u32, Payload<'static>);

fn parts(bytes: &'static [u8]) -> Result<Vec<Part>, ReadError> {
    Reader::new(bytes).collect()
}

/// Reads `google.protobuf.FileDescriptorSet` and its parts by field number.
impl Declared {
    fn files(&mut self, set: &'static [u8]) -> Result<(), ReadError> {
        for (_, file) in parts(set)? {
            self.file(&parts(file.bytes()?)?)?;
        }
        Ok(())
    }

    fn file(&mut self, file: &[Part]) -> Result<(), ReadError> {
        let package = text(file, 2)?;
        for (number, declaration) in file {
            match number {
                4 => self.message(package, declaration.bytes()?)?,
                5 => self.choices(package, declaration.bytes()?)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn message(&mut self, scope: &str, bytes: &'static [u8]) -> Result<(), ReadError> {
        let message = parts(bytes)?;
        let name = join(scope, text(&message, 1)?);
        let mut declared = MessageType::default();
        for (number, part) in message {
            match number {
                2 => declared.fields.extend(field(&parts(part.bytes()?)?)?),
                3 => self.message(&name, part.bytes()?)?,
                4 => self.choices(&name, part.bytes()?)?,
                7 => declared.is_map_entry = number_of(&parts(part.bytes()?)?, 7)? == Some(1),
                _ => {}
            }
        }
        declared.fields.sort_unstable_by_key(|field| field.number);
        declared.name.clone_from(&name);
        self.messages.insert(name, declared);
        Ok(())
    }

    fn choices(&mut self, scope: &str, bytes: &'static [u8]) -> Result<(), ReadError> {
        let parts_of_enum = parts(bytes)?;
        let name = join(scope, text(&parts_of_enum, 1)?);
        let mut declared = EnumType {
            name: name.clone(),
            names: BTreeMap::new(),
        };
        for (_, value) in parts_of_enum.iter().filter(|(number, _)| *number == 2) {
            let value = parts(value.bytes()?)?;
            let number = number_of(&value, 2)?.unwrap_or_default();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "an enum's number is an int32"
            )]
            declared.names.insert(number as i32, text(&value, 1)?);
        }
        self.enums.insert(name, declared);
        Ok(())
    }
}

/// None if the field's type is missing from [`Kind`]: its values are skipped. Only
/// `google.protobuf.FloatValue` has such a field, and nothing uses that message.
fn field(field: &[Part]) -> Result<Option<Field>, ReadError> {
    const REPEATED: u64 = 3;
    let Some(kind) = number_of(field, 5)?.and_then(Kind::of) else {
        return Ok(None);
    };
    let number = number_of(field, 3)?.and_then(|number| u32::try_from(number).ok());
    Ok(Some(Field {
        number: number.ok_or(ReadError::FieldNumber)?,
        name: text(field, 1)?,
        json_name: text(field, 10)?,
        is_repeated: number_of(field, 4)? == Some(REPEATED),
        oneof: number_of(field, 9)?,
        kind,
        // Fully qualified names begin with a dot.
        type_name: text(field, 6)?.trim_start_matches('.'),
    }))
}

fn part(parts: &[Part], number: u32) -> Option<Payload<'static>> {
    let found = parts.iter().find(|(found, _)| *found == number);
    found.map(|(_, payload)| *payload)
}

fn text(parts: &[Part], number: u32) -> Result<&'static str, ReadError> {
    part(parts, number).map_or(Ok(""), Payload::str)
}

fn number_of(parts: &[Part], number: u32) -> Result<Option<u64>, ReadError> {
    part(parts, number).map(Payload::varint).transpose()
}

fn join(scope: &str, name: &str) -> String {
    format!("{scope}.{name}")
}
