//! Arrow's record batches as values.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ArrowError;
use serde::de::Visitor;
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
        let stream = write(&self.0, SPARE.take()).map_err(S::Error::custom)?;
        let written = serializer.serialize_bytes(&stream);
        if stream.capacity() <= MOST_SPARE {
            SPARE.set(stream);
        }
        written
    }
}

thread_local! {
    /// The memory of the previous stream: allocating it again costs more than filling it.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// How much memory is kept from one stream for the next.
const MOST_SPARE: usize = 64 << 20;

fn write(batch: &RecordBatch, mut stream: Vec<u8>) -> Result<Vec<u8>, ArrowError> {
    stream.clear();
    let mut writer = StreamWriter::try_new(stream, batch.schema_ref())?;
    writer.write(batch)?;
    writer.into_inner()
}

impl<'de> Deserialize<'de> for ArrowBatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Stream)
    }
}

/// Reads the bytes of a stream.
struct Stream;

impl Visitor<'_> for Stream {
    type Value = ArrowBatch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stream of Arrow with one record batch")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<ArrowBatch, E> {
        // The only copy: columns must be aligned, and the bytes of a value are not.
        let mut stream = bytes.into();
        let mut decoder = StreamDecoder::new();
        let batch = decoder.decode(&mut stream).map_err(E::custom)?;
        let batch = batch.ok_or_else(|| E::custom("a stream of Arrow without a record batch"))?;
        Ok(ArrowBatch(batch))
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
        assert!(decode::<ArrowBatch>(b"\xc4\x00").is_err());
    }
}
