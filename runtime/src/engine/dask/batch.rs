//! Arrow's record batches as values.

use std::fmt;
use std::iter;
use std::mem;
use std::ops::Deref;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::{
    CompressionContext, DictionaryTracker, IpcDataGenerator, IpcWriteOptions, write_message,
};
use arrow_schema::ArrowError;
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::attached::{self, Place};

/// Smaller columns are not worth the parts of a record.
const LARGE: usize = 1 << 16;

/// A record batch of Arrow that is passed between processes in its memory layout.
///
/// It is a value like any other: a parameter or a result of a worker function, or a part of one. It travels
/// in Arrow's own stream format. Large columns are read in place.
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
        let (head, columns) = write(&self.0).map_err(S::Error::custom)?;
        // Text within a record may be read by itself.
        let is_part = columns.len() >= LARGE && !serializer.is_human_readable();
        let attached = match is_part {
            true => attached::attach(columns),
            false => Err(columns),
        };
        match attached {
            Ok(place) => (Piece(&head), Piece(&[]), Some(place)).serialize(serializer),
            Err(columns) => (Piece(&head), Piece(&columns), None::<Place>).serialize(serializer),
        }
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
        deserializer.deserialize_tuple(3, Stream)
    }
}

/// Reads the pieces of a stream, and the place of the columns if they are a part of the record.
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
        for _ in ["head", "columns"] {
            let decoded = pieces.next_element_seed(NextPiece(&mut decoder))?;
            batch = batch.or(decoded.flatten());
        }
        if let Some(place) = pieces.next_element::<Option<Place>>()?.flatten() {
            let columns = attached::find(place)
                .ok_or_else(|| A::Error::custom("the columns are not in the same record"))?;
            batch = batch.or(decode(&mut decoder, columns.into())?);
        }
        let batch = match batch {
            Some(batch) => Some(batch),
            None => decode(&mut decoder, END.into())?,
        };
        let batch = batch.ok_or_else(|| A::Error::custom("a stream of Arrow without a batch"))?;
        Ok(ArrowBatch(batch))
    }
}

/// Decodes bytes of a stream: a batch, if they are its end. Columns that are aligned are not copied.
fn decode<E: Error>(
    decoder: &mut StreamDecoder,
    mut bytes: Buffer,
) -> Result<Option<RecordBatch>, E> {
    decoder.decode(&mut bytes).map_err(E::custom)
}

/// Decodes a piece.
struct NextPiece<'d>(&'d mut StreamDecoder);

impl<'de> DeserializeSeed<'de> for NextPiece<'_> {
    type Value = Option<RecordBatch>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for NextPiece<'_> {
    type Value = Option<RecordBatch>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a stream of Arrow")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        // The copy is aligned, and the bytes of a value are not.
        decode(self.0, bytes.into())
    }

    /// Formats for people write bytes as numbers.
    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Self::Value, A::Error> {
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(byte) = numbers.next_element()? {
            bytes.push(byte);
        }
        decode(self.0, Buffer::from_vec(bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, DictionaryArray, Float64Array, StringArray, types::Int8Type};

    use super::super::record::{RecordBuf, Values, decode, encode};
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
        for rows in [0, 1, 1000, 10_000] {
            let given = (7_u8, vec![ArrowBatch(batch(rows)), ArrowBatch(batch(2))]);
            let mut record = RecordBuf::local();
            for _ in 0..2 {
                record.push(&given).expect("room in memory");
            }
            let bytes = record.to_bytes();
            assert_eq!(bytes.len(), record.len());
            let mut values = Values::of_argument(&bytes).expect("a record");
            for _ in 0..2 {
                let taken: (u8, Vec<ArrowBatch>) = values.next().expect("batches");
                assert_eq!(taken, given);
            }
        }
    }

    #[test]
    fn large_columns_are_read_in_place() {
        let mut record = RecordBuf::local();
        for rows in [10_000, 20_000] {
            record
                .push(&ArrowBatch(batch(rows)))
                .expect("room in memory");
        }
        let bytes = record.to_bytes();
        let all = bytes.as_ptr_range();
        let mut values = Values::of_argument(&bytes).expect("a record");
        for _ in 0..2 {
            let ArrowBatch(taken) = values.next().expect("a batch");
            for column in taken.columns() {
                let data = column.to_data();
                let first = data.buffers().first().expect("values").as_ptr();
                assert!(all.contains(&first), "{:?}", column.data_type());
            }
        }
    }

    #[test]
    fn a_batch_in_another_format_is_complete() {
        let given = ArrowBatch(batch(10_000));
        let mut bytes = Vec::new();
        encode(&mut bytes, &given).expect("bytes");
        assert_eq!(decode::<ArrowBatch>(&bytes).expect("a batch"), given);

        // Also in text that is part of a record.
        let text = AsText(given.clone());
        let mut record = RecordBuf::local();
        record.push(&text).expect("room in memory");
        let bytes = record.to_bytes();
        let mut values = Values::of_argument(&bytes).expect("a record");
        let text: String = values.next().expect("text");
        let taken: ArrowBatch = serde_json::from_str(&text).expect("a batch");
        assert_eq!(taken, given);
    }

    struct AsText(ArrowBatch);

    impl Serialize for AsText {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let text = serde_json::to_string(&self.0).map_err(S::Error::custom)?;
            serializer.serialize_str(&text)
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
        for rows in [3, 10_000] {
            let mut record = RecordBuf::local();
            record
                .push(&ArrowBatch(batch(rows)))
                .expect("room in memory");
            let bytes = record.to_bytes();
            for len in (0..bytes.len()).step_by(bytes.len() / 100) {
                let cut = bytes.slice(..len);
                let cut = Values::of_argument(&cut).and_then(|mut it| it.next::<ArrowBatch>());
                assert!(cut.is_err(), "{len}");
            }
        }
        assert!(decode::<ArrowBatch>(b"\x93\xc4\x00\xc4\x00\xc0").is_err());
        let elsewhere = decode::<ArrowBatch>(b"\x93\xc4\x00\xc4\x00\x92\x00\x07");
        let message = elsewhere.expect_err("no record").to_string();
        assert!(message.contains("not in the same record"), "{message}");
    }
}
