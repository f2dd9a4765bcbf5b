//! Tables as Arrow's record batches, in Parquet files below a URI.
//!
//! The layout is the one of flytekit's dataframes: a table is written as one file, `00000`. All files below
//! the URI are read, with any names, except those whose names begin with `_` or `.`.

mod cast;
mod columns;
mod read;
mod write;

use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

pub use read::Batches;
pub use write::DatasetWriter;

use super::place::{Place, PlaceKind};
use super::{
    Columns, Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader,
    MsgpackWriter, StructuredDatasetRef, ValueError, Written, data,
};
use crate::declare::{DatasetColumn, Json, LiteralType, StructuredDatasetType, Variant};
use crate::store;

/// The only format that is supported here.
const PARQUET: &str = "parquet";

/// Any columns: the `S` of a [`StructuredDataset`] without declared columns.
#[derive(Clone, Copy, Debug)]
pub enum AnyColumns {}

impl Columns for AnyColumns {
    const COLUMNS: &'static [DatasetColumn<'static>] = &[];
}

/// A table that tasks pass to each other by its location, like flytekit's `StructuredDataset`, data frames
/// and Arrow tables.
///
/// A table consists of record batches. They are written to Parquet when a task returns them, and
/// [`batches`](Self::batches) reads them with only a few in memory at a time:
///
/// ```
/// use arrow_array::cast::AsArray;
/// use arrow_array::types::Float64Type;
/// use flytekit::prelude::*;
/// use flytekit::types::StructuredDataset;
///
/// #[derive(Columns)]
/// struct Sale {
///     amount: f64,
/// }
///
/// /// Sums one column of a table. Other columns are not read.
/// #[task]
/// fn total(sales: StructuredDataset<Sale>) -> Result<f64> {
///     let mut total = 0.0;
///     for batch in sales.batches()? {
///         let batch = batch?;
///         let amounts = batch.column(0).as_primitive::<Float64Type>();
///         total += amounts.iter().flatten().sum::<f64>();
///     }
///     Ok(total)
/// }
/// # use std::sync::Arc;
/// # use arrow_array::{ArrayRef, Float64Array, RecordBatch};
/// # let amount: ArrayRef = Arc::new(Float64Array::from(vec![1.5, 2.5]));
/// # let batch = RecordBatch::try_from_iter([("amount", amount)]).expect("a table");
/// # assert_eq!(total(batch.into()).expect("a sum"), 4.0);
/// ```
///
/// The columns `S`, which derives [`Columns`](macro@crate::Columns), are part of the task's interface. An
/// input has exactly these columns, in this order; other stored columns are not read. An output must have
/// them, and keeps its other columns. A column that is missing or has another type is an error that names it.
/// Without declared columns an input has the columns that its literal names, or all.
///
/// A declared column always has the same Arrow type, whatever the writer chose: `Int64` for integers,
/// `Float64` for floats, `Utf8` for strings, `Boolean`, `Timestamp(Microsecond, "+00:00")`,
/// `Duration(Nanosecond)`, and `List` and `Map` of these. Other widths and layouts (`Int32`, dictionaries,
/// `LargeUtf8`, views), a column without any value, and integers for floats are cast; a value that the cast
/// would change is an error. Without declared columns, all files are read with the types of the first one.
///
/// Parquet is the only supported format, with the compressions that pandas, polars, Spark, `DuckDB` and
/// Athena choose (Snappy, Zstandard, gzip, LZ4); Brotli needs the feature `brotli`. A table in an object
/// store, which needs the feature of that store, is downloaded file by file; see [`store`](crate::store).
pub struct StructuredDataset<S = AnyColumns> {
    table: Table,
    columns: PhantomData<fn() -> S>,
}

#[derive(Clone)]
enum Table {
    Stored(Stored),
    Memory(Memory),
}

/// A stored table, by its location.
#[derive(Clone)]
struct Stored {
    place: Place,
    /// The format according to the literal.
    format: String,
    /// The columns that the literal names.
    columns: Vec<String>,
    /// The encoded type in the literal.
    dataset_type: Vec<u8>,
}

