//! Reads the protobuf wire format from a slice, field by field.
//!
//! The wire type alone determines the extent of a field's payload. So an unknown field is skipped without
//! looking inside, and there is no recursion.

use std::fmt;

/// The fields of one protobuf message, in wire order.
///
/// If a field occurs several times, the caller decides which occurrence wins; for scalar fields and members
/// of a oneof protobuf says the last. The iterator ends after an error.
///
/// ```
/// use flytekit_proto::wire::{Payload, Reader};
///
/// let mut fields = Reader::new(&[0x08, 0x96, 0x01, 0x12, 2, b'h', b'i']);
/// assert_eq!(fields.next(), Some(Ok((1, Payload::Varint(150)))));
/// assert_eq!(fields.next(), Some(Ok((2, Payload::Bytes(b"hi")))));
/// assert_eq!(fields.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads the fields of the message in `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// The bytes that were not read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Reads a bare varint, such as the length prefix of a delimited message.
    ///
    /// # Errors
    ///
    /// If the bytes end before the varint does, or it has more than 64 bits.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, ReadError> {
        if let [byte @ 0..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(u64::from(*byte));
        }
        if let [low, high @ 0..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(u64::from(low & 0x7f) | u64::from(*high) << 7);
        }
        self.long_varint()
    }

    fn long_varint(&mut self) -> Result<u64, ReadError> {
        let mut value = 0;
        for (index, byte) in self.rest.iter().enumerate().take(MAX_VARINT) {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                if index == MAX_VARINT - 1 && *byte > 1 {
                    return Err(ReadError::LongVarint);
                }
                self.rest = &self.rest[index + 1..];
                return Ok(value);
            }
        }
        if self.rest.len() < MAX_VARINT {
            Err(ReadError::Truncated)
        } else {
            Err(ReadError::LongVarint)
        }
    }

    /// Reads the next `length` bytes.
    ///
    /// # Errors
    ///
    /// If there are fewer.
    #[inline]
    pub fn bytes(&mut self, length: u64) -> Result<&'a [u8], ReadError> {
        let (bytes, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length))
            .ok_or(ReadError::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(ReadError::Truncated)?;
        self.rest = rest;
        Ok(*bytes)
    }

    #[inline]
    fn field(&mut self) -> Result<(u32, Payload<'a>), ReadError> {
        let tag = u32::try_from(self.varint()?).map_err(|_| ReadError::FieldNumber)?;
        let number = tag >> 3;
        if number == 0 {
            return Err(ReadError::FieldNumber);
        }
        let payload = match tag & 7 {
            0 => Payload::Varint(self.varint()?),
            1 => Payload::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = self.varint()?;
                Payload::Bytes(self.bytes(length)?)
            }
            5 => Payload::Fixed32(u32::from_le_bytes(self.array()?)),
            3 | 4 => return Err(ReadError::Group),
            _ => return Err(ReadError::WireType),
        };
        Ok((number, payload))
    }
}

/// The maximum size of a varint.
const MAX_VARINT: usize = 10;

impl<'a> Iterator for Reader<'a> {
    type Item = Result<(u32, Payload<'a>), ReadError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// The payload of a field, as far as its wire type determines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// An integer, a boolean or an enum value.
    Varint(u64),
    /// The bits of a `double`, `fixed64` or `sfixed64`.
    Fixed64(u64),
    /// A string, bytes, a message or a packed list.
    Bytes(&'a [u8]),
    /// The bits of a `float`, `fixed32` or `sfixed32`.
    Fixed32(u32),
}

impl<'a> Payload<'a> {
    /// The payload of a varint field.
    ///
    /// # Errors
    ///
    /// If it has another wire type. This applies to all methods here.
    #[inline]
    pub fn varint(self) -> Result<u64, ReadError> {
        match self {
            Payload::Varint(value) => Ok(value),
            _ => Err(ReadError::UnexpectedPayload),
        }
    }

    /// The payload of a `double` field.
    ///
    /// # Errors
    ///
    /// If it has another wire type.
    #[inline]
    pub fn double(self) -> Result<f64, ReadError> {
        match self {
            Payload::Fixed64(bits) => Ok(f64::from_bits(bits)),
            _ => Err(ReadError::UnexpectedPayload),
        }
    }

    /// The payload of a `float` field.
    ///
    /// # Errors
    ///
    /// If it has another wire type.
    #[inline]
    pub fn float(self) -> Result<f32, ReadError> {
        match self {
            Payload::Fixed32(bits) => Ok(f32::from_bits(bits)),
            _ => Err(ReadError::UnexpectedPayload),
        }
    }

    /// The payload of a length-delimited field.
    ///
    /// # Errors
    ///
    /// If it has another wire type.
    #[inline]
    pub fn bytes(self) -> Result<&'a [u8], ReadError> {
        match self {
            Payload::Bytes(bytes) => Ok(bytes),
            _ => Err(ReadError::UnexpectedPayload),
        }
    }

    /// The payload of a `string` field.
    ///
    /// # Errors
    ///
    /// If it has another wire type, or is not UTF-8.
    #[inline]
    pub fn str(self) -> Result<&'a str, ReadError> {
        str::from_utf8(self.bytes()?).map_err(|_| ReadError::Utf8)
    }
}

