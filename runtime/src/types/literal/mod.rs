//! A lazy view of a literal's bytes, a `flyteidl.core.Literal`.
//!
//! One level is read at a time, guided by the expected type. So deep literals cost nothing unless the type is
//! as deep, and no tree is built.
//!
//! As in protobuf, the last member of a oneof wins. A singular message that occurs several times would have
//! to be merged; no writer produces such bytes, and reading them is an error ([`ReadError::Split`]) rather
//! than a wrong value.

mod collections;
mod scalars;
#[cfg(test)]
mod tests;
mod union;

use std::fmt;

pub(super) use collections::read_entry;
pub use collections::{CollectionRef, Elements, Entries, LiteralMapRef};
pub use scalars::{BinaryRef, BlobRef, ErrorRef, GenericRef, OffloadedRef};
pub use union::UnionRef;

use super::error::Excerpt;
use super::{MsgpackReader, StructuredDatasetRef, msgpack};
use crate::declare::SimpleType;
use crate::wire::{ReadError, Reader};

/// The bytes of a `flyteidl.core.Literal`, borrowed.
///
/// ```
/// use flytekit::types::{Content, LiteralRef};
///
/// // scalar { primitive { integer: 7 } }
/// let literal = LiteralRef::new(&[0x0a, 4, 0x0a, 2, 0x08, 7]);
/// assert!(matches!(literal.content(), Ok(Content::Integer(7))));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LiteralRef<'a> {
    bytes: &'a [u8],
}

