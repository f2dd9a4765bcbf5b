//! Reads MessagePack from a slice, value by value.

use std::borrow::Cow;
use std::fmt;

use crate::types::ValueError;
use crate::types::error::Excerpt;

/// Reads values one after the other. A copy of the reader can read them once more.
///
/// Declared lengths are compared with the remaining bytes before any memory is reserved, and the only
/// recursion is the one of the type that is read.
///
/// ```
/// use flytekit::types::MsgpackReader;
///
/// let mut value = MsgpackReader::new(b"\x92\x07\xa2hi");
/// assert_eq!(value.array()?, 2);
/// assert_eq!(value.integer()?, 7);
/// assert_eq!(value.str()?, "hi");
/// value.finish()?;
/// # Ok::<(), flytekit::types::ValueError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MsgpackReader<'a> {
    rest: &'a [u8],
    exact: bool,
    only_known: bool,
}

/// The kind of the next value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MsgpackKind {
    /// No value.
    Nil,
    /// A boolean.
    Boolean,
    /// An integer of any width.
    Integer,
    /// A float of any width.
    Float,
    /// UTF-8 text.
    String,
    /// Bytes.
    Binary,
    /// A list.
    Array,
    /// A map. Objects are maps, too.
    Map,
    /// A value of an extension type.
    Extension,
}

