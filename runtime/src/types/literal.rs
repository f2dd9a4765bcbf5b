//! A view of a literal's bytes: `flyteidl.core.Literal`, read only where somebody looks.
//!
//! One level is read at a time, by the type that is expected there. So the depth of a literal
//! costs nothing until a type goes as deep, and no tree is built.
//!
//! Of a oneof's members the last one counts, as protobuf has it. A message that occurs several
//! times where it can occur once would have to be merged; no writer makes such bytes, and reading
//! them is an error ([`ReadError::Split`]) rather than a wrong value.

use std::fmt;

use super::error::Excerpt;
use super::{MsgpackReader, StructuredDatasetRef, msgpack};
use crate::declare::Variant;
use crate::wire::{ReadError, Reader, Writer};

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

/// What a literal holds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Content<'a> {
    /// No value, said explicitly: `none_type`.
    None,
    /// An `int64`.
    Integer(i64),
    /// A `double`.
    Float(f64),
    /// Text.
    String(&'a str),
    /// True or false.
    Boolean(bool),
    /// A point in time, counted from 1970 in UTC.
    Datetime(SecondsNanos),
    /// A length of time.
    Duration(SecondsNanos),
    /// A list.
    Collection(CollectionRef<'a>),
    /// A map from strings.
    Map(LiteralMapRef<'a>),
    /// A value with the type that was chosen for it.
    Union(UnionRef<'a>),
    /// Bytes with a tag that says how to read them; flytekit writes `msgpack`.
    Binary(BinaryRef<'a>),
    /// A file or a folder, by its place.
    Blob(BlobRef<'a>),
    /// A table, by its place.
    StructuredDataset(StructuredDatasetRef<'a>),
    /// An object in protobuf's own form, a `google.protobuf.Struct`: what flytekit wrote once.
    Generic(GenericRef<'a>),
    /// A literal that lies elsewhere, for its size.
    Offloaded(OffloadedRef<'a>),
    /// What no Rust type is read from, named for messages: "a schema", "an error", ….
    Other(&'static str),
}

/// A point or a length of time as protobuf has it: a `google.protobuf.Timestamp` or `Duration`.
///
/// Of a timestamp the nanoseconds count forward; those of a duration have the sign of its seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecondsNanos {
    /// Whole seconds.
    pub seconds: i64,
    /// What is left of one, in billionths.
    pub nanos: i32,
}

impl SecondsNanos {
    fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut time = SecondsNanos::default();
        for field in Reader::new(bytes) {
            match field? {
                (1, payload) => time.seconds = payload.varint()?.cast_signed(),
                // What protobuf does to a varint that is longer than its field.
                #[expect(clippy::cast_possible_truncation, reason = "as protobuf has it")]
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

    /// What it holds, one level deep.
    ///
    /// # Errors
    ///
    /// When the bytes are not a literal, as far as they have to be read.
    pub fn content(self) -> Result<Content<'a>, ReadError> {
        if let Some(fields) = self.plain_primitive() {
            return primitive_content(fields);
        }
        match last_member(self.bytes, |number| matches!(number, 1..=3 | 8))? {
            Some((1, scalar)) => scalar_content(scalar),
            Some((2, collection)) => Ok(Content::Collection(CollectionRef { bytes: collection })),
            Some((3, map)) => Ok(Content::Map(LiteralMapRef::new(map))),
            Some((_, offloaded)) => OffloadedRef::read(offloaded).map(Content::Offloaded),
            None => Ok(Content::Other("an empty literal")),
        }
    }

    /// The hash by which a cache knows the value; empty if it has none.
    ///
    /// # Errors
    ///
    /// When the bytes are not a literal.
    pub fn hash(self) -> Result<&'a str, ReadError> {
        last_string(self.bytes, 4)
    }

    /// What its writer put beside the value, as pairs of strings.
    ///
    /// # Errors
    ///
    /// When the bytes are not a literal.
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

    /// The integer, where the literal is laid out as all writers do it and holds one.
    #[inline]
    pub(super) fn plain_integer(self) -> Option<i64> {
        let [0x08, varint @ ..] = self.plain_primitive()? else {
            return None;
        };
        whole_varint(varint).map(u64::cast_signed)
    }

    /// The float, where the literal is laid out as all writers do it and holds one.
    #[inline]
    pub(super) fn plain_float(self) -> Option<f64> {
        let [0x11, bits @ ..] = self.plain_primitive()? else {
            return None;
        };
        Some(f64::from_le_bytes(bits.try_into().ok()?))
    }

    /// The MessagePack, where the literal is laid out as all writers do it and holds some.
    #[inline]
    pub(super) fn plain_msgpack(self) -> Option<&'a [u8]> {
        let binary = whole_message(0x1a, whole_message(0x0a, self.bytes)?)?;
        whole_message(0x0a, binary.strip_suffix(b"\x12\x07msgpack")?)
    }

    /// The fields of a `Primitive` below a `Scalar`, where nothing else lies around them.
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

/// The content of a message field that is no member of a oneof; empty if it is left out.
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

/// The text of a field, of which the last occurrence counts.
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
        6 => Content::Other("an error"),
        7 => Content::Generic(GenericRef { bytes: content }),
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
                Ok(Some(tag)) => write!(f, "a union of tag {}", Excerpt(tag)),
                _ => f.write_str("a union without a tag"),
            },
            Content::Binary(binary) if binary.tag == msgpack::TAG => {
                match binary.msgpack().kind() {
                    Ok(_) => f.write_str("a msgpack value"),
                    Err(malformed) => malformed.fmt(f),
                }
            }
            Content::Binary(binary) => write!(f, "binary data of tag {}", Excerpt(binary.tag)),
            Content::Datetime(_) => f.write_str("a date-time"),
            Content::Duration(_) => f.write_str("a duration"),
            Content::Blob(blob) if blob.is_multipart() => write!(f, "a folder at {}", blob.uri),
            Content::Blob(blob) => write!(f, "a file at {}", blob.uri),
            Content::StructuredDataset(_) => f.write_str("a structured dataset"),
            Content::Generic(_) => f.write_str("a generic struct"),
            Content::Offloaded(offloaded) => {
                write!(f, "an offloaded literal at {}", offloaded.uri)
            }
            Content::Other(what) => f.write_str(what),
        }
    }
}

/// What the only field holds, if that is one with this tag, of bytes or of a message.
#[inline]
fn whole_message(tag: u8, bytes: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(bytes.strip_prefix(&[tag])?);
    let length = usize::try_from(reader.varint().ok()?).ok()?;
    Some(reader.rest()).filter(|rest| rest.len() == length)
}

/// The elements of a list: a `flyteidl.core.LiteralCollection`.
#[derive(Clone, Copy, Debug)]
pub struct CollectionRef<'a> {
    bytes: &'a [u8],
}

impl<'a> CollectionRef<'a> {
    /// The elements in their order.
    pub const fn iter(self) -> Elements<'a> {
        Elements { rest: self.bytes }
    }

    /// For how many elements of type `T` to reserve memory before reading them.
    ///
    /// The elements of a short list are counted; those of a long one are taken to be as long as
    /// the first. It is never for more memory than the list's own bytes take, so that hostile
    /// ones get no more than they have sent.
    pub fn capacity<T>(self) -> usize {
        let elements = if self.bytes.len() <= 1024 {
            self.iter().count()
        } else {
            let first = self.iter().next().and_then(Result::ok);
            self.bytes.len() / first.map_or(usize::MAX, |first| first.bytes.len() + 2)
        };
        elements.min(self.bytes.len() / size_of::<T>().max(1))
    }
}

impl<'a> IntoIterator for CollectionRef<'a> {
    type Item = Result<LiteralRef<'a>, ReadError>;
    type IntoIter = Elements<'a>;

    fn into_iter(self) -> Elements<'a> {
        self.iter()
    }
}

/// Iterates over the elements of a [`CollectionRef`].
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<LiteralRef<'a>, ReadError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // Nearly every element of nearly every list: field 1 in fewer than 128 bytes.
        if let [0x0a, length @ 0..0x80, rest @ ..] = self.rest
            && let Some((literal, rest)) = rest.split_at_checked(usize::from(*length))
        {
            self.rest = rest;
            return Some(Ok(LiteralRef::new(literal)));
        }
        next_bytes(&mut self.rest, 1).map(|field| field.map(LiteralRef::new))
    }
}