#[derive(Clone)]
struct Memory {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl<S> StructuredDataset<S> {
    /// A table of record batches with this schema. It is written when a task returns it.
    ///
    /// Use [`create`](Self::create) for a table that should not be in memory as a whole.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow_array::RecordBatch;
    /// use arrow_schema::{DataType, Field, Schema};
    /// use flytekit::types::StructuredDataset;
    ///
    /// let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true)]));
    /// let empty = RecordBatch::new_empty(Arc::clone(&schema));
    /// let table: StructuredDataset = StructuredDataset::from_batches(schema, [empty]);
    /// ```
    pub fn from_batches(schema: SchemaRef, batches: impl IntoIterator<Item = RecordBatch>) -> Self {
        let batches = batches.into_iter().collect();
        Self::of(Table::Memory(Memory { schema, batches }))
    }

    /// The table of the Parquet files below a URI, or of a single file. A local table is uploaded when a task
    /// returns it; a remote table stays where it is.
    ///
    /// ```
    /// use flytekit::types::StructuredDataset;
    ///
    /// let sales: StructuredDataset = StructuredDataset::from_uri("s3://bucket/sales");
    /// assert_eq!(sales.uri(), Some("s3://bucket/sales"));
    /// ```
    pub fn from_uri(uri: impl AsRef<Path>) -> Self {
        let path = uri.as_ref().to_str().and_then(store::local_path);
        let kind = if path.is_some_and(|path| path.is_file()) {
            PlaceKind::File
        } else {
            PlaceKind::Folder
        };
        Self::stored_at(Place::new(kind, uri.as_ref()))
    }

    fn stored_at(place: Place) -> Self {
        Self::of(Table::Stored(Stored {
            place,
            format: PARQUET.to_owned(),
            columns: Vec::new(),
            dataset_type: Vec::new(),
        }))
    }

    fn read(dataset: StructuredDatasetRef<'_>) -> Result<Self, ValueError> {
        if dataset.uri().is_empty() {
            return Err(ValueError::other(
                "the URI is empty: the writer did not name the table",
            ));
        }
        let columns = dataset.columns()?.into_iter().map(str::to_owned);
        Ok(Self::of(Table::Stored(Stored {
            place: Place::stored(PlaceKind::Folder, dataset.uri()),
            format: dataset.format().to_owned(),
            columns: columns.collect(),
            dataset_type: dataset.dataset_type().to_owned(),
        })))
    }

    fn of(table: Table) -> Self {
        StructuredDataset {
            table,
            columns: PhantomData,
        }
    }

    /// This table with other columns. Whether the table has them is checked when it is read or, if it is in
    /// memory, when it is written.
    ///
    /// ```
    /// use flytekit::prelude::*;
    ///
    /// #[derive(Columns)]
    /// struct Sale {
    ///     amount: f64,
    /// }
    ///
    /// let table: StructuredDataset = StructuredDataset::from_uri("s3://bucket/sales");
    /// let sales: StructuredDataset<Sale> = table.with_columns();
    /// ```
    #[must_use]
    pub fn with_columns<G>(self) -> StructuredDataset<G> {
        StructuredDataset::of(match self.table {
            Table::Stored(stored) => Table::Stored(Stored {
                columns: Vec::new(),
                dataset_type: Vec::new(),
                ..stored
            }),
            memory @ Table::Memory(_) => memory,
        })
    }