/// A value, or the beginning of a value with parts.
#[derive(Clone, Copy)]
enum Head<'a> {
    Nil,
    Boolean(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    String(&'a str),
    Binary(&'a [u8]),
    Array(usize),
    Map(usize),
    Extension(i8),
}

impl<'a> MsgpackReader<'a> {
    /// Reads the values in `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        MsgpackReader {
            rest: bytes,
            exact: false,
            only_known: false,
        }
    }

    /// This reader with strict conversions: numbers are only read as the type that is stored (no integer as a
    /// float, and no float without a fraction as an integer), and unknown fields of objects are refused. A
    /// union uses it to find the type of a value.
    #[must_use]
    pub const fn exact(self) -> Self {
        MsgpackReader {
            exact: true,
            only_known: true,
            ..self
        }
    }

    /// This reader without unknown fields: objects may only have fields of their type.
    #[must_use]
    pub const fn only_known(self) -> Self {
        MsgpackReader {
            only_known: true,
            ..self
        }
    }

    /// Whether unknown fields of objects are refused.
    pub const fn is_only_known(self) -> bool {
        self.only_known
    }

    /// Whether numbers are only read as the type that is stored.
    pub const fn is_exact(self) -> bool {
        self.exact
    }

    /// This reader with the number conversions of `other`.
    pub(in crate::types) const fn like(self, other: Self) -> Self {
        MsgpackReader {
            exact: other.exact,
            only_known: other.only_known,
            ..self
        }
    }

    /// The number of remaining bytes.
    pub const fn remaining(self) -> usize {
        self.rest.len()
    }

    /// The kind of the next value.
    ///
    /// # Errors
    ///
    /// If the bytes are not MessagePack. This applies to all methods here.
    pub fn kind(mut self) -> Result<MsgpackKind, ValueError> {
        Ok(match self.head()? {
            Head::Nil => MsgpackKind::Nil,
            Head::Boolean(_) => MsgpackKind::Boolean,
            Head::Unsigned(_) | Head::Signed(_) => MsgpackKind::Integer,
            Head::Float(_) => MsgpackKind::Float,
            Head::String(_) => MsgpackKind::String,
            Head::Binary(_) => MsgpackKind::Binary,
            Head::Array(_) => MsgpackKind::Array,
            Head::Map(_) => MsgpackKind::Map,
            Head::Extension(_) => MsgpackKind::Extension,
        })
    }

    /// Reads a nil, if it is next, and returns whether it was.
    #[inline]
    pub fn nil(&mut self) -> bool {
        let nil = self.rest.first() == Some(&0xc0);
        if nil {
            self.rest = &self.rest[1..];
        }
        nil
    }

    /// Reads a boolean.
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    pub fn boolean(&mut self) -> Result<bool, ValueError> {
        let at = *self;
        match self.head()? {
            Head::Boolean(truth) => Ok(truth),
            _ => Err(at.unexpected("a boolean")),
        }
    }

    /// Reads an integer of 64 bits, signed or unsigned. A float without a fraction is accepted, too, unless
    /// this reader is [`exact`](Self::exact).
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    #[inline]
    pub fn integer(&mut self) -> Result<i128, ValueError> {
        if let [small @ 0..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(i128::from(*small));
        }
        let at = *self;
        match self.head()? {
            Head::Unsigned(value) => Ok(value.into()),
            Head::Signed(value) => Ok(value.into()),
            Head::Float(value) if !self.exact => {
                whole(value).ok_or_else(|| at.unexpected("an integer"))
            }
            _ => Err(at.unexpected("an integer")),
        }
    }

    /// Reads a float. An integer is accepted, too, unless this reader is [`exact`](Self::exact).
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    #[inline]
    pub fn float(&mut self) -> Result<f64, ValueError> {
        if let [0xcb, rest @ ..] = self.rest
            && let Some((bits, rest)) = rest.split_first_chunk()
        {
            self.rest = rest;
            return Ok(f64::from_be_bytes(*bits));
        }
        let at = *self;
        #[expect(clippy::cast_precision_loss, reason = "as for a literal")]
        match self.head()? {
            Head::Float(value) => Ok(value),
            Head::Unsigned(value) if !self.exact => Ok(value as f64),
            Head::Signed(value) if !self.exact => Ok(value as f64),
            _ => Err(at.unexpected("a float")),
        }
    }

    /// Reads a string.
    ///
    /// # Errors
    ///
    /// If the next value is something else, or is not UTF-8.
    #[inline]
    pub fn str(&mut self) -> Result<&'a str, ValueError> {
        if let [first @ 0xa0..0xc0, rest @ ..] = self.rest
            && let Some((text, rest)) = rest.split_at_checked(usize::from(first & 0x1f))
            && let Ok(text) = str::from_utf8(text)
        {
            self.rest = rest;
            return Ok(text);
        }
        let at = *self;
        match self.head()? {
            Head::String(text) => Ok(text),
            _ => Err(at.unexpected("a string")),
        }
    }

    /// Reads bytes.
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    pub fn bin(&mut self) -> Result<&'a [u8], ValueError> {
        let at = *self;
        match self.head()? {
            Head::Binary(data) => Ok(data),
            _ => Err(at.unexpected("binary data")),
        }
    }

    /// Reads the beginning of a list, and returns the number of values that follow. It is at most the number
    /// of remaining bytes.
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    #[inline]
    pub fn array(&mut self) -> Result<usize, ValueError> {
        if let [first @ 0x90..0xa0, rest @ ..] = self.rest
            && usize::from(first & 0xf) <= rest.len()
        {
            self.rest = rest;
            return Ok(usize::from(first & 0xf));
        }
        let at = *self;
        match self.head()? {
            Head::Array(length) => Ok(length),
            _ => Err(at.unexpected("a list")),
        }
    }

    /// Reads the beginning of a map, and returns the number of entries that follow, each a key and its value.
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    pub fn map(&mut self) -> Result<usize, ValueError> {
        let at = *self;
        match self.head()? {
            Head::Map(length) => Ok(length),
            _ => Err(at.unexpected("a map")),
        }
    }

    /// Reads an object: a map whose keys are names.
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    #[inline]
    pub fn object(&mut self) -> Result<ObjectReader<'_, 'a>, ValueError> {
        if let [first @ 0x80..0x90, rest @ ..] = self.rest
            && 2 * usize::from(first & 0xf) <= rest.len()
        {
            self.rest = rest;
            return Ok(ObjectReader {
                remaining: usize::from(first & 0xf),
                reader: self,
            });
        }
        let at = *self;
        match self.head()? {
            Head::Map(length) => Ok(ObjectReader {
                remaining: length,
                reader: self,
            }),
            _ => Err(at.unexpected("an object")),
        }
    }

    /// Skips a value, including its parts.
    ///
    /// # Errors
    ///
    /// If a part of it is not MessagePack.
    pub fn skip(&mut self) -> Result<(), ValueError> {
        let mut pending = 1_usize;
        while pending > 0 {
            pending -= 1;
            pending += match self.head()? {
                Head::Array(length) => length,
                Head::Map(length) => 2 * length,
                _ => 0,
            };
        }
        Ok(())
    }

    /// Checks that no bytes are left.
    ///
    /// # Errors
    ///
    /// If there are bytes left.
    pub fn finish(self) -> Result<(), ValueError> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(malformed(format!("{left} bytes follow the value"))),
        }
    }

    /// The error that the next value is not `expected`; it names the kind of the next value.
    #[cold]
    pub fn unexpected(mut self, expected: impl Into<Cow<'static, str>>) -> ValueError {
        match self.head() {
            Ok(head) => ValueError::mismatch(expected, head),
            Err(malformed) => malformed,
        }
    }

    fn head(&mut self) -> Result<Head<'a>, ValueError> {
        let [first, rest @ ..] = self.rest else {
            return Err(truncated());
        };
        self.rest = rest;
        Ok(match *first {
            small @ 0..=0x7f => Head::Unsigned(small.into()),
            length @ 0x80..=0x8f => self.map_of((length & 0xf).into())?,
            length @ 0x90..=0x9f => self.array_of((length & 0xf).into())?,
            length @ 0xa0..=0xbf => self.string_of((length & 0x1f).into())?,
            0xc0 => Head::Nil,
            0xc2 => Head::Boolean(false),
            0xc3 => Head::Boolean(true),
            0xc4 => Head::Binary(self.sized::<1>()?),
            0xc5 => Head::Binary(self.sized::<2>()?),
            0xc6 => Head::Binary(self.sized::<4>()?),
            0xc7 => self.extension_of::<1>()?,
            0xc8 => self.extension_of::<2>()?,
            0xc9 => self.extension_of::<4>()?,
            0xca => Head::Float(f32::from_be_bytes(self.fixed()?).into()),
            0xcb => Head::Float(f64::from_be_bytes(self.fixed()?)),
            0xcc => Head::Unsigned(u8::from_be_bytes(self.fixed()?).into()),
            0xcd => Head::Unsigned(u16::from_be_bytes(self.fixed()?).into()),
            0xce => Head::Unsigned(u32::from_be_bytes(self.fixed()?).into()),
            0xcf => Head::Unsigned(u64::from_be_bytes(self.fixed()?)),
            0xd0 => Head::Signed(i8::from_be_bytes(self.fixed()?).into()),
            0xd1 => Head::Signed(i16::from_be_bytes(self.fixed()?).into()),
            0xd2 => Head::Signed(i32::from_be_bytes(self.fixed()?).into()),
            0xd3 => Head::Signed(i64::from_be_bytes(self.fixed()?)),
            power @ 0xd4..=0xd8 => self.extension(1 << (power - 0xd4))?,
            0xd9 => utf8(self.sized::<1>()?)?,
            0xda => utf8(self.sized::<2>()?)?,
            0xdb => utf8(self.sized::<4>()?)?,
            0xdc => {
                let length = self.length::<2>()?;
                self.array_of(length)?
            }
            0xdd => {
                let length = self.length::<4>()?;
                self.array_of(length)?
            }
            0xde => {
                let length = self.length::<2>()?;
                self.map_of(length)?
            }
            0xdf => {
                let length = self.length::<4>()?;
                self.map_of(length)?
            }
            negative @ 0xe0..=0xff => Head::Signed(negative.cast_signed().into()),
            0xc1 => return Err(malformed("no value begins with 0xc1")),
        })
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], ValueError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(truncated)?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// A length of `N` bytes, at most four.
    fn length<const N: usize>(&mut self) -> Result<usize, ValueError> {
        let bytes: [u8; N] = self.fixed()?;
        let length = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        Ok(length)
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], ValueError> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn sized<const N: usize>(&mut self) -> Result<&'a [u8], ValueError> {
        let length = self.length::<N>()?;
        self.bytes(length)
    }

    fn string_of(&mut self, length: usize) -> Result<Head<'a>, ValueError> {
        utf8(self.bytes(length)?)
    }

    fn extension_of<const N: usize>(&mut self) -> Result<Head<'a>, ValueError> {
        let length = self.length::<N>()?;
        self.extension(length)
    }

    fn extension(&mut self, length: usize) -> Result<Head<'a>, ValueError> {
        let kind = i8::from_be_bytes(self.fixed()?);
        self.bytes(length)?;
        Ok(Head::Extension(kind))
    }

    fn array_of(&self, length: usize) -> Result<Head<'a>, ValueError> {
        self.fits("list", length, length).map(Head::Array)
    }

    fn map_of(&self, length: usize) -> Result<Head<'a>, ValueError> {
        self.fits("map", length, 2 * length).map(Head::Map)
    }

    /// Each value takes at least one byte.
    fn fits(&self, what: &str, length: usize, values: usize) -> Result<usize, ValueError> {
        let left = self.rest.len();
        if values <= left {
            return Ok(length);
        }
        let problem =
            format!("a {what} of {length} does not fit into the {left} bytes that are left");
        Err(malformed(problem))
    }
}

