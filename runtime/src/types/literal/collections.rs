//! Lists and maps of literals, read element by element.

use super::LiteralRef;
use crate::wire::{ReadError, Reader};

/// The elements of a list: a `flyteidl.core.LiteralCollection`.
#[derive(Clone, Copy, Debug)]
pub struct CollectionRef<'a> {
    bytes: &'a [u8],
}

impl<'a> CollectionRef<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        CollectionRef { bytes }
    }

    /// The elements in order.
    pub const fn iter(self) -> Elements<'a> {
        Elements { rest: self.bytes }
    }

    /// The number of elements of type `T` for which to reserve memory before reading them.
    ///
    /// The elements of a short list are counted. The elements of a long list are estimated by the size of the
    /// first. The reserved memory is at most the size of the list's own bytes, so that hostile input cannot
    /// get more than it has sent.
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
        // The fast path for nearly every element of nearly every list: field 1 with fewer than 128 bytes.
        if let [0x0a, length @ 0..0x80, rest @ ..] = self.rest
            && let Some((literal, rest)) = rest.split_at_checked(usize::from(*length))
        {
            self.rest = rest;
            return Some(Ok(LiteralRef::new(literal)));
        }
        next_bytes(&mut self.rest, 1).map(|field| field.map(LiteralRef::new))
    }
}

/// The content of the next length-delimited field with this number; after an error the rest is empty.
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

/// Named literals: a `flyteidl.core.LiteralMap`, as a value or as the whole of an `inputs.pb`.
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

    /// The entries in wire order; if several have the same key, the last one wins.
    pub const fn iter(self) -> Entries<'a> {
        Entries { rest: self.bytes }
    }

    /// The literal under `key`.
    ///
    /// # Errors
    ///
    /// If the bytes are not a map of literals; the literals themselves are not checked.
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

    /// The number of entries of type `T` for which to reserve memory; see [`CollectionRef::capacity`].
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
pub(in crate::types) fn read_entry(entry: &[u8]) -> Result<(&str, &[u8]), ReadError> {
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