/// The next length-delimited field of that number; the rest is empty after an error.
fn next_bytes<'a>(rest: &mut &'a [u8], number: u32) -> Option<Result<&'a [u8], ReadError>> {
    let mut reader = Reader::new(rest);
    let found = reader.find_map(|field| match field {
        Ok((field, payload)) => (field == number).then(|| payload.bytes()),
        Err(error) => Some(Err(error)),
    });
    *rest = if matches!(found, Some(Ok(_))) {
        reader.rest()
    } else {
        &[]
    };
    found
}

/// Named literals: a `flyteidl.core.LiteralMap`, as a value or as a whole `inputs.pb`.
///
/// ```
/// use flytekit::types::{FlyteType, LiteralMapRef, OutputsWriter};
///
/// let mut outputs = OutputsWriter::new();
/// outputs.output("x", &7_i64)?;
/// let bytes = outputs.finish();
/// let x = LiteralMapRef::new(&bytes).get("x")?.expect("was just written");
/// assert_eq!(i64::decode(x)?, 7);
/// # Ok::<(), flytekit::types::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LiteralMapRef<'a> {
    bytes: &'a [u8],
}

impl<'a> LiteralMapRef<'a> {
    /// Views the encoded message; nothing is read yet.
    pub const fn new(bytes: &'a [u8]) -> Self {
        LiteralMapRef { bytes }
    }

