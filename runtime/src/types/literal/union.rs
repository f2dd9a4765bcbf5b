//! A value of a union, with its type.

use super::{LiteralRef, last_string, only};
use crate::declare::Variant;
use crate::wire::{ReadError, Reader, Writer};

/// A value of a union, with its type: a `flyteidl.core.Union`.
#[derive(Clone, Copy, Debug)]
pub struct UnionRef<'a> {
    value: LiteralRef<'a>,
    literal_type: &'a [u8],
}

impl<'a> UnionRef<'a> {
    pub(super) fn read(union: &'a [u8]) -> Result<Self, ReadError> {
        Ok(UnionRef {
            value: LiteralRef::new(only(union, 1)?.unwrap_or_default()),
            literal_type: only(union, 2)?.unwrap_or_default(),
        })
    }

    /// The value.
    pub const fn value(self) -> LiteralRef<'a> {
        self.value
    }

    /// The encoded type of the value.
    pub const fn literal_type(self) -> &'a [u8] {
        self.literal_type
    }

    /// The tag of the type (`structure.tag`), if it has one.
    ///
    /// # Errors
    ///
    /// If the bytes of the type are malformed.
    pub fn tag(self) -> Result<Option<&'a str>, ReadError> {
        let Some(structure) = only(self.literal_type, 11)? else {
            return Ok(None);
        };
        let tag = last_string(structure, 1)?;
        Ok(Some(tag).filter(|tag| !tag.is_empty()))
    }

    /// The title of the type's JSON schema, if it has one.
    pub(in crate::types) fn title(self) -> Result<Option<&'a str>, ReadError> {
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

    /// Whether the type has the same encoding as this one.
    pub(in crate::types) fn is_of(self, variant: &Variant) -> bool {
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

/// The string of a member of a `google.protobuf.Struct`, if the member is called `title`.
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
