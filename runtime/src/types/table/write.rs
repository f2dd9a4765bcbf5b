//! Writes tables to Parquet files.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::columns::{check, conform};
use super::{Memory, StructuredDataset};
use crate::store;
use crate::types::place::{Place, PlaceKind, new_place};
use crate::types::{Columns, ValueError};

/// The name of a table's only file, as flytekit names it for pandas and Arrow.
const FILE: &str = "00000";

/// How many bytes of encoded columns are kept in memory before they are written.
const MOST_KEPT: usize = 64 << 20;

/// A table that is being written: see [`StructuredDataset::create`]. A writer that is dropped before
/// [`finish`](Self::finish) leaves nothing.
#[must_use = "only `finish` makes the table appear"]
pub struct DatasetWriter<S = super::AnyColumns> {
    folder: String,
    schema: SchemaRef,
    writer: ArrowWriter<store::StoreWriter>,
    columns: PhantomData<fn() -> S>,
}

impl<S: Columns> DatasetWriter<S> {
    pub(super) fn create(schema: SchemaRef) -> Result<Self, ValueError> {
        check(S::COLUMNS, &schema)?;
        let folder = new_place(format_args!("write a table"))?;
        let file = store::create(&store::join(&folder, FILE))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
        Ok(DatasetWriter {
            schema,
            writer: writer.map_err(|error| failed(&folder, error))?,
            folder,
            columns: PhantomData,
        })
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    ///
    /// If the batch does not have the schema of the table, or the store cannot be written to.
    ///
    /// ```no_run
    /// use std::sync::Arc;
    ///
    /// use arrow_array::{Int64Array, RecordBatch};
    /// use flytekit::types::{AnyColumns, StructuredDataset};
    ///
    /// let numbers = Arc::new(Int64Array::from(vec![1, 2, 3]));
    /// let batch = RecordBatch::try_from_iter([("n", numbers as _)])?;
    /// let mut table = StructuredDataset::<AnyColumns>::create(batch.schema())?;
    /// table.write(&batch)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ValueError> {
        // Parquet's writer does not compare the columns with the table's.
        let batch = conform(batch, &self.schema).map_err(|error| {
            ValueError::other(format!(
                "cannot write the table to {}: {error}",
                self.folder
            ))
        })?;
        let written =
            self.writer
                .write(&batch)
                .and_then(|()| match self.writer.in_progress_size() {
                    MOST_KEPT.. => self.writer.flush(),
                    _ => Ok(()),
                });
        written.map_err(|error| failed(&self.folder, error))
    }

    /// Writes the buffered rest, and makes the table appear.
    ///
    /// # Errors
    ///
    /// If the bytes have not arrived; nothing appears then.
    ///
    /// ```no_run
    /// use std::sync::Arc;
    ///
    /// use arrow_schema::{DataType, Field, Schema};
    /// use flytekit::types::{AnyColumns, StructuredDataset};
    ///
    /// let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true)]));
    /// let empty = StructuredDataset::<AnyColumns>::create(schema)?.finish()?;
    /// assert_eq!(empty.batches()?.count(), 0);
    /// # Ok::<(), flytekit::types::ValueError>(())
    /// ```
    pub fn finish(self) -> Result<StructuredDataset<S>, ValueError> {
        let file = self.writer.into_inner();
        file.map_err(|error| failed(&self.folder, error))?
            .finish()?;
        let place = Place::stored(PlaceKind::Folder, &self.folder);
        Ok(StructuredDataset::stored_at(place))
    }
}

impl<S: Columns> fmt::Debug for DatasetWriter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatasetWriter")
            .field("uri", &self.folder)
            .finish_non_exhaustive()
    }
}

/// Writes a table that is in memory, and returns its URI.
pub(super) fn whole<S: Columns>(memory: &Memory) -> Result<String, ValueError> {
    let mut writer = DatasetWriter::<S>::create(memory.schema.clone())?;
    for batch in &memory.batches {
        writer.write(batch)?;
    }
    let folder = writer.folder.clone();
    writer.finish()?;
    Ok(folder)
}

fn failed(folder: &str, error: ParquetError) -> ValueError {
    let message = format!("cannot write the table to {folder}: {error}");
    ValueError::other(message).with_source(error)
}