/// The content of a literal.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Content<'a> {
    /// An explicit null: `none_type`.
    None,
    /// An `int64`.
    Integer(i64),
    /// A `double`.
    Float(f64),
    /// A string.
    String(&'a str),
    /// A boolean.
    Boolean(bool),
    /// A point in time, counted from 1970 in UTC.
    Datetime(SecondsNanos),
    /// A duration.
    Duration(SecondsNanos),
    /// A list.
    Collection(CollectionRef<'a>),
    /// A map with string keys.
    Map(LiteralMapRef<'a>),
    /// A value of a union, with its type.
    Union(UnionRef<'a>),
    /// Bytes with a tag that names their encoding; flytekit writes `msgpack`.
    Binary(BinaryRef<'a>),
    /// The location of a file or a folder.
    Blob(BlobRef<'a>),
    /// The location of a table.
    StructuredDataset(StructuredDatasetRef<'a>),
    /// The failure of a workflow.
    Error(ErrorRef<'a>),
    /// A generic object, a `google.protobuf.Struct`, which older flytekits wrote.
    Generic(GenericRef<'a>),
    /// An offloaded literal, which is stored elsewhere because of its size.
    Offloaded(OffloadedRef<'a>),
    /// Content that no Rust type accepts, named for messages: "a schema", ….
    Other(&'static str),
}

impl Content<'_> {
    /// Whether the content has this type, without a conversion.
    pub(crate) fn is_simple(&self, simple: SimpleType) -> bool {
        matches!(
            (simple, self),
            (SimpleType::None, Content::None)
                | (SimpleType::Integer, Content::Integer(_))
                | (SimpleType::Float, Content::Float(_))
                | (SimpleType::String, Content::String(_))
                | (SimpleType::Boolean, Content::Boolean(_))
                | (SimpleType::Datetime, Content::Datetime(_))
                | (SimpleType::Duration, Content::Duration(_))
                | (SimpleType::Error, Content::Error(_))
        )
    }
}

/// A point in time or a duration: a `google.protobuf.Timestamp` or `Duration`.
///
/// The nanoseconds of a timestamp are never negative; those of a duration have the sign of its seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondsNanos {
    /// Whole seconds.
    pub seconds: i64,
    /// The fraction of a second, in billionths.
    pub nanos: i32,
}

impl SecondsNanos {
    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut time = SecondsNanos::default();
        for field in Reader::new(bytes) {
            match field? {
                (1, payload) => time.seconds = payload.varint()?.cast_signed(),
                // Like protobuf, this truncates a varint that is longer than its field.
                #[expect(clippy::cast_possible_truncation, reason = "as in protobuf")]
                (2, payload) => time.nanos = payload.varint()?.cast_signed() as i32,
                _ => {}
            }
        }
        Ok(time)
    }
}

impl<'a> LiteralRef<'a> {
    /// Views the encoded message; nothing is read yet.
    pub const fn new(bytes: &'a [u8]) -> Self {
        LiteralRef { bytes }
    }

    /// The encoded message.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The content, one level deep.
    ///
    /// # Errors
    ///
    /// If the bytes that must be read are not a literal.
    pub fn content(self) -> Result<Content<'a>, ReadError> {
        if let Some(fields) = self.plain_primitive() {
            return primitive_content(fields);
        }
        match last_member(self.bytes, |number| matches!(number, 1..=3 | 8))? {
            Some((1, scalar)) => scalar_content(scalar),
            Some((2, collection)) => Ok(Content::Collection(CollectionRef::new(collection))),
            Some((3, map)) => Ok(Content::Map(LiteralMapRef::new(map))),
            Some((_, offloaded)) => OffloadedRef::read(offloaded).map(Content::Offloaded),
            None => Ok(Content::Other("an empty literal")),
        }
    }

    /// The bytes of this literal's scalar; empty if this is not a scalar.
    pub(crate) fn scalar(self) -> &'a [u8] {
        let mut scalar: &[u8] = &[];
        for field in Reader::new(self.bytes) {
            if let Ok((1, payload)) = field {
                scalar = payload.bytes().unwrap_or_default();
            }
        }
        scalar
    }

    /// The hash with which a cache identifies the value; empty if it has none.
    ///
    /// # Errors
    ///
    /// If the bytes are not a literal.
    pub fn hash(self) -> Result<&'a str, ReadError> {
        last_string(self.bytes, 4)
    }

    /// The metadata that the writer has added, as pairs of strings.
    ///
    /// # Errors
    ///
    /// If the bytes are not a literal.
    pub fn metadata(self) -> Result<Vec<(&'a str, &'a str)>, ReadError> {
        let mut entries = Vec::new();
        for field in Reader::new(self.bytes) {
            if let (5, payload) = field? {
                let (mut key, mut value) = ("", "");
                for field in Reader::new(payload.bytes()?) {
                    match field? {
                        (1, payload) => key = payload.str()?,
                        (2, payload) => value = payload.str()?,
                        _ => {}
                    }
                }
                entries.push((key, value));
            }
        }
        Ok(entries)
    }

    /// The integer of a literal in the usual layout, if it is one.
    #[inline]
    pub(super) fn plain_integer(self) -> Option<i64> {
        let [0x08, varint @ ..] = self.plain_primitive()? else {
            return None;
        };
        whole_varint(varint).map(u64::cast_signed)
    }

    /// The float of a literal in the usual layout, if it is one.
    #[inline]
    pub(super) fn plain_float(self) -> Option<f64> {
        let [0x11, bits @ ..] = self.plain_primitive()? else {
            return None;
        };
        Some(f64::from_le_bytes(bits.try_into().ok()?))
    }

    /// The MessagePack of a literal in the usual layout, if it has some.
    #[inline]
    pub(super) fn plain_msgpack(self) -> Option<&'a [u8]> {
        let binary = whole_message(0x1a, whole_message(0x0a, self.bytes)?)?;
        whole_message(0x0a, binary.strip_suffix(b"\x12\x07msgpack")?)
    }

    /// The fields of a `Primitive` below a `Scalar`, if there are no other fields around them.
    #[inline]
    fn plain_primitive(self) -> Option<&'a [u8]> {
        match self.bytes {
            [0x0a, scalar @ 0..0x80, 0x0a, primitive, fields @ ..]
                if usize::from(*primitive) == fields.len()
                    && usize::from(*scalar) == fields.len() + 2 =>
            {
                Some(fields)
            }
            _ => None,
        }
    }
}

/// The value of a varint that takes all of the bytes.
#[inline]
fn whole_varint(bytes: &[u8]) -> Option<u64> {
    let (last, before) = bytes.split_last()?;
    let mut value = 0;
    let mut continues = 0x80;
    for (index, byte) in before.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        continues &= byte;
    }
    let fits = before.len() < 9 || (before.len() == 9 && *last == 1);
    (fits && continues != 0 && *last < 0x80).then(|| value | u64::from(*last) << (7 * before.len()))
}

/// The content of the only field, if it has this tag and is length-delimited.
#[inline]
fn whole_message(tag: u8, bytes: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(bytes.strip_prefix(&[tag])?);
    let length = usize::try_from(reader.varint().ok()?).ok()?;
    Some(reader.rest()).filter(|rest| rest.len() == length)
}

/// The last of the fields that are members of a oneof of messages, with its number.
fn last_member(
    bytes: &[u8],
    is_member: fn(u32) -> bool,
) -> Result<Option<(u32, &[u8])>, ReadError> {
    let mut member: Option<(u32, &[u8])> = None;
    let mut split = false;
    for field in Reader::new(bytes) {
        let (number, payload) = field?;
        if is_member(number) {
            split = member.is_some_and(|(before, _)| before == number);
            member = Some((number, payload.bytes()?));
        }
    }
    if split {
        Err(ReadError::Split)
    } else {
        Ok(member)
    }
}

/// The content of a message field outside of a oneof; empty if the field is missing.
pub(super) fn only(bytes: &[u8], number: u32) -> Result<Option<&[u8]>, ReadError> {
    let mut found = None;
    for field in Reader::new(bytes) {
        let (field, payload) = field?;
        if field == number && found.replace(payload.bytes()?).is_some() {
            return Err(ReadError::Split);
        }
    }
    Ok(found)
}

/// The string of a field; the last occurrence wins.
pub(super) fn last_string(bytes: &[u8], number: u32) -> Result<&str, ReadError> {
    let mut text = "";
    for field in Reader::new(bytes) {
        let (field, payload) = field?;
        if field == number {
            text = payload.str()?;
        }
    }
    Ok(text)
}

fn scalar_content(scalar: &[u8]) -> Result<Content<'_>, ReadError> {
    let Some((number, content)) = last_member(scalar, |number| matches!(number, 1..=9))? else {
        return Ok(Content::Other("an empty scalar"));
    };
    Ok(match number {
        1 => return primitive_content(content),
        2 => Content::Blob(BlobRef::read(content)?),
        3 => Content::Binary(BinaryRef::read(content)?),
        4 => Content::Other("a schema"),
        5 => Content::None,
        6 => Content::Error(ErrorRef::read(content)?),
        7 => Content::Generic(GenericRef::new(content)),
        8 => Content::StructuredDataset(StructuredDatasetRef::read(content)?),
        _ => Content::Union(UnionRef::read(content)?),
    })
}

