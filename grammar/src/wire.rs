//! Writes protobuf from back to front, both in const evaluation and at run time.
//!
//! A length-delimited field consists of its tag, the length of its content, and the content. When writing
//! from the end, the content is there before its length is needed: one pass is enough, no length is computed
//! twice, and the same code measures (without a buffer) and writes (into a buffer of the measured length).

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
/// The wire type of `float`.
const FIXED32: u32 = 5;

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
    /// The part that is not written yet; empty once something did not fit.
    rest: &'b mut [u8],
    len: usize,
}

/// From this size on, `copy_from_slice` costs the compiler less than [`put`]: with everything around it, the
/// call takes about 60 µs, and eight bytes in one pattern take about 10 µs.
const LONG: usize = 48;

/// Writes the bytes to the end of `rest`, and returns the remaining part, which is empty if they did not fit.
#[must_use]
pub const fn put<'b>(rest: &'b mut [u8], bytes: &[u8]) -> &'b mut [u8] {
    put_last(rest, bytes, bytes.len()).0
}

/// Writes the last `count` of the bytes to the end of `rest`, and returns the remaining parts of both. What is
/// left of `rest` is empty if the bytes did not fit.
///
/// Uses patterns, because const evaluation pays for each function call and for each checked index.
#[expect(clippy::many_single_char_names, reason = "eight bytes in a row")]
#[must_use]
pub const fn put_last<'b, 'f>(
    mut rest: &'b mut [u8],
    mut bytes: &'f [u8],
    mut count: usize,
) -> (&'b mut [u8], &'f [u8]) {
    while count >= 8
        && let [more @ .., a, b, c, d, e, f, g, h] = bytes
    {
        let [left @ .., t, u, v, w, x, y, z, last] = rest else {
            return none_left(bytes, count);
        };
        // One by one: a tuple would need a copy of each byte.
        *t = *a;
        *u = *b;
        *v = *c;
        *w = *d;
        *x = *e;
        *y = *f;
        *z = *g;
        *last = *h;
        (rest, bytes) = (left, more);
        count -= 8;
    }
    if count >= 4
        && let [more @ .., a, b, c, d] = bytes
    {
        let [left @ .., w, x, y, last] = rest else {
            return none_left(bytes, count);
        };
        *w = *a;
        *x = *b;
        *y = *c;
        *last = *d;
        (rest, bytes) = (left, more);
        count -= 4;
    }
    if count >= 2
        && let [more @ .., a, b] = bytes
    {
        let [left @ .., y, last] = rest else {
            return none_left(bytes, count);
        };
        *y = *a;
        *last = *b;
        (rest, bytes) = (left, more);
        count -= 2;
    }
    if count > 0
        && let [more @ .., byte] = bytes
    {
        let [left @ .., last] = rest else {
            return none_left(bytes, count);
        };
        *last = *byte;
        (rest, bytes) = (left, more);
    }
    (rest, bytes)
}

/// No room, and the bytes without the last `count`.
const fn none_left<'b>(bytes: &[u8], count: usize) -> (&'b mut [u8], &[u8]) {
    (&mut [], bytes.split_at(bytes.len() - count).0)
}

impl<'b> Writer<'b> {
    /// A writer that keeps nothing and only counts the bytes.
    pub const fn counting() -> Self {
        Writer::new(&mut [])
    }

    /// A writer that fills `buffer` from its end. Bytes that do not fit are only counted: compare
    /// [`len`](Self::len) with the buffer's length.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Writer {
            rest: buffer,
            len: 0,
        }
    }

    /// The bytes that `write` writes; it is called twice.
    pub fn to_bytes(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
        let mut measure = Writer::counting();
        write(&mut measure);
        let mut bytes = vec![0; measure.len()];
        write(&mut Writer::new(&mut bytes));
        bytes
    }

    /// The room that is left, and the number of bytes so far, for code that writes many small parts: const
    /// evaluation pays less for both than for a writer.
    pub const fn into_parts(self) -> (&'b mut [u8], usize) {
        (self.rest, self.len)
    }

    /// The opposite of [`into_parts`](Self::into_parts).
    pub const fn from_parts(rest: &'b mut [u8], len: usize) -> Self {
        Writer { rest, len }
    }

    /// The number of bytes so far.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether no bytes were written so far.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes raw bytes in front of everything written so far.
    pub const fn raw(&mut self, bytes: &[u8]) {
        self.len += bytes.len();
        // Once something did not fit, nothing before it is written.
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

    /// Writes two bytes, the size of most prefixes.
    const fn pair(&mut self, first: u8, second: u8) {
        self.len += 2;
        if let [left @ .., one, two] = replace(&mut self.rest, &mut []) {
            (*one, *two) = (first, second);
            self.rest = left;
        }
    }

    /// Writes a varint from the back: its highest seven bits, which have no continuation bit, come first.
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

    /// Writes a varint field, also when it is zero (for a member of a oneof).
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

    /// Writes an `int64` (or `int32`, or enum) field, also when it is zero.
    pub const fn int64(&mut self, field: u32, value: i64) {
        self.uint64(field, value.cast_unsigned());
    }

    /// Writes an `int64` (or `int32`, or enum) field; omitted when zero, as in proto3 outside of oneofs.
    pub const fn int64_nonzero(&mut self, field: u32, value: i64) {
        if value != 0 {
            self.int64(field, value);
        }
    }

    /// Writes a `bool` field, also when it is false.
    pub const fn bool(&mut self, field: u32, value: bool) {
        self.uint64(field, value as u64);
    }

    /// Writes a `bool` field; omitted when false.
    pub const fn bool_true(&mut self, field: u32, value: bool) {
        if value {
            self.bool(field, value);
        }
    }

    /// Writes a `double` field, also when it is zero.
    pub const fn double(&mut self, field: u32, value: f64) {
        self.raw(&value.to_bits().to_le_bytes());
        self.tag(field, FIXED64);
    }

    /// Writes a `float` field, also when it is zero.
    pub const fn float(&mut self, field: u32, value: f32) {
        self.raw(&value.to_bits().to_le_bytes());
        self.tag(field, FIXED32);
    }

    /// Writes a `bytes` field, also when it is empty.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seven bits are enough for both"
    )]
    pub const fn bytes(&mut self, field: u32, value: &[u8]) {
        let count = value.len();
        if count < LONG && field < 0x10 {
            // The general case below, with the calls inlined.
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

    /// This writer; one that only counts is left.
    #[must_use]
    pub const fn take(&mut self) -> Self {
        replace(self, Writer::counting())
    }

    /// Writes the last `count` of the bytes, like [`raw`](Self::raw): const evaluation pays much for a part of a
    /// slice.
    ///
    /// ```
    /// # use flytekit_grammar::wire::Writer;
    /// let bytes = Writer::to_bytes(|w| w.last(b"many\x18\x01", 2));
    /// assert_eq!(bytes, [0x18, 1]);
    /// ```
    pub const fn last(&mut self, bytes: &[u8], count: usize) {
        self.len += count;
        let rest = replace(&mut self.rest, &mut []);
        (self.rest, _) = put_last(rest, bytes, count);
    }

    /// Writes a `string` field, also when it is empty.
    pub const fn string(&mut self, field: u32, value: &str) {
        self.bytes(field, value.as_bytes());
    }

    /// Writes a `string` field; omitted when empty.
    pub const fn string_nonempty(&mut self, field: u32, value: &str) {
        if !value.is_empty() {
            self.string(field, value);
        }
    }

    /// Makes everything written since the length was `end` the content of the length-delimited `field`.
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
