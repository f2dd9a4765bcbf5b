//! Protobuf written from back to front, in const evaluation and at run time alike.
//!
//! A length-delimited field is its tag, the length of its content, and the content. Written from
//! the end, the content is there before its length is needed: one pass, no length computed twice,
//! and the same code measures (no buffer) and writes (a buffer of the measured length).

#![expect(
    clippy::mem_replace_with_default,
    reason = "`take` is not for const evaluation"
)]

use alloc::vec;
use alloc::vec::Vec;
use core::mem::replace;

/// Wire type of a varint field.
const VARINT: u32 = 0;
/// Wire type of a fixed 64-bit field.
const FIXED64: u32 = 1;
/// Wire type of a length-delimited field.
const LENGTH_DELIMITED: u32 = 2;

/// Writes protobuf fields into the end of a buffer, or only counts their bytes.
///
/// Fields must be written in reverse order, and a message's fields before its [`message`] prefix:
///
/// ```
/// # use flytekit_grammar::wire::Writer;
/// const fn point(w: &mut Writer<'_>) {
///     let end = w.len();
///     w.int64(2, 5); // y
///     w.int64(1, 3); // x
///     w.message(1, end); // the point is field 1 of its parent
/// }
/// const LEN: usize = { let mut w = Writer::counting(); point(&mut w); w.len() };
/// let mut bytes = [0; LEN];
/// point(&mut Writer::new(&mut bytes));
/// assert_eq!(bytes, [0x0a, 4, 0x08, 3, 0x10, 5]);
/// ```
///
/// [`message`]: Writer::message
#[derive(Debug)]
pub struct Writer<'b> {
    /// What is not written yet, or nothing once something did not fit.
    rest: &'b mut [u8],
    len: usize,
}

/// From how many bytes on `copy_from_slice` costs the compiler less than [`put`]: with what belongs to
/// it, the call takes about 60 µs, and eight bytes take about 10 µs in one pattern.
const LONG: usize = 48;

/// Fills the end of `rest`, which has room for them, with the bytes, and returns what is left of it.
///
/// In patterns, because const evaluation pays for each function that is called and for each index
/// that is checked.
#[expect(clippy::many_single_char_names, reason = "eight bytes in a row")]
const fn put<'b>(mut rest: &'b mut [u8], mut bytes: &[u8]) -> &'b mut [u8] {
    while let [more @ .., a, b, c, d, e, f, g, h] = bytes {
        let [left @ .., t, u, v, w, x, y, z, last] = rest else {
            return &mut [];
        };
        (*t, *u, *v, *w) = (*a, *b, *c, *d);
        (*x, *y, *z, *last) = (*e, *f, *g, *h);
        (rest, bytes) = (left, more);
    }
    while let [more @ .., byte] = bytes {
        let [left @ .., last] = rest else {
            return &mut [];
        };
        *last = *byte;
        (rest, bytes) = (left, more);
    }
    rest
}

impl<'b> Writer<'b> {
    /// A writer that keeps nothing and counts what would be written.
    pub const fn counting() -> Self {
        Writer::new(&mut [])
    }