/// A float's value as an integer, if it has no fraction and fits into 64 bits.
pub(in crate::types) fn whole(value: f64) -> Option<i128> {
    /// 2⁶⁴
    const BOUND: f64 = 18_446_744_073_709_551_616.0;
    #[expect(clippy::cast_possible_truncation, reason = "that is what is checked")]
    (value.fract() == 0.0 && value.abs() < BOUND).then_some(value as i128)
}

fn utf8(bytes: &[u8]) -> Result<Head<'_>, ValueError> {
    str::from_utf8(bytes)
        .map(Head::String)
        .map_err(|_| malformed("a string is not UTF-8"))
}

#[cold]
fn malformed(problem: impl fmt::Display) -> ValueError {
    ValueError::other(format!("malformed msgpack: {problem}"))
}

#[cold]
fn truncated() -> ValueError {
    malformed("it ends inside a value")
}

impl fmt::Display for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Head::Nil => f.write_str("none"),
            Head::Boolean(truth) => write!(f, "boolean {truth}"),
            Head::Unsigned(value) => write!(f, "integer {value}"),
            Head::Signed(value) => write!(f, "integer {value}"),
            Head::Float(value) => write!(f, "float {value:?}"),
            Head::String(text) => write!(f, "string {}", Excerpt(text)),
            Head::Binary(data) => write!(f, "{} bytes of binary data", data.len()),
            Head::Array(length) => write!(f, "a list of {length}"),
            Head::Map(length) => write!(f, "a map of {length}"),
            Head::Extension(kind) => write!(f, "an extension of type {kind}"),
        }
    }
}