    /// The location of the table; None while it is in memory only.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow_array::{Int64Array, RecordBatch};
    /// use flytekit::types::StructuredDataset;
    ///
    /// let numbers = Arc::new(Int64Array::from(vec![1, 2, 3]));
    /// let batch = RecordBatch::try_from_iter([("n", numbers as _)])?;
    /// assert_eq!(StructuredDataset::<flytekit::types::AnyColumns>::from(batch).uri(), None);
    /// # Ok::<(), arrow_schema::ArrowError>(())
    /// ```
    pub fn uri(&self) -> Option<&str> {
        match &self.table {
            Table::Stored(stored) => Some(stored.place.uri()),
            Table::Memory(_) => None,
        }
    }
}

impl<S: Columns> StructuredDataset<S> {
    /// Begins a new table in the run's raw data, to which record batches are written one after the other.
    ///
    /// # Errors
    ///
    /// Outside of a task's run, if the schema lacks a column of `S` or has one of another type, if Parquet
    /// has no such type, and if the store cannot be written to.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow_array::{Int64Array, RecordBatch};
    /// use arrow_schema::{DataType, Field, Schema};
    /// use flytekit::prelude::*;
    /// use flytekit::types::StructuredDataset;
    ///
    /// #[task]
    /// fn numbers(n: i64) -> Result<StructuredDataset> {
    ///     let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, false)]));
    ///     let mut table = StructuredDataset::create(Arc::clone(&schema))?;
    ///     for start in (0..n).step_by(10_000) {
    ///         let column = Int64Array::from_iter_values(start..n.min(start + 10_000));
    ///         table.write(&RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(column)])?)?;
    ///     }
    ///     Ok(table.finish()?)
    /// }
    /// ```
    pub fn create(schema: SchemaRef) -> Result<DatasetWriter<S>, ValueError> {
        DatasetWriter::create(schema)
    }

    /// Reads the table batch by batch.
    ///
    /// # Errors
    ///
    /// If there is no such table, it is not stored as Parquet, or it lacks a column of `S` or has one of
    /// another type.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow_array::{Int64Array, RecordBatch};
    /// use flytekit::types::StructuredDataset;
    ///
    /// let numbers = Arc::new(Int64Array::from(vec![1, 2, 3]));
    /// let batch = RecordBatch::try_from_iter([("n", numbers as _)])?;
    /// let table: StructuredDataset = batch.into();
    /// let mut rows = 0;
    /// for batch in table.batches()? {
    ///     rows += batch?.num_rows();
    /// }
    /// assert_eq!(rows, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn batches(&self) -> Result<Batches, ValueError> {
        match &self.table {
            Table::Stored(stored) => Batches::stored(stored, S::COLUMNS),
            Table::Memory(memory) => Batches::memory(memory, S::COLUMNS),
        }
    }

    /// The URI and the format for a literal; a table in memory is written there first.
    fn publish(&self) -> Result<(String, &str), ValueError> {
        match &self.table {
            Table::Stored(stored) => Ok((stored.place.publish()?, &stored.format)),
            Table::Memory(memory) => Ok((write::whole::<S>(memory)?, PARQUET)),
        }
    }
}

impl<S> Clone for StructuredDataset<S> {
    fn clone(&self) -> Self {
        Self::of(self.table.clone())
    }
}

impl<S> From<RecordBatch> for StructuredDataset<S> {
    fn from(batch: RecordBatch) -> Self {
        StructuredDataset::from_batches(batch.schema(), [batch])
    }
}

