//! Writes literals from back to front, so that each length is known when its prefix is written.
//!
//! [`crate::wire::Writer`] does the same for constants, in a buffer of the exact size; this buffer grows.

mod buffer;
mod tag;

pub(super) use buffer::Buffer;

use super::{MsgpackWriter, SecondsNanos, ValueError, msgpack};
use crate::declare::{BlobType, StructuredDatasetType, Variant};
use crate::order;

/// A slot for one literal, into which exactly one literal is written.
///
/// Every method writes a whole literal and consumes the writer, so a literal cannot be written twice. Only
/// these methods create a [`Written`], so it cannot be returned without writing one:
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
    /// The errors of `write`.
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
        self.primitive(tag::INTEGER, length)
    }

    /// `scalar { primitive { float_value } }`; infinities and NaN are allowed.
    #[inline]
    pub fn float(self, value: f64) -> Written {
        self.buffer.raw(value.to_le_bytes());
        self.primitive(tag::FLOAT, 8)
    }

    /// `scalar { primitive { boolean } }`
    #[inline]
    pub fn boolean(self, value: bool) -> Written {
        self.buffer.raw([u8::from(value)]);
        self.primitive(tag::BOOLEAN, 1)
    }

    /// `scalar { primitive { string_value } }`
    pub fn string(self, value: &str) -> Written {
        let end = self.buffer.len();
        self.buffer.string(tag::STRING, value);
        self.buffer.prefix(tag::PRIMITIVE, end);
        self.scalar(end)
    }

    /// `scalar { primitive { datetime } }`: a point in time, counted from 1970 in UTC.
    pub fn datetime(self, since_1970: SecondsNanos) -> Written {
        self.time(tag::DATETIME, since_1970)
    }

    /// `scalar { primitive { duration } }`
    pub fn duration(self, duration: SecondsNanos) -> Written {
        self.time(tag::DURATION, duration)
    }

    fn time(self, tag: u8, time: SecondsNanos) -> Written {
        let end = self.buffer.len();
        // A negative `int32` takes ten bytes, like an `int64`.
        for (tag, value) in [
            (tag::NANOS, i64::from(time.nanos)),
            (tag::SECONDS, time.seconds),
        ] {
            if value != 0 {
                self.buffer.varint(value.cast_unsigned());
                self.buffer.raw([tag]);
            }
        }
        self.buffer.prefix(tag, end);
        self.buffer.prefix(tag::PRIMITIVE, end);
        self.scalar(end)
    }

    /// `scalar { none_type {} }`: null, which differs from the default of any other type.
    pub fn none(self) -> Written {
        let end = self.buffer.len();
        self.buffer.prefix(tag::NONE, end);
        self.scalar(end)
    }

    /// `scalar { error { failed_node_id, message } }`: the failure of a workflow.
    pub fn error(self, failed_node_id: &str, message: &str) -> Written {
        let end = self.buffer.len();
        for (tag, text) in [
            (tag::ERROR_MESSAGE, message),
            (tag::FAILED_NODE_ID, failed_node_id),
        ] {
            if !text.is_empty() {
                self.buffer.string(tag, text);
            }
        }
        self.buffer.prefix(tag::ERROR, end);
        self.scalar(end)
    }

    /// Writes a list; `write` writes each of the items.
    ///
    /// `write` is called from the last item to the first.
    ///
    /// # Errors
    ///
    /// The first error of `write`, with the item's index added to its path.
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
            self.buffer.prefix(tag::ELEMENT, item_end);
        }
        self.buffer.prefix(tag::COLLECTION, end);
        Ok(Written(()))
    }

    /// Writes a map; `write` writes each of the values. The entries are sorted by key, so that equal maps
    /// have equal bytes.
    ///
    /// # Errors
    ///
    /// The first error of `write`, with the entry's key added to its path.
    pub fn map<K: AsRef<str>, V>(
        self,
        entries: impl IntoIterator<Item = (K, V)>,
        mut write: impl FnMut(LiteralWriter<'_>, V) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        let entries = order::sort_by_name(entries.into_iter().collect(), |(key, _)| K::as_ref(key));
        let end = self.buffer.len();
        for (key, value) in entries.into_iter().rev() {
            let entry_end = self.buffer.len();
            let Written(()) = write(LiteralWriter::new(self.buffer), value)
                .map_err(|error| error.at_key(key.as_ref()))?;
            self.buffer.entry(key.as_ref(), entry_end);
        }
        self.buffer.prefix(tag::MAP, end);
        Ok(Written(()))
    }

    /// Writes a value of a union with `write`, and its type.
    ///
    /// # Errors
    ///
    /// The errors of `write`.
    pub fn union(
        self,
        chosen: &'static Variant,
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        let end = self.buffer.len();
        self.buffer.variant(chosen);
        self.buffer.prefix(tag::UNION_TYPE, end);
        let value_end = self.buffer.len();
        let Written(()) = write(LiteralWriter::new(self.buffer))?;
        self.buffer.prefix(tag::UNION_VALUE, value_end);
        self.buffer.prefix(tag::UNION, end);
        Ok(self.scalar(end))
    }

    /// `scalar { structured_dataset { uri, metadata { structured_dataset_type } } }`: a table at `uri`.
    pub fn structured_dataset(self, uri: &str, dataset: &StructuredDatasetType<'_>) -> Written {
        let end = self.buffer.len();
        self.buffer.constant(|w| dataset.encode(w));
        self.dataset_at(uri, end)
    }

    /// Like [`Self::structured_dataset`], with an encoded type.
    #[cfg(feature = "arrow")]
    pub(super) fn structured_dataset_as(self, uri: &str, dataset: &[u8]) -> Written {
        let end = self.buffer.len();
        self.buffer.claim(dataset.len()).copy_from_slice(dataset);
        self.dataset_at(uri, end)
    }

    /// Finishes a table whose type was written since the length was `end`.
    fn dataset_at(self, uri: &str, end: usize) -> Written {
        self.buffer.prefix(tag::DATASET_TYPE, end);
        self.buffer.prefix(tag::DATASET_METADATA, end);
        if !uri.is_empty() {
            self.buffer.string(tag::DATASET_URI, uri);
        }
        self.buffer.prefix(tag::STRUCTURED_DATASET, end);
        self.scalar(end)
    }

    /// `scalar { blob { uri, metadata { type } } }`: a file or a folder at `uri`.
    pub fn blob(self, uri: &str, blob: &BlobType<'_>) -> Written {
        let end = self.buffer.len();
        if !uri.is_empty() {
            self.buffer.string(tag::BLOB_URI, uri);
        }
        let metadata = self.buffer.len();
        self.buffer.constant(|w| blob.encode(w));
        self.buffer.prefix(tag::BLOB_TYPE, metadata);
        self.buffer.prefix(tag::BLOB_METADATA, metadata);
        self.buffer.prefix(tag::BLOB, end);
        self.scalar(end)
    }

    /// `scalar { binary { value, tag: "msgpack" } }`: the encoding of objects.
    ///
    /// # Errors
    ///
    /// The errors of `write`.
    pub fn msgpack(
        self,
        write: impl FnOnce(MsgpackWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        let end = self.buffer.len();
        self.buffer.string(tag::BINARY_TAG, msgpack::TAG);
        let value = self.buffer.len();
        let Written(()) = write(MsgpackWriter::new(self.buffer))?;
        self.buffer.check_size(value)?;
        self.buffer.prefix(tag::BINARY_VALUE, value);
        self.buffer.prefix(tag::BINARY, end);
        Ok(self.scalar(end))
    }

    /// Writes a literal with `write`, and the hash with which a cache identifies its value.
    ///
    /// # Errors
    ///
    /// The errors of `write`.
    pub fn hashed(
        self,
        hash: &str,
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        if !hash.is_empty() {
            self.buffer.string(tag::HASH, hash);
        }
        write(self)
    }

    /// Writes a literal with `write`, and its metadata.
    ///
    /// # Errors
    ///
    /// The errors of `write`.
    pub fn with_metadata<'m>(
        self,
        metadata: impl IntoIterator<Item = (&'m str, &'m str), IntoIter: DoubleEndedIterator>,
        write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>,
    ) -> Result<Written, ValueError> {
        for (key, value) in metadata.into_iter().rev() {
            let end = self.buffer.len();
            self.buffer.string(tag::VALUE, value);
            self.buffer.string(tag::KEY, key);
            self.buffer.prefix(tag::METADATA, end);
        }
        write(self)
    }

    /// Finishes a primitive whose value was written, in `length` bytes (at most those of a varint).
    #[inline]
    fn primitive(self, tag: u8, length: u8) -> Written {
        self.buffer
            .raw([tag::SCALAR, length + 3, tag::PRIMITIVE, length + 1, tag]);
        Written(())
    }

    fn scalar(self, end: usize) -> Written {
        self.buffer.prefix(tag::SCALAR, end);
        Written(())
    }
}