/// The fields of an object, one after the other, in the writer's order.
///
/// ```
/// use flytekit::types::MsgpackReader;
///
/// let mut value = MsgpackReader::new(b"\x82\xa1x\x07\xa4more\xc0");
/// let mut x = None;
/// let mut fields = value.object()?;
/// while let Some(name) = fields.next_name()? {
///     match name {
///         "x" => fields.take("x", &mut x, |value| value.integer())?,
///         _ => fields.skip()?,
///     }
/// }
/// assert_eq!(x, Some(7));
/// # Ok::<(), flytekit::types::ValueError>(())
/// ```
#[derive(Debug)]
pub struct ObjectReader<'r, 'a> {
    reader: &'r mut MsgpackReader<'a>,
    /// The number of fields that were not read yet.
    remaining: usize,
}

impl<'a> ObjectReader<'_, 'a> {
    /// The name of the next field, whose value must then be read or skipped.
    ///
    /// # Errors
    ///
    /// If the name is not a string.
    #[inline]
    pub fn next_name(&mut self) -> Result<Option<&'a str>, ValueError> {
        if self.remaining == 0 {
            return Ok(None);
        }
        self.remaining -= 1;
        let at = *self.reader;
        match self.reader.head()? {
            Head::String(name) => Ok(Some(name)),
            _ => Err(at.unexpected("the name of a field")),
        }
    }

    /// Skips the name of the next field, if it is this one in the usual encoding.
    #[inline]
    pub(in crate::types) fn passes(&mut self, name: &str) -> bool {
        if self.remaining > 0
            && let [first @ 0xa0..0xc0, rest @ ..] = self.reader.rest
            && usize::from(first & 0x1f) == name.len()
            && let Some((found, rest)) = rest.split_at_checked(name.len())
            && found == name.as_bytes()
        {
            self.remaining -= 1;
            self.reader.rest = rest;
            return true;
        }
        false
    }

    /// Whether all fields were read.
    #[inline]
    pub(in crate::types) const fn is_over(&self) -> bool {
        self.remaining == 0
    }

    /// Reads the value of the field `name` into its slot.
    ///
    /// # Errors
    ///
    /// The errors of `unpack`, with the name added to their path, and an error if the slot already has a
    /// value.
    #[inline]
    pub fn take<T>(
        &mut self,
        name: &'static str,
        into: &mut Option<T>,
        unpack: impl FnOnce(&mut MsgpackReader<'a>) -> Result<T, ValueError>,
    ) -> Result<(), ValueError> {
        if into.is_some() {
            return Err(ValueError::repeated().at_field(name));
        }
        match unpack(self.reader) {
            Ok(value) => {
                *into = Some(value);
                Ok(())
            }
            Err(error) => Err(error.at_field(name)),
        }
    }

    /// Reads the value of a field.
    #[inline]
    pub(in crate::types) fn value<T>(
        &mut self,
        unpack: impl FnOnce(&mut MsgpackReader<'a>) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        unpack(self.reader)
    }

    /// Skips the value of a field.
    ///
    /// # Errors
    ///
    /// If a part of it is not MessagePack.
    pub fn skip(&mut self) -> Result<(), ValueError> {
        self.reader.skip()
    }

    /// Skips the value of an unknown field. An exact reader refuses it: the object may be of another type,
    /// which has the field.
    ///
    /// # Errors
    ///
    /// If the reader is exact, or a part of the value is not MessagePack.
    pub fn extra(&mut self, name: &str) -> Result<(), ValueError> {
        if self.reader.only_known {
            let message = format!("there is no field {}", Excerpt(name));
            return Err(ValueError::other(message));
        }
        self.skip()
    }

    /// The error of an unknown field.
    #[cold]
    pub fn unknown(&self, name: &str, known: &[&str]) -> ValueError {
        let known = known.join("`, `");
        ValueError::other(format!(
            "there is no field {}; the fields are `{known}`",
            Excerpt(name)
        ))
    }
}
