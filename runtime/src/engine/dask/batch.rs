//! Arrow's record batches as values.

use std::fmt;
use std::iter;
use std::mem;
use std::ops::Deref;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::{
    CompressionContext, DictionaryTracker, IpcDataGenerator, IpcWriteOptions, write_message,
};
use arrow_schema::ArrowError;
use serde::de::{DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A record batch of Arrow that is passed between processes in its memory layout.
///
/// It is a value like any other: a parameter or a result of a worker function, or a part of one. It travels
/// in Arrow's own stream format, whose columns are read in place.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow_array::{Int64Array, RecordBatch};
/// use flytekit::dask::ArrowBatch;
/// use flytekit::prelude::*;
///
/// #[worker_fn]
/// fn rows(batch: ArrowBatch) -> u64 {
///     batch.num_rows() as u64
/// }
///
/// let numbers = Arc::new(Int64Array::from(vec![1, 2, 3]));
/// let batch = RecordBatch::try_from_iter([("n", numbers as _)])?;
/// assert_eq!(rows(batch.into()), 3);
/// # Ok::<(), arrow_schema::ArrowError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ArrowBatch(pub RecordBatch);

impl Deref for ArrowBatch {
    type Target = RecordBatch;

    fn deref(&self) -> &RecordBatch {
        &self.0
    }
}

impl From<RecordBatch> for ArrowBatch {
    fn from(batch: RecordBatch) -> Self {
        ArrowBatch(batch)
    }
}

impl From<ArrowBatch> for RecordBatch {
    fn from(batch: ArrowBatch) -> Self {
        batch.0
    }
}

impl Serialize for ArrowBatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (head, data) = write(&self.0).map_err(S::Error::custom)?;
        (Piece(&head), Piece(&data)).serialize(serializer)
    }
}

/// Writes a stream in two pieces: everything before the batch's columns, and the columns, which are large. A
/// stream in one piece would need one more copy of them.
fn write(batch: &RecordBatch) -> Result<(Vec<u8>, Vec<u8>), ArrowError> {
    let options = IpcWriteOptions::default();
    let generator = IpcDataGenerator::default();
    let mut tracker = DictionaryTracker::new(false);
    let mut context = CompressionContext::default();
    let schema = batch.schema();
    let schema = generator.schema_to_bytes_with_dictionary_tracker(&schema, &mut tracker, &options);
    let (dictionaries, mut columns) =
        generator.encode(batch, &mut tracker, &options, &mut context)?;
    let data = mem::take(&mut columns.arrow_data);
    let mut head = Vec::new();
    for message in iter::once(schema).chain(dictionaries).chain([columns]) {
        write_message(&mut head, message, &options)?;
    }
    Ok((head, data))
}

/// Bytes that are part of a stream.
struct Piece<'a>(&'a [u8]);

impl Serialize for Piece<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for ArrowBatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(2, Stream)
    }
}

/// Reads the pieces of a stream.
struct Stream;

/// The end of a stream: no message follows. The decoder needs it to complete a batch without columns.
const END: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

impl<'de> Visitor<'de> for Stream {
    type Value = ArrowBatch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stream of Arrow with one record batch")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pieces: A) -> Result<ArrowBatch, A::Error> {
        let mut decoder = StreamDecoder::new();
        let mut batch = None;
        while let Some(decoded) = pieces.next_element_seed(NextPiece(&mut decoder))? {
            batch = batch.or(decoded);
        }
        let batch = match batch {
            Some(batch) => Some(batch),
            None => NextPiece(&mut decoder).visit_bytes(END)?,
        };
        let batch = batch.ok_or_else(|| A::Error::custom("a stream of Arrow without a batch"))?;
        Ok(ArrowBatch(batch))
    }
}

/// Decodes a piece: a batch, if the piece is its end.
struct NextPiece<'d>(&'d mut StreamDecoder);

impl<'de> DeserializeSeed<'de> for NextPiece<'_> {
    type Value = Option<RecordBatch>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for NextPiece<'_> {
    type Value = Option<RecordBatch>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a stream of Arrow")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        // The only copy: columns must be aligned, and the bytes of a value are not.
        self.0.decode(&mut bytes.into()).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, DictionaryArray, Float64Array, StringArray, types::Int8Type};

    use super::super::record::{decode, encode};
    use super::*;

    fn batch(rows: usize) -> RecordBatch {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let numbers = (0..rows).map(|row| (row % 3 != 0).then_some(row as f64));
        let numbers: Float64Array = numbers.collect();
        let names: StringArray = (0..rows).map(|row| Some(format!("row {row}"))).collect();
        let colours = (0..rows).map(|row| ["red", "green"][row % 2]);
        let colours: DictionaryArray<Int8Type> = colours.collect();
        RecordBatch::try_from_iter([
            ("number", Arc::new(numbers) as ArrayRef),
            ("name", Arc::new(names)),
            ("colour", Arc::new(colours)),
        ])
        .expect("columns of one length")
    }

    #[test]
    fn batches_come_back() {
        for rows in [0, 1, 1000] {
            let given = (7_u8, vec![ArrowBatch(batch(rows)), ArrowBatch(batch(2))]);
            let mut bytes = Vec::new();
            encode(&mut bytes, &given).expect("bytes");
            let taken: (u8, Vec<ArrowBatch>) = decode(&bytes).expect("batches");
            assert_eq!(taken, given);
        }
    }

    #[test]
    fn a_part_of_a_batch_is_what_travels() {
        let part = ArrowBatch(batch(100_000).slice(50_000, 10));
        let mut bytes = Vec::new();
        encode(&mut bytes, &part).expect("bytes");
        assert!(bytes.len() < 10_000, "{}", bytes.len());
        assert_eq!(decode::<ArrowBatch>(&bytes).expect("a batch"), part);
    }

    #[test]
    fn bytes_that_are_no_stream_are_an_error() {
        let mut bytes = Vec::new();
        encode(&mut bytes, &ArrowBatch(batch(3))).expect("bytes");
        for len in (0..bytes.len()).step_by(7) {
            let cut = &bytes[..len];
            assert!(decode::<ArrowBatch>(cut).is_err(), "{len}");
        }
        assert!(decode::<ArrowBatch>(b"\x92\xc4\x00\xc4\x00").is_err());
    }
}