fn primitive_content(primitive: &[u8]) -> Result<Content<'_>, ReadError> {
    let mut content = Content::Other("an empty primitive");
    let mut time_before = 0;
    for field in Reader::new(primitive) {
        let (number, payload) = field?;
        if matches!(number, 5 | 6) && time_before == number {
            return Err(ReadError::Split);
        }
        time_before = match number {
            1..=6 => number,
            _ => time_before,
        };
        content = match (number, payload) {
            (1, payload) => Content::Integer(payload.varint()?.cast_signed()),
            (2, payload) => Content::Float(payload.double()?),
            (3, payload) => Content::String(payload.str()?),
            (4, payload) => Content::Boolean(payload.varint()? != 0),
            (5, payload) => Content::Datetime(SecondsNanos::read(payload.bytes()?)?),
            (6, payload) => Content::Duration(SecondsNanos::read(payload.bytes()?)?),
            _ => content,
        };
    }
    Ok(content)
}

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::None => f.write_str("none"),
            Content::Integer(value) => write!(f, "integer {value}"),
            Content::Float(value) => write!(f, "float {value:?}"),
            Content::String(value) => write!(f, "string {}", Excerpt(value)),
            Content::Boolean(value) => write!(f, "boolean {value}"),
            Content::Collection(_) => f.write_str("a list"),
            Content::Map(_) => f.write_str("a map"),
            Content::Union(union) => match union.tag() {
                Ok(Some(tag)) => write!(f, "a union with tag {}", Excerpt(tag)),
                _ => f.write_str("a union without a tag"),
            },
            Content::Binary(binary) if binary.tag() == msgpack::TAG => {
                match binary.msgpack().kind() {
                    Ok(_) => f.write_str("a msgpack value"),
                    Err(malformed) => malformed.fmt(f),
                }
            }
            Content::Binary(binary) => write!(f, "binary data with tag {}", Excerpt(binary.tag())),
            Content::Datetime(_) => f.write_str("a date-time"),
            Content::Duration(_) => f.write_str("a duration"),
            Content::Blob(blob) if blob.is_multipart() => write!(f, "a folder at {}", blob.uri()),
            Content::Blob(blob) => write!(f, "a file at {}", blob.uri()),
            Content::StructuredDataset(_) => f.write_str("a structured dataset"),
            Content::Error(_) => f.write_str("an error"),
            Content::Generic(_) => f.write_str("a generic struct"),
            Content::Offloaded(offloaded) => {
                write!(f, "an offloaded literal at {}", offloaded.uri())
            }
            Content::Other(what) => f.write_str(what),
        }
    }
}
