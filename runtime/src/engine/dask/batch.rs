//! Arrow's record batches as values.

use std::fmt;
use std::ops::Deref;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema, SchemaRef};
use serde::de::{Error, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::columns::{self, Columns};

/// The columns of smaller batches are not worth the parts of a record.
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

/// A batch travels as a stream of Arrow. In a record, a large one has its columns beside the stream, which has
/// only the schema.
impl Serialize for ArrowBatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Text in a record may be read by itself.
        let is_large = !serializer.is_human_readable() && columns::size(&self.0) >= LARGE;
        let columns = if is_large {
            attached(&self.0)
        } else {
            Ok(None)
        };
        let columns = columns.map_err(S::Error::custom)?;
        let batch = columns.is_none().then_some(&self.0);
        let stream = write(&self.0.schema(), batch).map_err(S::Error::custom)?;
        (Piece(&stream), columns).serialize(serializer)
    }
}

/// The columns of a batch as parts of the record that this thread is writing, if it is writing one.
fn attached(batch: &RecordBatch) -> Result<Option<Columns>, ArrowError> {
    if columns::is_compact(batch) {
        return Ok(Columns::attach(batch));
    }
    // A copy has only the rows of this batch.
    let stream = write(&batch.schema(), Some(batch))?;
    let (_, copy) = read(stream.into())?;
    Ok(copy.and_then(|copy| Columns::attach(&copy)))
}

/// Writes a stream of this batch, or of none.
fn write(schema: &Schema, batch: Option<&RecordBatch>) -> Result<Vec<u8>, ArrowError> {
    let mut stream = StreamWriter::try_new(Vec::new(), schema)?;
    if let Some(batch) = batch {
        stream.write(batch)?;
    }
    stream.into_inner()
}

/// Reads the schema and the batch of a stream.
fn read(mut stream: Buffer) -> Result<(SchemaRef, Option<RecordBatch>), ArrowError> {
    let mut decoder = StreamDecoder::new();
    let batch = decoder.decode(&mut stream)?;
    let schema = decoder.schema();
    let schema =
        schema.ok_or_else(|| ArrowError::IpcError("a stream without a schema".to_owned()))?;
    Ok((schema, batch))
}

/// The bytes of a stream.
struct Piece<'a>(&'a [u8]);

impl Serialize for Piece<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'de> Deserialize<'de> for ArrowBatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (Stream(schema, batch), columns) =
            <(Stream, Option<Columns>)>::deserialize(deserializer)?;
        let batch = match (batch, columns) {
            (Some(batch), _) => batch,
            (None, Some(columns)) => columns.find(schema).map_err(D::Error::custom)?,
            (None, None) => return Err(D::Error::custom("a stream of Arrow without a batch")),
        };
        Ok(ArrowBatch(batch))
    }
}

/// A stream that has been read.
struct Stream(SchemaRef, Option<RecordBatch>);

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(StreamVisitor)
    }
}

/// Reads a stream.
struct StreamVisitor;