    /// The entries in their order on the wire; of several with one key the last one counts.
    pub const fn iter(self) -> Entries<'a> {
        Entries { rest: self.bytes }
    }

    /// The literal under `key`.
    ///
    /// # Errors
    ///
    /// When the bytes are not a map of literals; the literals themselves are not looked at.
    pub fn get(self, key: &str) -> Result<Option<LiteralRef<'a>>, ReadError> {
        let mut found = None;
        for entry in self {
            match entry? {
                (name, literal) if name == key => found = Some(literal),
                _ => {}
            }
        }
        Ok(found)
    }

    /// For how many entries of type `T` to reserve memory; see [`CollectionRef::capacity`].
    pub fn capacity<T>(self) -> usize {
        CollectionRef { bytes: self.bytes }.capacity::<T>()
    }
}

impl<'a> IntoIterator for LiteralMapRef<'a> {
    type Item = Result<(&'a str, LiteralRef<'a>), ReadError>;
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        self.iter()
    }
}

/// Iterates over the entries of a [`LiteralMapRef`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<(&'a str, LiteralRef<'a>), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = next_bytes(&mut self.rest, 1)?.and_then(read_entry);
        let entry = entry.map(|(key, literal)| (key, LiteralRef::new(literal)));
        if entry.is_err() {
            self.rest = &[];
        }
        Some(entry)
    }
}

/// An entry of a map from strings to messages: its key, and the message's bytes.
pub(super) fn read_entry(entry: &[u8]) -> Result<(&str, &[u8]), ReadError> {
    let mut key = "";
    let mut value = None;
    for field in Reader::new(entry) {
        match field? {
            (1, payload) => key = payload.str()?,
            (2, _) if value.is_some() => return Err(ReadError::Split),
            (2, payload) => value = Some(payload.bytes()?),
            _ => {}
        }
    }
    Ok((key, value.unwrap_or_default()))
}

/// A value with the type that was chosen for it: a `flyteidl.core.Union`.
#[derive(Clone, Copy, Debug)]
pub struct UnionRef<'a> {
    value: LiteralRef<'a>,
    literal_type: &'a [u8],
}

