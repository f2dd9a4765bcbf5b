//! A byte buffer that grows at the front.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::tag;
use crate::declare::Variant;
use crate::types::ValueError;
use crate::wire::Writer;

/// A byte buffer that grows at the front. A long buffer grows in pieces, so that nothing is copied and little
/// memory is left unused.
#[derive(Debug, Default)]
pub(in crate::types) struct Buffer {
    /// The piece that is being filled.
    piece: Piece,
    /// The full pieces after it, the last one first.
    full: Vec<Piece>,
    /// The number of bytes in the full pieces.
    full_len: usize,
    /// The most recently written types of unions.
    variants: [Option<WrittenVariant>; 2],
}

#[derive(Debug, Default)]
struct Piece {
    /// The written bytes are at the end.
    bytes: Vec<u8>,
    /// The start of the written bytes.
    start: usize,
}

impl Piece {
    fn with_room(room: usize) -> Self {
        Piece {
            bytes: vec![0; room],
            start: room,
        }
    }

    fn written(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

/// A type that was written, and its position.
#[derive(Clone, Copy, Debug)]
struct WrittenVariant {
    variant: &'static Variant,
    /// The distance of its last byte from the end of the buffer, which does not change.
    end: usize,
    length: usize,
}

/// A shorter buffer is a single piece.
const SHORT: usize = 64 << 10;

/// Room in front of a long value, for the messages around it.
const AROUND: usize = 256;

impl Buffer {
    /// The written bytes, in order.
    pub(in crate::types) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let full = self.full.iter().rev().map(Piece::written);
        std::iter::once(self.piece.written()).chain(full)
    }

    /// All written bytes, in one vector.
    pub(in crate::types) fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len());
        self.pieces()
            .for_each(|piece| bytes.extend_from_slice(piece));
        bytes
    }

    /// All written bytes, without a copy if they are a single piece.
    pub(in crate::types) fn in_one(&self) -> Cow<'_, [u8]> {
        if self.full.is_empty() {
            Cow::Borrowed(self.piece.written())
        } else {
            Cow::Owned(self.to_vec())
        }
    }

    /// A buffer with the given content.
    pub(in crate::types) fn of(bytes: Vec<u8>) -> Self {
        Buffer {
            piece: Piece { bytes, start: 0 },
            ..Buffer::default()
        }
    }

    /// Refuses a message, written since the length was `end`, that is larger than protobuf allows.
    pub(in crate::types) fn check_size(&self, end: usize) -> Result<(), ValueError> {
        let size = self.len() - end;
        if i32::try_from(size).is_ok() {
            return Ok(());
        }
        Err(ValueError::other(format!(
            "{size} bytes are more than a literal can hold, which is 2 GiB; pass a file or a table"
        )))
    }

    /// The bytes in front of a literal of this length that is an entry of a `flyteidl.core.LiteralMap`.
    pub(in crate::types) fn entry_before(name: &str, length: usize) -> Vec<u8> {
        let mut head = Vec::with_capacity(name.len() + 24);
        let entry = field_len(name.len()) + field_len(length);
        put_prefix(&mut head, tag::ENTRY, entry);
        put_prefix(&mut head, tag::KEY, name.len());
        head.extend_from_slice(name.as_bytes());
        put_prefix(&mut head, tag::VALUE, length);
        head
    }

    /// Makes the value that was written since the length was `end` an entry of a map.
    pub(super) fn entry(&mut self, key: &str, end: usize) {
        self.prefix(tag::VALUE, end);
        self.string(tag::KEY, key);
        self.prefix(tag::ENTRY, end);
    }

    #[inline]
    pub(in crate::types) fn len(&self) -> usize {
        self.full_len + self.piece.bytes.len() - self.piece.start
    }

    /// The `count` bytes in front of the written ones, which become part of them.
    #[inline]
    pub(in crate::types) fn claim(&mut self, count: usize) -> &mut [u8] {
        if count > self.piece.start {
            self.grow(count);
        }
        let piece = &mut self.piece;
        piece.start -= count;
        &mut piece.bytes[piece.start..][..count]
    }

    /// Makes room for at least `count` more bytes.
    #[cold]
    fn grow(&mut self, count: usize) {
        let len = self.len();
        let room = (2 * self.piece.bytes.len()).max(len + count).max(64);
        if room <= SHORT {
            let mut piece = Piece::with_room(room);
            piece.start -= len;
            piece.bytes[room - len..].copy_from_slice(self.piece.written());
            self.piece = piece;
            return;
        }
        // At most an eighth may be left unused.
        let room = (count + AROUND).max(len / 8).max(SHORT);
        let piece = std::mem::replace(&mut self.piece, Piece::with_room(room));
        if !piece.written().is_empty() {
            self.full_len = len;
            self.full.push(piece);
        }
    }

    #[inline]
    pub(in crate::types) fn raw<const N: usize>(&mut self, bytes: [u8; N]) {
        self.claim(N).copy_from_slice(&bytes);
    }

    /// Writes a varint, and returns the number of its bytes.
    #[inline]
    pub(super) fn varint(&mut self, mut value: u64) -> u8 {
        let length = varint_len(value);
        let bytes = self.claim(usize::from(length));
        if let [before @ .., last] = bytes {
            for byte in before {
                *byte = low_byte(value) | 0x80;
                value >>= 7;
            }
            *last = low_byte(value);
        }
        length
    }

    /// Makes the bytes that were written since the length was `end` the content of a field.
    #[inline]
    pub(super) fn prefix(&mut self, tag: u8, end: usize) {
        let length = self.len() - end;
        if let Ok(length @ 0..0x80) = u8::try_from(length) {
            self.raw([tag, length]);
        } else {
            self.varint(length as u64);
            self.raw([tag]);
        }
    }

    pub(super) fn string(&mut self, tag: u8, value: &str) {
        let end = self.len();
        self.claim(value.len()).copy_from_slice(value.as_bytes());
        self.prefix(tag, end);
    }

    /// Writes the type of a union's value. Lists often have consecutive values of one type, and a type with a
    /// schema is much longer than a value: so it is copied from its previous position.
    pub(super) fn variant(&mut self, variant: &'static Variant) {
        let [newest, other] = self.variants;
        let is_it = |it: &WrittenVariant| std::ptr::eq(it.variant, variant);
        if let Some(it) = newest.filter(is_it).or(other.filter(is_it))
            && it.end >= self.full_len
            && it.length <= self.piece.start
        {
            self.claim(it.length);
            let Piece { bytes, start } = &mut self.piece;
            let from = bytes.len() - (it.end - self.full_len) - it.length;
            bytes.copy_within(from..from + it.length, *start);
            return;
        }
        let end = self.len();
        self.constant(|w| variant.encode(w));
        let length = self.len() - end;
        self.variants = [
            Some(WrittenVariant {
                variant,
                end,
                length,
            }),
            newest,
        ];
    }

    /// Writes the output of `encode`, the same bytes as in the template.
    pub(super) fn constant(&mut self, encode: impl Fn(&mut Writer<'_>)) {
        let mut measure = Writer::counting();
        encode(&mut measure);
        encode(&mut Writer::new(self.claim(measure.len())));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "only the low byte is wanted"
)]
const fn low_byte(value: u64) -> u8 {
    value as u8
}

/// The size of a varint: each byte has seven bits, and zero takes one byte, too.
const fn varint_len(value: u64) -> u8 {
    low_byte((70 - (value | 1).leading_zeros() as u64) / 7)
}

/// Writes the tag of a length-delimited field, and the length of its content.
fn put_prefix(bytes: &mut Vec<u8>, tag: u8, length: usize) {
    bytes.push(tag);
    let mut rest = length as u64;
    while rest >= 0x80 {
        bytes.push(low_byte(rest) | 0x80);
        rest >>= 7;
    }
    bytes.push(low_byte(rest));
}

/// The size of a length-delimited field with this much content.
const fn field_len(content: usize) -> usize {
    1 + varint_len(content as u64) as usize + content
}