/// Why bytes are not the expected message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// The bytes end inside a field.
    Truncated,
    /// A varint has more than 64 bits.
    LongVarint,
    /// A field's number is zero or has more than 29 bits.
    FieldNumber,
    /// A field has a wire type that protobuf does not define.
    WireType,
    /// A field is a group, which proto3 does not have.
    Group,
    /// A known field has another wire type than its own.
    UnexpectedPayload,
    /// A string is not UTF-8.
    Utf8,
    /// A singular message occurs several times, which protobuf would merge.
    Split,
    /// Messages are nested more deeply than protobuf's parsers allow.
    Deep,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReadError::Truncated => "the bytes end inside a field",
            ReadError::LongVarint => "a varint has more than 64 bits",
            ReadError::FieldNumber => "a field number is out of range",
            ReadError::WireType => "a wire type does not exist",
            ReadError::Group => "a field is a group, which proto3 does not have",
            ReadError::UnexpectedPayload => "a field has the wrong wire type",
            ReadError::Utf8 => "a string is not UTF-8",
            ReadError::Split => "a message is split over several fields, which is not supported",
            ReadError::Deep => "messages lie too deep in one another",
        })
    }
}

impl std::error::Error for ReadError {}

#[cfg(test)]
mod tests {
    use super::{Payload, ReadError, Reader};

    fn first(bytes: &[u8]) -> Result<(u32, Payload<'_>), ReadError> {
        Reader::new(bytes).next().expect("not empty")
    }

    #[test]
    fn every_wire_type_is_read() {
        let bytes = [
            0x08, 0xac, 0x02, // 1: varint 300
            0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, // 2: double 1.0
            0x1a, 1, b'x', // 3: "x"
            0x25, 1, 0, 0, 0, // 4: fixed32 1
        ];
        let fields: Result<Vec<_>, _> = Reader::new(&bytes).collect();
        assert_eq!(
            fields.unwrap(),
            [
                (1, Payload::Varint(300)),
                (2, Payload::Fixed64(1.0_f64.to_bits())),
                (3, Payload::Bytes(b"x")),
                (4, Payload::Fixed32(1)),
            ]
        );
    }

    #[test]
    fn varints_have_at_most_64_bits() {
        let mut longest = vec![0x08];
        longest.extend([0xff; 9]);
        longest.push(1);
        assert_eq!(first(&longest), Ok((1, Payload::Varint(u64::MAX))));

        *longest.last_mut().unwrap() = 2;
        assert_eq!(first(&longest), Err(ReadError::LongVarint));

        *longest.last_mut().unwrap() = 0x81;
        longest.push(0);
        assert_eq!(first(&longest), Err(ReadError::LongVarint));
    }

    #[test]
    fn malformed_fields_are_refused_and_end_the_message() {
        for (bytes, error) in [
            (&[0x08][..], ReadError::Truncated),
            (&[0x08, 0x80], ReadError::Truncated),
            (&[0x12, 2, 0], ReadError::Truncated),
            (
                &[
                    0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
                ],
                ReadError::Truncated,
            ),
            (&[0x11, 0, 0, 0], ReadError::Truncated),
            (&[0x00, 0], ReadError::FieldNumber),
            (&[0x88, 0x80, 0x80, 0x80, 0x10, 0], ReadError::FieldNumber),
            (&[0x0b, 0x0c], ReadError::Group),
            (&[0x0e], ReadError::WireType),
        ] {
            let mut reader = Reader::new(bytes);
            assert_eq!(reader.next(), Some(Err(error)), "{bytes:x?}");
            assert_eq!(reader.next(), None);
        }
    }

    #[test]
    fn a_payload_knows_what_it_is_not() {
        assert_eq!(
            Payload::Varint(1).bytes(),
            Err(ReadError::UnexpectedPayload)
        );
        assert_eq!(
            Payload::Bytes(b"").varint(),
            Err(ReadError::UnexpectedPayload)
        );
        assert_eq!(
            Payload::Fixed32(0).double(),
            Err(ReadError::UnexpectedPayload)
        );
        assert_eq!(
            Payload::Fixed64(0).float(),
            Err(ReadError::UnexpectedPayload)
        );
        assert_eq!(Payload::Bytes(b"\xff").str(), Err(ReadError::Utf8));
    }
}