impl<'a> UnionRef<'a> {
    fn read(union: &'a [u8]) -> Result<Self, ReadError> {
        Ok(UnionRef {
            value: LiteralRef::new(only(union, 1)?.unwrap_or_default()),
            literal_type: only(union, 2)?.unwrap_or_default(),
        })
    }

    /// The value.
    pub const fn value(self) -> LiteralRef<'a> {
        self.value
    }

    /// The chosen type, encoded.
    pub const fn literal_type(self) -> &'a [u8] {
        self.literal_type
    }

    /// The tag of the chosen type (`structure.tag`), if it has one.
    ///
    /// # Errors
    ///
    /// When the bytes of the type are not one.
    pub fn tag(self) -> Result<Option<&'a str>, ReadError> {
        let Some(structure) = only(self.literal_type, 11)? else {
            return Ok(None);
        };
        let tag = last_string(structure, 1)?;
        Ok(Some(tag).filter(|tag| !tag.is_empty()))
    }

    /// The title of the chosen type's JSON schema, if it has one.
    pub(super) fn title(self) -> Result<Option<&'a str>, ReadError> {
        let schema = only(self.literal_type, 6)?.unwrap_or_default();
        for field in Reader::new(schema) {
            if let (1, member) = field?
                && let Some(title) = title_in(member.bytes()?)?
            {
                return Ok(Some(title));
            }
        }
        Ok(None)
    }

    /// Whether the chosen type is written as this one is.
    pub(super) fn is_of(self, variant: &Variant) -> bool {
        let mut measure = Writer::counting();
        variant.encode(&mut measure);
        if measure.len() != self.literal_type.len() {
            return false;
        }
        let mut written = vec![0; measure.len()];
        variant.encode(&mut Writer::new(&mut written));
        written == self.literal_type
    }
}

/// The text of a member of a `google.protobuf.Struct`, if it is the one called `title`.
fn title_in(member: &[u8]) -> Result<Option<&str>, ReadError> {
    let (mut key, mut value) = ("", &[][..]);
    for field in Reader::new(member) {
        match field? {
            (1, payload) => key = payload.str()?,
            (2, payload) => value = payload.bytes()?,
            _ => {}
        }
    }
    let mut title = None;
    for field in Reader::new(if key == "title" { value } else { &[] }) {
        if let (3, payload) = field? {
            title = Some(payload.str()?);
        }
    }
    Ok(title)
}

/// Bytes and how to read them: a `flyteidl.core.Binary`.
#[derive(Clone, Copy, Debug)]
pub struct BinaryRef<'a> {
    value: &'a [u8],
    tag: &'a str,
}

impl<'a> BinaryRef<'a> {
    fn read(binary: &'a [u8]) -> Result<Self, ReadError> {
        let mut found = BinaryRef {
            value: &[],
            tag: "",
        };
        for field in Reader::new(binary) {
            match field? {
                (1, payload) => found.value = payload.bytes()?,
                (2, payload) => found.tag = payload.str()?,
                _ => {}
            }
        }
        Ok(found)
    }

    /// The encoded value.
    pub const fn value(self) -> &'a [u8] {
        self.value
    }

    /// The encoding's name; flytekit writes `msgpack`.
    pub const fn tag(self) -> &'a str {
        self.tag
    }

    /// The value as MessagePack, which it is if the tag says so.
    pub const fn msgpack(self) -> MsgpackReader<'a> {
        MsgpackReader::new(self.value)
    }
}

/// A file or a folder, by its place: a `flyteidl.core.Blob`.
#[derive(Clone, Copy, Debug)]
pub struct BlobRef<'a> {
    uri: &'a str,
    format: &'a str,
    multipart: bool,
}

impl<'a> BlobRef<'a> {
    fn read(blob: &'a [u8]) -> Result<Self, ReadError> {
        let mut found = BlobRef {
            uri: last_string(blob, 3)?,
            format: "",
            multipart: false,
        };
        let metadata = only(blob, 1)?.unwrap_or_default();
        for field in Reader::new(only(metadata, 1)?.unwrap_or_default()) {
            match field? {
                (1, payload) => found.format = payload.str()?,
                (2, payload) => found.multipart = payload.varint()? == 1,
                _ => {}
            }
        }
        Ok(found)
    }