impl<S: Columns> fmt::Debug for StructuredDataset<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = S::COLUMNS.iter().map(|column| column.name);
        let mut shown = f.debug_struct("StructuredDataset");
        match &self.table {
            Table::Stored(stored) => shown.field("uri", &stored.place.uri()),
            Table::Memory(memory) => {
                let rows = memory.batches.iter().map(RecordBatch::num_rows);
                shown.field("rows", &rows.sum::<usize>())
            }
        };
        shown
            .field("columns", &names.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl<S: Columns> FlyteType for StructuredDataset<S> {
    const LITERAL_TYPE: LiteralType =
        LiteralType::StructuredDataset(StructuredDatasetType::of::<S>(""));
    const TAG: &'static str = "StructuredDataset Transformer";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::StructuredDataset(dataset) => Self::read(dataset),
            _ => data::decode(literal, "a structured dataset"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        let (uri, format) = self.publish()?;
        // An input that is returned unchanged keeps the type of its literal.
        if let Table::Stored(stored) = &self.table
            && !stored.dataset_type.is_empty()
        {
            return Ok(out.structured_dataset_as(&uri, &stored.dataset_type));
        }
        Ok(out.structured_dataset(&uri, &StructuredDatasetType::of::<S>(format)))
    }
}

/// Inside an object a table is its location.
impl<S: Columns> FlyteData for StructuredDataset<S> {
    const SCHEMA: Json<'static> = StructuredDatasetRef::SCHEMA;
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        Self::read(StructuredDatasetRef::unpack(value)?)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        let (uri, format) = self.publish()?;
        StructuredDatasetRef::pack(&uri, format, out)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};

    use super::StructuredDataset;
    use crate::context::within_place;
    use crate::declare::{DatasetColumn, StructuredDatasetType};
    use crate::types::{
        AnyColumns, Columns, Content, FlyteData, FlyteType, LiteralRef, LiteralWriter,
        MsgpackReader, MsgpackWriter, ValueError,
    };

    /// Two columns, not in the order in which they are stored.
    enum Sale {}

    impl Columns for Sale {
        const COLUMNS: &'static [DatasetColumn<'static>] = &[
            DatasetColumn::of::<f64>("amount"),
            DatasetColumn::of::<i64>("id"),
        ];
    }

    fn sales(ids: std::ops::Range<i64>) -> RecordBatch {
        let name = ids.clone().map(|id| Some(format!("customer {id}")));
        let amount = ids.clone().map(|id| f64::from(i32::try_from(id).unwrap()));
        let columns: [(&str, ArrayRef); 3] = [
            ("id", Arc::new(Int64Array::from_iter_values(ids))),
            ("name", Arc::new(name.collect::<StringArray>())),
            ("amount", Arc::new(Float64Array::from_iter_values(amount))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    fn encode<S: Columns>(raw: &Path, table: &StructuredDataset<S>) -> Result<Vec<u8>, ValueError> {
        within_place(&raw.to_string_lossy(), || {
            LiteralWriter::to_bytes(|out| table.encode(out))
        })
    }

    fn decode<S: Columns>(literal: &[u8]) -> StructuredDataset<S> {
        StructuredDataset::decode(LiteralRef::new(literal)).unwrap()
    }

    fn all<S: Columns>(table: &StructuredDataset<S>) -> Result<Vec<RecordBatch>, ValueError> {
        table.batches()?.collect()
    }

    fn names(batch: &RecordBatch) -> Vec<String> {
        let fields = batch.schema_ref().fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    /// Writes a file as one part of a table.
    fn store(batch: &RecordBatch, to: &Path) {
        let raw = tempfile::tempdir().unwrap();
        let table = StructuredDataset::<AnyColumns>::from(batch.clone());
        let literal = encode(raw.path(), &table).unwrap();
        let uri = decode::<AnyColumns>(&literal).uri().unwrap().to_owned();
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(Path::new(&uri).join("00000"), to).unwrap();
    }

    #[test]
    fn batches_are_one_file_below_a_place_of_their_own() {
        let raw = tempfile::tempdir().unwrap();
        let batches = [sales(0..2), sales(2..5)];
        let table =
            StructuredDataset::<AnyColumns>::from_batches(batches[0].schema(), batches.clone());
        assert_eq!(all(&table).unwrap(), batches);
        let literal = encode(raw.path(), &table).unwrap();
        let Ok(Content::StructuredDataset(dataset)) = LiteralRef::new(&literal).content() else {
            panic!("a table")
        };
        assert_eq!(
            (dataset.format(), dataset.columns().unwrap().len()),
            ("parquet", 0)
        );
        let folder = Path::new(dataset.uri());
        assert_eq!(folder.parent(), Some(raw.path()));
        let files: Vec<_> = fs::read_dir(folder).unwrap().flatten().collect();
        assert_eq!((files.len(), files[0].file_name()), (1, "00000".into()));

        let read = decode::<AnyColumns>(&literal);
        assert_eq!(all(&read).unwrap(), [sales(0..5)]);
        // An input that is returned unchanged gives the same literal.
        assert_eq!(encode(raw.path(), &read).unwrap(), literal);
    }

    #[test]
    fn declared_columns_are_read_in_their_order_and_promised() {
        let raw = tempfile::tempdir().unwrap();
        let table = StructuredDataset::<Sale>::from(sales(0..3));
        let literal = encode(raw.path(), &table).unwrap();
        let read = decode::<Sale>(&literal);
        for batches in [all(&table).unwrap(), all(&read).unwrap()] {
            assert_eq!(names(&batches[0]), ["amount", "id"]);
            assert_eq!(batches[0].column(1), sales(0..3).column(0));
        }
        // The literal names the columns, so a reader of any columns gets these.
        let read = decode::<AnyColumns>(&literal);
        assert_eq!(names(&all(&read).unwrap()[0]), ["amount", "id"]);
        assert_eq!(encode(raw.path(), &read).unwrap(), literal);
        let promised = encode(raw.path(), &read.clone().with_columns::<Sale>()).unwrap();
        assert_eq!(promised, literal);
        // The other columns are stored nevertheless.
        let stored = StructuredDataset::<AnyColumns>::from_uri(read.uri().unwrap());
        assert_eq!(all(&stored).unwrap(), [sales(0..3)]);
    }

    #[test]
    fn missing_and_mistyped_columns_are_named() {
        let raw = tempfile::tempdir().unwrap();
        let without = sales(0..1).project(&[0, 1]).unwrap();
        let message = "there is no column `amount`; expected `amount` Float64, `id` Int64, the \
                       table has `id` Int64, `name` Utf8";
        let table = StructuredDataset::<Sale>::from(without.clone());
        assert_eq!(table.batches().unwrap_err().to_string(), message);
        let error = encode(raw.path(), &table).unwrap_err();
        assert_eq!(error.to_string(), message);
        let table = StructuredDataset::<AnyColumns>::from(without);
        let stored = decode::<Sale>(&encode(raw.path(), &table).unwrap());
        let error = stored.batches().unwrap_err().to_string();
        assert!(
            error.starts_with("cannot read ") && error.ends_with(message),
            "{error}"
        );
    }

    #[test]
    fn all_files_of_a_folder_are_one_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        store(&sales(0..2), &path.join("00000"));
        store(&sales(2..4), &path.join("part-1.parquet"));
        store(&sales(4..6), &path.join("more/part-2.parquet"));
        for hidden in ["_SUCCESS", ".00000.crc", "_temporary/0"] {
            let hidden = path.join(hidden);
            fs::create_dir_all(hidden.parent().unwrap()).unwrap();
            fs::write(hidden, "no table").unwrap();
        }
        let table = StructuredDataset::<Sale>::from_uri(path);
        let batches = all(&table).unwrap();
        assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 6);
        let file = path.join("part-1.parquet");
        let single = StructuredDataset::<AnyColumns>::from_uri(&file);
        assert_eq!(all(&single).unwrap(), [sales(2..4)]);

        // Local files are uploaded.
        let raw = tempfile::tempdir().unwrap();
        for (table, rows) in [(table, 6), (StructuredDataset::from_uri(&file), 2)] {
            let read = decode::<Sale>(&encode(raw.path(), &table).unwrap());
            assert!(Path::new(read.uri().unwrap()).starts_with(raw.path()));
            let read = all(&read).unwrap();
            assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>(), rows);
        }
    }

    #[test]
    fn files_of_other_widths_are_read_as_the_first_one_and_others_are_no_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let with_id = |id: ArrayRef| {
            let rest = sales(0..1);
            let columns = [
                ("id", id),
                ("name", Arc::clone(rest.column(1))),
                ("amount", Arc::clone(rest.column(2))),
            ];
            RecordBatch::try_from_iter(columns).unwrap()
        };
        store(&sales(0..2), &path.join("0"));
        store(
            &with_id(Arc::new(Int32Array::from(vec![0]))),
            &path.join("1"),
        );
        store(
            &with_id(Arc::new(StringArray::from(vec!["0"]))),
            &path.join("2"),
        );
        let table = StructuredDataset::<AnyColumns>::from_uri(path);
        let mut batches = table.batches().unwrap();
        assert_eq!(batches.next().unwrap().unwrap(), sales(0..2));
        assert_eq!(batches.next().unwrap().unwrap(), sales(0..1));
        let error = batches.next().unwrap().unwrap_err().to_string();
        assert!(error.contains("/2: "), "{error}");
        assert!(error.contains("this part of it has `id` Utf8"), "{error}");
    }

    #[test]
    fn what_is_no_table_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let error = |table: StructuredDataset| table.batches().unwrap_err().to_string();

        let empty = error(StructuredDataset::from_uri(path));
        assert!(
            empty.starts_with("there are no Parquet files at "),
            "{empty}"
        );
        let missing = error(StructuredDataset::from_uri(path.join("missing")));
        assert!(missing.contains("missing"), "{missing}");
        fs::write(path.join("a.csv"), "1,2,3,4,5,6,7,8").unwrap();
        let text = error(StructuredDataset::from_uri(path));
        assert!(
            text.starts_with("cannot read ") && text.contains("a.csv"),
            "{text}"
        );
        fs::remove_file(path.join("a.csv")).unwrap();
        store(&sales(0..1), &path.join("year=2024/part-0"));
        let partitioned = error(StructuredDataset::from_uri(path));
        assert!(partitioned.contains("`year=2024`"), "{partitioned}");

        let csv = StructuredDatasetType::of_format("csv");
        let literal = LiteralWriter::to_bytes(|out| Ok(out.structured_dataset("s3://b/x", &csv)));
        let csv = error(decode(&literal.unwrap()));
        assert_eq!(
            csv,
            "expected a dataset in the format \"parquet\", found one in the format \"csv\", at \
             s3://b/x"
        );
    }

    #[test]
    fn tables_may_go_from_thread_to_thread() {
        fn goes<T: Send + Sync>() {}
        fn moves<T: Send>() {}
        goes::<StructuredDataset<Sale>>();
        moves::<crate::types::Batches>();
        moves::<crate::types::DatasetWriter>();
    }

    #[test]
    fn a_table_is_written_batch_by_batch() {
        let raw = tempfile::tempdir().unwrap();
        let table = within_place(&raw.path().to_string_lossy(), || {
            let mut table = StructuredDataset::<Sale>::create(sales(0..1).schema())?;
            for start in 0..10 {
                table.write(&sales(start * 1000..(start + 1) * 1000))?;
            }
            let other = table.write(&sales(0..1).project(&[0]).unwrap());
            let error = other.unwrap_err().to_string();
            assert!(error.contains("this part of it has `id` Int64"), "{error}");
            table.finish()
        });
        let batches = all(&table.unwrap()).unwrap();
        assert_eq!(
            batches.iter().map(RecordBatch::num_rows).sum::<usize>(),
            10_000
        );
        assert!(batches.len() > 1);
    }

    #[test]
    fn outside_of_a_run_there_is_no_place() {
        let table = StructuredDataset::<AnyColumns>::from(sales(0..1));
        let error = LiteralWriter::to_bytes(|out| table.encode(out)).unwrap_err();
        assert!(
            error.to_string().starts_with("cannot write a table: "),
            "{error}"
        );
    }

    #[test]
    fn inside_an_object_a_table_is_its_place() {
        let table = StructuredDataset::<AnyColumns>::from_uri("s3://b/x");
        let packed = MsgpackWriter::to_bytes(|out| table.pack(out)).unwrap();
        assert_eq!(packed, b"\x82\xa3uri\xa8s3://b/x\xabfile_format\xa7parquet");
        let read = StructuredDataset::<Sale>::unpack(&mut MsgpackReader::new(&packed)).unwrap();
        assert_eq!(read.uri(), Some("s3://b/x"));
    }
}
