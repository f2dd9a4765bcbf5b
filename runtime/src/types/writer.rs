//! Literals written from back to front, so that each length is known when its prefix is written.
//!
//! [`crate::wire::Writer`] does the same for constants, in a buffer of the right size; here the
//! buffer grows.

use std::borrow::Cow;

use super::{MsgpackWriter, SecondsNanos, ValueError, msgpack};
use crate::declare::{BlobType, StructuredDatasetType, Variant};
use crate::wire::Writer;

/// The place for one literal, into which exactly one is written.
///
/// Every method writes a whole literal and uses the writer up, so a literal cannot be written
/// twice, and [`Written`], which only these methods give, cannot be returned without one:
///
/// ```
/// use flytekit::types::{FlyteType, LiteralRef, LiteralWriter, ValueError};
///
/// let bytes = LiteralWriter::to_bytes(|out| {
///     out.collection([1, 2], |out, number| Ok(out.integer(number)))
/// })?;
/// assert_eq!(Vec::<i64>::decode(LiteralRef::new(&bytes))?, [1, 2]);
/// # Ok::<(), ValueError>(())
/// ```
#[derive(Debug)]
pub struct LiteralWriter<'b> {
    buffer: &'b mut Buffer,
}

/// The proof that a literal was written.
#[derive(Debug)]
#[must_use = "`encode` returns it"]
pub struct Written(());

impl Written {
    pub(super) const fn proof() -> Self {
        Written(())
    }
}