    /// Where it lies.
    pub const fn uri(self) -> &'a str {
        self.uri
    }

    /// What it holds; empty if the writer did not say.
    pub const fn format(self) -> &'a str {
        self.format
    }

    /// Whether it is a folder.
    pub const fn is_multipart(self) -> bool {
        self.multipart
    }
}

/// An object in protobuf's own form: a `google.protobuf.Struct`.
#[derive(Clone, Copy, Debug)]
pub struct GenericRef<'a> {
    bytes: &'a [u8],
}

impl<'a> GenericRef<'a> {
    /// Views the encoded message; nothing is read yet.
    pub const fn new(bytes: &'a [u8]) -> Self {
        GenericRef { bytes }
    }

    /// The encoded message.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }
}

/// A literal that lies elsewhere: a `flyteidl.core.LiteralOffloadedMetadata`.
#[derive(Clone, Copy, Debug)]
pub struct OffloadedRef<'a> {
    uri: &'a str,
    size_bytes: u64,
}

impl<'a> OffloadedRef<'a> {
    fn read(offloaded: &'a [u8]) -> Result<Self, ReadError> {
        let mut found = OffloadedRef {
            uri: "",
            size_bytes: 0,
        };
        for field in Reader::new(offloaded) {
            match field? {
                (1, payload) => found.uri = payload.str()?,
                (2, payload) => found.size_bytes = payload.varint()?,
                _ => {}
            }
        }
        Ok(found)
    }