impl<'de> Visitor<'de> for StreamVisitor {
    type Value = Stream;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stream of Arrow")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Stream, E> {
        // The copy is aligned, and the bytes of a value are not.
        let (schema, batch) = read(bytes.into()).map_err(E::custom)?;
        Ok(Stream(schema, batch))
    }

    /// Formats for people write bytes as numbers.
    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Stream, A::Error> {
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(byte) = numbers.next_element()? {
            bytes.push(byte);
        }
        self.visit_bytes(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{
        FixedSizeListBuilder, Int64Builder, LargeListBuilder, ListBuilder, MapBuilder,
        StringBuilder,
    };
    use arrow_array::types::Int8Type;
    use arrow_array::{
        Array as _, ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, FixedSizeBinaryArray,
        Float64Array, Int32Array, Int32RunArray, NullArray, StringArray, StringViewArray,
        StructArray, UnionArray,
    };
    use arrow_buffer::ScalarBuffer;
    use arrow_schema::{DataType, Field, UnionFields};

    use super::super::record::{RecordBuf, Values, decode, encode};
    use super::*;

    /// What comes of a value that goes into a record.
    fn passed<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        let mut record = RecordBuf::local();
        record.push(value).expect("room in memory");
        let bytes = record.to_bytes();
        assert_eq!(bytes.len(), record.len());
        let mut values = Values::of_argument(&bytes).expect("a record");
        values.next().expect("the value")
    }

    /// Columns of all layouts, with missing values.
    fn columns(rows: usize) -> Vec<ArrayRef> {
        let there = |row: usize| !row.is_multiple_of(3);
        let number = |row: usize| i64::try_from(row).expect("a small number");
        let text = |row: usize| there(row).then(|| format!("a text of row {row}"));
        let mut lists = ListBuilder::new(StringBuilder::new());
        let mut large = LargeListBuilder::new(Int64Builder::new());
        let mut pairs = FixedSizeListBuilder::new(Int64Builder::new(), 2);
        let mut maps = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
        for row in 0..rows {
            (0..row % 4).for_each(|_| lists.values().append_option(text(row)));
            lists.append(there(row));
            (0..row % 5).for_each(|it| large.values().append_value(number(it)));
            large.append(there(row));
            pairs.values().append_slice(&[number(row), 7]);
            pairs.append(there(row));
            maps.keys().append_value(format!("key {row}"));
            maps.values().append_value(number(row));
            maps.append(there(row)).expect("as many values as keys");
        }
        let texts: StringArray = (0..rows).map(text).collect();
        let numbers: Float64Array = (0..rows).map(|row| there(row).then_some(0.5)).collect();
        let bits: BooleanArray = (0..rows)
            .map(|row| there(row).then_some(row % 2 == 0))
            .collect();
        let decimals = (0..rows).map(|row| there(row).then_some(i128::MAX / 10));
        let decimals: Decimal128Array = decimals.collect();
        let colours: DictionaryArray<Int8Type> = (0..rows)
            .map(|row| there(row).then_some(["red", "green"][row % 2]))
            .collect();
        let runs = (0..rows).map(|row| there(row).then_some(["a", "b"][row / 9 % 2]));
        let runs: Int32RunArray = runs.collect();
        let fixed = (0..rows).map(|row| there(row).then_some([row.to_le_bytes()[0]; 5]));
        let fixed = FixedSizeBinaryArray::try_from_sparse_iter_with_size(fixed, 5);
        let views: StringViewArray = (0..rows).map(text).collect();
        let structs = StructArray::from(vec![
            field("bits", Arc::new(bits.clone())),
            field("texts", Arc::new(texts.clone())),
        ]);
        let ids: ScalarBuffer<i8> = (0..rows).map(|row| i8::from(there(row))).collect();
        let union = UnionFields::try_new(
            [0, 1],
            [
                Field::new("text", DataType::Utf8, true),
                Field::new("number", DataType::Int32, false),
            ],
        );
        let whole: Int32Array = (0_i32..).take(rows).map(Some).collect();
        let children = vec![Arc::new(texts.clone()) as ArrayRef, Arc::new(whole)];
        let union = UnionArray::try_new(union.expect("fields"), ids, None, children);
        vec![
            Arc::new(texts),
            Arc::new(numbers),
            Arc::new(bits),
            Arc::new(decimals),
            Arc::new(colours),
            Arc::new(runs),
            Arc::new(fixed.expect("five bytes each")),
            Arc::new(views),
            Arc::new(structs),
            Arc::new(union.expect("as many ids as values")),
            Arc::new(NullArray::new(rows)),
            Arc::new(lists.finish()),
            Arc::new(large.finish()),
            Arc::new(pairs.finish()),
            Arc::new(maps.finish()),
        ]
    }

    fn field(name: &str, array: ArrayRef) -> (Arc<Field>, ArrayRef) {
        let field = Field::new(name, array.data_type().clone(), true);
        (Arc::new(field), array)
    }

    #[test]
    fn columns_of_all_layouts_come_back() {
        for rows in [0, 1, 30_000] {
            for column in columns(rows) {
                let ty = column.data_type().clone();
                let batch = RecordBatch::try_from_iter_with_nullable([("it", column, true)]);
                let batch = batch.expect("a column");
                // Arrow cannot read an empty part of runs.
                for (start, end) in [(0, rows), (rows / 3, rows.div_ceil(2)), (rows / 7, rows)] {
                    let given = ArrowBatch(batch.slice(start, end - start));
                    assert_eq!(passed(&given), given, "{ty}, {start}..{end}");
                }
            }
        }
    }

    #[test]
    fn a_batch_without_columns_has_rows() {
        let schema = Arc::new(Schema::empty());
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(1_000_000));
        let batch = RecordBatch::try_new_with_options(schema, vec![], &options);
        let given = ArrowBatch(batch.expect("no columns"));
        assert_eq!(passed(&given), given);
    }

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
        // Arrow always sends the buffers that views refer to.
        let columns = columns(100_000).into_iter();
        let columns = columns.filter(|column| *column.data_type() != DataType::Utf8View);
        let columns = columns.zip(0..);
        let columns = columns.map(|(column, name)| (format!("column {name}"), column, true));
        let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("columns");
        for rows in [10, 1_000] {
            let mut record = RecordBuf::local();
            let part = ArrowBatch(batch.slice(50_000, rows));
            record.push(&part).expect("room in memory");
            let len = record.len();
            assert!(len < 20_000 + rows * 1_000, "{rows} rows are {len} bytes");
        }
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
        assert!(decode::<ArrowBatch>(b"\x92\xc4\x00\xc0").is_err());
    }

    #[test]
    fn columns_of_another_record_are_an_error() {
        let mut record = RecordBuf::local();
        record
            .push(&ArrowBatch(batch(10_000)))
            .expect("room in memory");
        let bytes = record.to_bytes();
        let cut = bytes.slice(..bytes.len() / 2);
        let mut values = Values::of_argument(&cut).expect("a record");
        let error = values.next::<ArrowBatch>().expect_err("no columns");
        assert!(
            error.to_string().contains("not in the same record"),
            "{error}"
        );
    }
}