    /// A writer that fills `buffer` from its end. What does not fit is only counted: compare
    /// [`len`](Self::len) with the buffer's length.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Writer {
            rest: buffer,
            len: 0,
        }
    }

    /// What `write` writes, which it is asked twice for.
    pub fn to_bytes(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
        let mut measure = Writer::counting();
        write(&mut measure);
        let mut bytes = vec![0; measure.len()];
        write(&mut Writer::new(&mut bytes));
        bytes
    }

    /// Bytes written and counted so far.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written so far.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts raw bytes in front of everything written so far.
    pub const fn raw(&mut self, bytes: &[u8]) {
        self.len += bytes.len();
        // What does not fit leaves nothing behind for what comes before it.
        let rest = replace(&mut self.rest, &mut []);
        let Some(left) = rest.len().checked_sub(bytes.len()) else {
            return;
        };
        if bytes.len() < LONG {
            self.rest = put(rest, bytes);
        } else {
            let (left, target) = rest.split_at_mut(left);
            target.copy_from_slice(bytes);
            self.rest = left;
        }
    }

    const fn byte(&mut self, byte: u8) {
        self.len += 1;
        if let [left @ .., last] = replace(&mut self.rest, &mut []) {
            *last = byte;
            self.rest = left;
        }
    }

    /// Two bytes, of which most prefixes consist.
    const fn pair(&mut self, first: u8, second: u8) {
        self.len += 2;
        if let [left @ .., one, two] = replace(&mut self.rest, &mut []) {
            (*one, *two) = (first, second);
            self.rest = left;
        }
    }

    /// A bare varint: from the back, so its highest seven bits, which have no continuation bit,
    /// come first.
    #[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
    pub const fn varint(&mut self, value: u64) {
        if value < 0x80 {
            return self.byte(value as u8);
        }
        let mut shift = 63;
        while value >> shift == 0 {
            shift -= 7;
        }
        self.byte((value >> shift) as u8);
        while shift > 0 {
            shift -= 7;
            self.byte((value >> shift) as u8 | 0x80);
        }
    }

    const fn tag(&mut self, field: u32, wire_type: u32) {
        self.varint((field << 3 | wire_type) as u64);
    }

    /// A varint field, also when it is zero (a member of a oneof).
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seven bits are enough for both"
    )]
    pub const fn uint64(&mut self, field: u32, value: u64) {
        if value < 0x80 && field < 0x10 {
            return self.pair((field << 3 | VARINT) as u8, value as u8);
        }
        self.varint(value);
        self.tag(field, VARINT);
    }

    /// An `int64` (or `int32`, or enum) field, also when it is zero.
    pub const fn int64(&mut self, field: u32, value: i64) {
        self.uint64(field, value.cast_unsigned());
    }

    /// An `int64` (or `int32`, or enum) field; left out when zero, as proto3 does outside oneofs.
    pub const fn int64_nonzero(&mut self, field: u32, value: i64) {
        if value != 0 {
            self.int64(field, value);
        }
    }

    /// A `bool` field, also when it is false.
    pub const fn bool(&mut self, field: u32, value: bool) {
        self.uint64(field, value as u64);
    }

    /// A `bool` field; left out when false.
    pub const fn bool_true(&mut self, field: u32, value: bool) {
        if value {
            self.bool(field, value);
        }
    }

    /// A `double` field, also when it is zero.
    pub const fn double(&mut self, field: u32, value: f64) {
        self.raw(&value.to_bits().to_le_bytes());
        self.tag(field, FIXED64);
    }

    /// A `bytes` field, also when it is empty.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seven bits are enough for both"
    )]
    pub const fn bytes(&mut self, field: u32, value: &[u8]) {
        let count = value.len();
        if count < LONG && field < 0x10 {
            // What follows, without the calls.
            self.len += count + 2;
            let rest = replace(&mut self.rest, &mut []);
            if rest.len() >= count + 2
                && let [left @ .., one, two] = put(rest, value)
            {
                (*one, *two) = ((field << 3 | LENGTH_DELIMITED) as u8, count as u8);
                self.rest = left;
            }
            return;
        }
        let end = self.len;
        self.raw(value);
        self.message(field, end);
    }

    /// A `string` field, also when it is empty.
    pub const fn string(&mut self, field: u32, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    /// A `string` field; left out when empty.
    pub const fn string_nonempty(&mut self, field: u32, value: &str) {
        if !value.is_empty() {
            self.string(field, value);
        }
    }

    /// Makes everything written since the length was `end` the content of length-delimited `field`.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seven bits are enough for both"
    )]
    pub const fn message(&mut self, field: u32, end: usize) {
        let length = self.len - end;
        if length < 0x80 && field < 0x10 {
            return self.pair((field << 3 | LENGTH_DELIMITED) as u8, length as u8);
        }
        self.varint(length as u64);
        self.tag(field, LENGTH_DELIMITED);
    }
}