    /// Where its bytes lie.
    pub const fn uri(self) -> &'a str {
        self.uri
    }

    /// How many there are, as its writer says.
    pub const fn size_bytes(self) -> u64 {
        self.size_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{CollectionRef, Content, LiteralMapRef, LiteralRef};
    use crate::types::{FlyteType, LiteralWriter};
    use crate::wire::{ReadError, Writer};

    fn written(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
        let mut counter = Writer::counting();
        write(&mut counter);
        let mut bytes = vec![0; counter.len()];
        write(&mut Writer::new(&mut bytes));
        bytes
    }

    fn shown(literal: &[u8]) -> String {
        LiteralRef::new(literal)
            .content()
            .map_or_else(|error| error.to_string(), |content| content.to_string())
    }

    /// A literal with an empty message as its member, down to a scalar's if there is a second.
    fn empty(fields: &[u32]) -> Vec<u8> {
        written(|w| fields.iter().rev().for_each(|field| w.message(*field, 0)))
    }

    #[test]
    fn everything_has_a_name() {
        for (fields, name) in [
            (&[][..], "an empty literal"),
            (&[1], "an empty scalar"),
            (&[1, 1], "an empty primitive"),
            (&[1, 1, 5], "a date-time"),
            (&[1, 1, 6], "a duration"),
            (&[1, 2], "a file at "),
            (&[1, 3], "binary data of tag \"\""),
            (&[1, 4], "a schema"),
            (&[1, 5], "none"),
            (&[1, 6], "an error"),
            (&[1, 7], "a generic struct"),
            (&[1, 8], "a structured dataset"),
            (&[1, 9], "a union without a tag"),
            (&[2], "a list"),
            (&[3], "a map"),
            (&[8], "an offloaded literal at "),
        ] {
            assert_eq!(shown(&empty(fields)), name);
        }
    }

    #[test]
    fn a_layout_that_no_writer_chooses_is_read_too() {
        let surrounded = written(|w| {
            w.uint64(77, 1); // a field that no version has yet
            w.string(4, "hash");
            let end = w.len();
            w.uint64(1, 6);
            w.uint64(4, 1); // a boolean, replaced by the integer after it
            w.message(1, end);
            w.uint64(77, 1);
            w.message(1, end);
        });
        assert_eq!(i64::decode(LiteralRef::new(&surrounded)).unwrap(), 6);
        let long_varint = written(|w| {
            w.raw(&[0x08, 0x85, 0x00]); // 5, in a byte more than needed
            w.message(1, 0);
            w.message(1, 0);
        });
        assert_eq!(i64::decode(LiteralRef::new(&long_varint)).unwrap(), 5);
    }

    #[test]
    fn a_oneof_holds_its_last_member() {
        let mut literal = LiteralWriter::to_bytes(|out| Ok(out.integer(7))).unwrap();
        literal.extend([0x12, 0]);
        assert_eq!(shown(&literal), "a list");
        literal.extend(LiteralWriter::to_bytes(|out| Ok(out.boolean(true))).unwrap());
        assert_eq!(shown(&literal), "boolean true");
    }

    #[test]
    fn a_split_message_is_refused() {
        let split = [0x12, 0, 0x12, 0];
        assert_eq!(
            LiteralRef::new(&split).content().unwrap_err(),
            ReadError::Split
        );
        let entry_with_two_values = [0x0a, 4, 0x12, 0, 0x12, 0];
        assert_eq!(
            LiteralMapRef::new(&entry_with_two_values)
                .get("")
                .unwrap_err(),
            ReadError::Split
        );
    }

    #[test]
    fn msgpack_is_found_where_all_writers_put_it() {
        for length in [0, 1, 100, 200, 20_000] {
            let value = vec![0xc0; length];
            let literal = written(|w| {
                w.string(2, "msgpack");
                w.bytes(1, &value);
                w.message(3, 0);
                w.message(1, 0);
            });
            assert_eq!(LiteralRef::new(&literal).plain_msgpack(), Some(&*value));
            for end in 0..literal.len() {
                assert_eq!(LiteralRef::new(&literal[..end]).plain_msgpack(), None);
            }
            let surrounded = [&literal[..], &[0x22, 0]].concat();
            assert_eq!(LiteralRef::new(&surrounded).plain_msgpack(), None);
        }
        let json = written(|w| {
            w.string(2, "json");
            w.bytes(1, b"{}");
            w.message(3, 0);
            w.message(1, 0);
        });
        assert_eq!(LiteralRef::new(&json).plain_msgpack(), None);
    }

    #[test]
    fn iteration_ends_with_the_first_error() {
        let elements = CollectionRef {
            bytes: &[0x0a, 0, 0x0a, 9, 0x0a, 0],
        };
        assert_eq!(
            elements
                .iter()
                .map(|element| element.is_ok())
                .collect::<Vec<_>>(),
            [true, false]
        );
        let entries = LiteralMapRef::new(&[0x0a, 0, 0x0a, 3, 0x0a, 1, 0xff, 0x0a, 0]);
        assert_eq!(
            entries
                .iter()
                .map(|entry| entry.is_ok())
                .collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn memory_is_not_reserved_for_what_was_not_sent() {
        let empty_elements = [0x0a, 0].repeat(1000);
        let capacity = CollectionRef {
            bytes: &empty_elements,
        }
        .capacity::<[u64; 8]>();
        assert!(capacity * size_of::<[u64; 8]>() <= empty_elements.len());
        assert_eq!(
            CollectionRef {
                bytes: &empty_elements[..20]
            }
            .capacity::<()>(),
            10
        );
        assert_eq!(
            CollectionRef {
                bytes: &[0xff; 2000]
            }
            .capacity::<u64>(),
            0
        );
    }

    #[test]
    fn depth_costs_nothing() {
        let mut literal = Vec::new();
        for _ in 0..2_000 {
            literal = written(|w| {
                w.bytes(1, &literal);
                w.message(2, 0);
            });
        }
        let Ok(Content::Collection(_)) = LiteralRef::new(&literal).content() else {
            panic!("a list")
        };
        let error = Vec::<Vec<i64>>::decode(LiteralRef::new(&literal)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "[0][0]: expected an integer, found a list"
        );
    }
}