impl LiteralWriter<'_> {
    /// The bytes of the literal that `write` writes.
    ///
    /// # Errors
    ///
    /// Those of `write`.
    pub fn to_bytes(
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Vec<u8>, ValueError> {
        Self::to_buffer(write).map(|buffer| buffer.to_vec())
    }

    pub(super) fn to_buffer(
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Buffer, ValueError> {
        let mut buffer = Buffer::default();
        let Written(()) = write(LiteralWriter::new(&mut buffer))?;
        buffer.check_size(0)?;
        Ok(buffer)
    }

    fn new(buffer: &mut Buffer) -> LiteralWriter<'_> {
        LiteralWriter { buffer }
    }

    /// `scalar { primitive { integer } }`
    #[inline]
    pub fn integer(self, value: i64) -> Written {
        let length = self.buffer.varint(value.cast_unsigned());
        self.primitive(INTEGER, length)
    }

    /// `scalar { primitive { float_value } }`; infinities and NaN pass.
    #[inline]
    pub fn float(self, value: f64) -> Written {
        self.buffer.raw(value.to_le_bytes());
        self.primitive(FLOAT, 8)
    }

    /// `scalar { primitive { boolean } }`
    #[inline]
    pub fn boolean(self, value: bool) -> Written {
        self.buffer.raw([u8::from(value)]);
        self.primitive(BOOLEAN, 1)
    }

    /// `scalar { primitive { string_value } }`
    pub fn string(self, value: &str) -> Written {
        let end = self.buffer.len();
        self.buffer.string(STRING, value);
        self.buffer.prefix(PRIMITIVE, end);
        self.scalar(end)
    }

    /// `scalar { primitive { datetime } }`: a point in time, counted from 1970 in UTC.
    pub fn datetime(self, since_1970: SecondsNanos) -> Written {
        self.time(DATETIME, since_1970)
    }

    /// `scalar { primitive { duration } }`
    pub fn duration(self, duration: SecondsNanos) -> Written {
        self.time(DURATION, duration)
    }

    fn time(self, tag: u8, time: SecondsNanos) -> Written {
        let end = self.buffer.len();
        // Of an `int32` the sign takes ten bytes, like that of an `int64`.
        for (tag, value) in [(NANOS, i64::from(time.nanos)), (SECONDS, time.seconds)] {
            if value != 0 {
                self.buffer.varint(value.cast_unsigned());
                self.buffer.raw([tag]);
            }
        }
        self.buffer.prefix(tag, end);
        self.buffer.prefix(PRIMITIVE, end);
        self.scalar(end)
    }

    /// `scalar { none_type {} }`: no value, which is not the same as none of the others' defaults.
    pub fn none(self) -> Written {
        let end = self.buffer.len();
        self.buffer.prefix(NONE, end);
        self.scalar(end)
    }

    /// A list of what `write` writes for each of the items.
    ///
    /// It is called from the last item to the first.
    ///
    /// # Errors
    ///
    /// The first of `write`, with the item's index put into its path.
    pub fn collection<I>(
        self,
        items: I,
        mut write: impl FnMut(LiteralWriter<'_>, I::Item) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError>
    where
        I: IntoIterator<IntoIter: DoubleEndedIterator>,
    {
        let end = self.buffer.len();
        let mut items = items.into_iter();
        while let Some(item) = items.next_back() {
            let item_end = self.buffer.len();
            if let Err(error) = write(LiteralWriter::new(self.buffer), item) {
                return Err(error.at_index(items.count()));
            }
            self.buffer.prefix(ELEMENT, item_end);
        }
        self.buffer.prefix(COLLECTION, end);
        Ok(Written(()))
    }

    /// A map of what `write` writes for each of the values, sorted by key whatever the order of
    /// the entries, so that equal maps are equal bytes.
    ///
    /// # Errors
    ///
    /// The first of `write`, with the entry's key put into its path.
    pub fn map<K: AsRef<str>, V>(
        self,
        entries: impl IntoIterator<Item = (K, V)>,
        mut write: impl FnMut(LiteralWriter<'_>, V) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        let mut entries: Vec<(K, V)> = entries.into_iter().collect();
        entries.sort_by(|(left, _), (right, _)| left.as_ref().cmp(right.as_ref()));
        let end = self.buffer.len();
        for (key, value) in entries.into_iter().rev() {
            let entry_end = self.buffer.len();
            let Written(()) = write(LiteralWriter::new(self.buffer), value)
                .map_err(|error| error.at_key(key.as_ref()))?;
            self.buffer.entry(key.as_ref(), entry_end);
        }
        self.buffer.prefix(MAP, end);
        Ok(Written(()))
    }

    /// A value of a union: what `write` writes, and the type that was chosen for it.
    ///
    /// # Errors
    ///
    /// Those of `write`.
    pub fn union(
        self,
        chosen: &'static Variant,
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        let end = self.buffer.len();
        self.buffer.variant(chosen);
        self.buffer.prefix(UNION_TYPE, end);
        let value_end = self.buffer.len();
        let Written(()) = write(LiteralWriter::new(self.buffer))?;
        self.buffer.prefix(UNION_VALUE, value_end);
        self.buffer.prefix(UNION, end);
        Ok(self.scalar(end))
    }

    /// `scalar { structured_dataset { uri, metadata { structured_dataset_type } } }`: a table that
    /// lies at `uri`.
    pub fn structured_dataset(self, uri: &str, dataset: &StructuredDatasetType<'_>) -> Written {
        let end = self.buffer.len();
        self.buffer.constant(|w| dataset.encode(w));
        self.dataset_at(uri, end)
    }

    /// The same, of a type that is encoded already.
    #[cfg(feature = "arrow")]
    pub(super) fn structured_dataset_as(self, uri: &str, dataset: &[u8]) -> Written {
        let end = self.buffer.len();
        self.buffer.claim(dataset.len()).copy_from_slice(dataset);
        self.dataset_at(uri, end)
    }

    /// Closes a table whose type has been written since the length was `end`.
    fn dataset_at(self, uri: &str, end: usize) -> Written {
        self.buffer.prefix(DATASET_TYPE, end);
        self.buffer.prefix(DATASET_METADATA, end);
        if !uri.is_empty() {
            self.buffer.string(DATASET_URI, uri);
        }
        self.buffer.prefix(STRUCTURED_DATASET, end);
        self.scalar(end)
    }

    /// `scalar { blob { uri, metadata { type } } }`: a file or a folder that lies at `uri`.
    pub fn blob(self, uri: &str, blob: &BlobType<'_>) -> Written {
        let end = self.buffer.len();
        if !uri.is_empty() {
            self.buffer.string(BLOB_URI, uri);
        }
        let metadata = self.buffer.len();
        self.buffer.constant(|w| blob.encode(w));
        self.buffer.prefix(BLOB_TYPE, metadata);
        self.buffer.prefix(BLOB_METADATA, metadata);
        self.buffer.prefix(BLOB, end);
        self.scalar(end)
    }

    /// `scalar { binary { value, tag: "msgpack" } }`: what stands inside objects.
    ///
    /// # Errors
    ///
    /// Those of `write`.
    pub fn msgpack(
        self,
        write: impl FnOnce(MsgpackWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        let end = self.buffer.len();
        self.buffer.string(BINARY_TAG, msgpack::TAG);
        let value = self.buffer.len();
        let Written(()) = write(MsgpackWriter::new(self.buffer))?;
        self.buffer.check_size(value)?;
        self.buffer.prefix(BINARY_VALUE, value);
        self.buffer.prefix(BINARY, end);
        Ok(self.scalar(end))
    }

    /// The literal that `write` writes, with a hash by which a cache knows its value.
    ///
    /// # Errors
    ///
    /// Those of `write`.
    pub fn hashed(
        self,
        hash: &str,
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        if !hash.is_empty() {
            self.buffer.string(HASH, hash);
        }
        write(self)
    }

    /// The literal that `write` writes, with these words beside it.
    ///
    /// # Errors
    ///
    /// Those of `write`.
    pub fn with_metadata<'m>(
        self,
        metadata: impl IntoIterator<Item = (&'m str, &'m str), IntoIter: DoubleEndedIterator>,
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        for (key, value) in metadata.into_iter().rev() {
            let end = self.buffer.len();
            self.buffer.string(VALUE, value);
            self.buffer.string(KEY, key);
            self.buffer.prefix(METADATA, end);
        }
        write(self)
    }

    /// Closes a primitive whose value has been written, in `length` bytes (at most a varint's).
    #[inline]
    fn primitive(self, tag: u8, length: u8) -> Written {
        self.buffer
            .raw([SCALAR, length + 3, PRIMITIVE, length + 1, tag]);
        Written(())
    }

    fn scalar(self, end: usize) -> Written {
        self.buffer.prefix(SCALAR, end);
        Written(())
    }
}

/// The tag of a length-delimited field.
const fn delimited(field: u8) -> u8 {
    field << 3 | 2
}

// flyteidl.core.Literal
const SCALAR: u8 = delimited(1);
const COLLECTION: u8 = delimited(2);
const MAP: u8 = delimited(3);
const HASH: u8 = delimited(4);
const METADATA: u8 = delimited(5);
// flyteidl.core.Scalar
const PRIMITIVE: u8 = delimited(1);
const BLOB: u8 = delimited(2);
const BINARY: u8 = delimited(3);
const NONE: u8 = delimited(5);
const STRUCTURED_DATASET: u8 = delimited(8);
const UNION: u8 = delimited(9);
// flyteidl.core.Primitive; a varint has wire type 0, a double 1
const INTEGER: u8 = 1 << 3;
const FLOAT: u8 = 2 << 3 | 1;
const STRING: u8 = delimited(3);
const BOOLEAN: u8 = 4 << 3;
const DATETIME: u8 = delimited(5);
const DURATION: u8 = delimited(6);
// google.protobuf.Timestamp, google.protobuf.Duration
const SECONDS: u8 = 1 << 3;
const NANOS: u8 = 2 << 3;
// flyteidl.core.LiteralCollection, flyteidl.core.LiteralMap and its entries
const ELEMENT: u8 = delimited(1);
const ENTRY: u8 = delimited(1);
const KEY: u8 = delimited(1);
const VALUE: u8 = delimited(2);
// flyteidl.core.StructuredDataset, flyteidl.core.StructuredDatasetMetadata
const DATASET_URI: u8 = delimited(1);
const DATASET_METADATA: u8 = delimited(2);
const DATASET_TYPE: u8 = delimited(1);
// flyteidl.core.Blob, flyteidl.core.BlobMetadata
const BLOB_METADATA: u8 = delimited(1);
const BLOB_TYPE: u8 = delimited(1);
const BLOB_URI: u8 = delimited(3);
// flyteidl.core.Binary
const BINARY_VALUE: u8 = delimited(1);
const BINARY_TAG: u8 = delimited(2);
// flyteidl.core.Union
const UNION_VALUE: u8 = delimited(1);
const UNION_TYPE: u8 = delimited(2);

/// Bytes that grow at the front. What is long grows in pieces, so that nothing is copied and no more
/// memory is taken than it has.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// The piece that is being filled.
    piece: Piece,
    /// Those after it, the last one first.
    full: Vec<Piece>,
    /// How much there is in them.
    full_len: usize,
    /// The types of unions that were written last.
    variants: [Option<WrittenVariant>; 2],
}

#[derive(Debug, Default)]
struct Piece {
    /// What has been written is at the end.
    bytes: Vec<u8>,
    /// Where it starts.
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

/// A type that has been written, and where.
#[derive(Clone, Copy, Debug)]
struct WrittenVariant {
    variant: &'static Variant,
    /// The distance of its last byte from the end of the buffer, which does not change.
    end: usize,
    length: usize,
}

/// What is shorter is one piece.
const SHORT: usize = 64 << 10;

/// Room in front of something long, for all that may lie around it.
const AROUND: usize = 256;

impl Buffer {
    /// What has been written, in order.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let full = self.full.iter().rev().map(Piece::written);
        std::iter::once(self.piece.written()).chain(full)
    }

    /// All that has been written, in one.
    pub(super) fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len());
        self.pieces()
            .for_each(|piece| bytes.extend_from_slice(piece));
        bytes
    }

    /// The same, without a copy where it is one piece.
    pub(super) fn in_one(&self) -> Cow<'_, [u8]> {
        if self.full.is_empty() {
            Cow::Borrowed(self.piece.written())
        } else {
            Cow::Owned(self.to_vec())
        }
    }

    /// What somebody else has written.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Buffer {
            piece: Piece { bytes, start: 0 },
            ..Buffer::default()
        }
    }

    /// Refuses what has been written since the length was `end` if it is more than a message of
    /// protobuf can be.
    pub(super) fn check_size(&self, end: usize) -> Result<(), ValueError> {
        let size = self.len() - end;
        if i32::try_from(size).is_ok() {
            return Ok(());
        }
        Err(ValueError::other(format!(
            "{size} bytes are more than a literal can hold, which is 2 GiB; pass a file or a table"
        )))
    }

    /// What stands before a literal of this length that is an entry of a `flyteidl.core.LiteralMap`.
    pub(super) fn entry_before(name: &str, length: usize) -> Vec<u8> {
        let mut head = Vec::with_capacity(name.len() + 24);
        let entry = field_len(name.len()) + field_len(length);
        put_prefix(&mut head, ENTRY, entry);
        put_prefix(&mut head, KEY, name.len());
        head.extend_from_slice(name.as_bytes());
        put_prefix(&mut head, VALUE, length);
        head
    }

    /// Makes the value that has been written since the length was `end` the entry of a map.
    fn entry(&mut self, key: &str, end: usize) {
        self.prefix(VALUE, end);
        self.string(KEY, key);
        self.prefix(ENTRY, end);
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.full_len + self.piece.bytes.len() - self.piece.start
    }

    /// The `count` bytes in front of what has been written, which are now part of it.
    #[inline]
    pub(super) fn claim(&mut self, count: usize) -> &mut [u8] {
        if count > self.piece.start {
            self.grow(count);
        }
        let piece = &mut self.piece;
        piece.start -= count;
        &mut piece.bytes[piece.start..][..count]
    }

    /// Makes room for at least `count` bytes more.
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
        // An eighth is what may be left empty.
        let room = (count + AROUND).max(len / 8).max(SHORT);
        let piece = std::mem::replace(&mut self.piece, Piece::with_room(room));
        if !piece.written().is_empty() {
            self.full_len = len;
            self.full.push(piece);
        }
    }

    #[inline]
    pub(super) fn raw<const N: usize>(&mut self, bytes: [u8; N]) {
        self.claim(N).copy_from_slice(&bytes);
    }

    /// Returns the number of bytes that it took.
    #[inline]
    fn varint(&mut self, mut value: u64) -> u8 {
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

    /// Makes what has been written since the length was `end` the content of a field.
    #[inline]
    fn prefix(&mut self, tag: u8, end: usize) {
        let length = self.len() - end;
        if let Ok(length @ 0..0x80) = u8::try_from(length) {
            self.raw([tag, length]);
        } else {
            self.varint(length as u64);
            self.raw([tag]);
        }
    }

    fn string(&mut self, tag: u8, value: &str) {
        let end = self.len();
        self.claim(value.len()).copy_from_slice(value.as_bytes());
        self.prefix(tag, end);
    }

    /// The type of a union's value. Values of one type follow each other in lists, and a type that
    /// has a schema is much longer than they are: it is copied from where it was written before.
    fn variant(&mut self, variant: &'static Variant) {
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

    /// What `encode` writes, as it would into the template.
    fn constant(&mut self, encode: impl Fn(&mut Writer<'_>)) {
        let mut measure = Writer::counting();
        encode(&mut measure);
        encode(&mut Writer::new(self.claim(measure.len())));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the point of it")]
const fn low_byte(value: u64) -> u8 {
    value as u8
}

/// Bytes of a varint: each holds seven bits, and zero takes one too.
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

/// Bytes of a length-delimited field with so much content.
const fn field_len(content: usize) -> usize {
    1 + varint_len(content as u64) as usize + content
}

#[cfg(test)]
mod tests {
    use super::{Buffer, Written, varint_len};
    use crate::types::{Content, FlyteType, LiteralRef, LiteralWriter};

    #[test]
    fn varints_take_the_bytes_they_need() {
        for (value, length) in [
            (0, 1),
            (0x7f, 1),
            (0x80, 2),
            (0x3fff, 2),
            (0x4000, 3),
            (u64::MAX >> 1, 9),
            (u64::MAX, 10),
        ] {
            assert_eq!(varint_len(value), length);
            let mut buffer = Buffer::default();
            assert_eq!(buffer.varint(value), length);
            assert_eq!(
                crate::wire::Reader::new(&buffer.to_vec()).varint(),
                Ok(value)
            );
        }
    }

    #[test]
    fn literals_of_any_length_are_prefixed() {
        for length in [0, 1, 119, 120, 121, 127, 128, 16_383, 16_384, 100_000] {
            let text = "x".repeat(length);
            let literal = LiteralWriter::to_bytes(|out| Ok(out.string(&text))).unwrap();
            let Ok(Content::String(read)) = LiteralRef::new(&literal).content() else {
                panic!("a string")
            };
            assert_eq!(read, text);
        }
    }

    #[test]
    fn what_is_long_is_not_copied() {
        let texts = vec!["x".repeat(100_000); 50];
        let mut buffer = Buffer::default();
        let writer = LiteralWriter::new(&mut buffer);
        let written = writer.collection(&texts, |out, text| Ok(out.string(text)));
        let Written(()) = written.expect("a list");
        let taken: usize = std::iter::once(&buffer.piece)
            .chain(&buffer.full)
            .map(|piece| piece.bytes.len())
            .sum();
        assert!(
            taken < buffer.len() + buffer.len() / 5,
            "{taken} for {}",
            buffer.len()
        );
        let bytes = buffer.to_vec();
        assert_eq!(
            Vec::<String>::decode(LiteralRef::new(&bytes)).expect("a list"),
            texts
        );
        assert!(buffer.pieces().count() > 2);
    }

    #[test]
    fn types_of_unions_are_whole_in_pieces() {
        let texts = [Some("x".repeat(1000)), None, Some(String::new())];
        let texts = vec![texts; 500].concat();
        let bytes = LiteralWriter::to_bytes(|out| texts.encode(out)).expect("a list");
        let read = Vec::<Option<String>>::decode(LiteralRef::new(&bytes));
        assert_eq!(read.expect("a list"), texts);
    }

    #[test]
    fn a_map_is_sorted_whatever_its_order() {
        let write = |keys: [&'static str; 3]| {
            LiteralWriter::to_bytes(|out| {
                out.map(keys.map(|key| (key, key)), |out, value| {
                    Ok(out.string(value))
                })
            })
        };
        assert_eq!(
            write(["b", "a", "c"]).unwrap(),
            write(["c", "b", "a"]).unwrap()
        );
    }
}
