//! Reads tables from Parquet files, one after the other.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::vec;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::columns::{check_same, conform, read_schema, select};
use super::{Memory, PARQUET, Stored};
use crate::context::TemporaryFolder;
use crate::declare::DatasetColumn;
use crate::store::{self, StoreError};
use crate::types::ValueError;

/// The number of rows of a batch: large enough for columnar work, and small enough for several batches in
/// memory.
const ROWS: usize = 8192;

/// The record batches of a table, all with one schema: see
/// [`StructuredDataset::batches`](super::StructuredDataset::batches).
///
/// Each file is opened when it is needed. A remote file is downloaded then, and removed when it has been
/// read.
#[derive(Debug)]
pub struct Batches {
    schema: SchemaRef,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Memory {
        batches: vec::IntoIter<RecordBatch>,
        indices: Option<Vec<usize>>,
    },
    Files(Files),
}

/// The remaining files of a table.
#[derive(Debug)]
struct Files {
    columns: Wanted,
    uris: vec::IntoIter<String>,
    open: Option<OpenFile>,
}

#[derive(Debug)]
struct Wanted {
    declared: &'static [DatasetColumn<'static>],
    named: Vec<String>,
}

impl Batches {
    pub(super) fn memory(
        memory: &Memory,
        declared: &'static [DatasetColumn<'static>],
    ) -> Result<Self, ValueError> {
        let indices = select(declared, &[], &memory.schema)?;
        let schema = read_schema(declared, &indices, &memory.schema);
        Ok(Batches {
            schema,
            source: Source::Memory {
                batches: memory.batches.clone().into_iter(),
                indices,
            },
        })
    }

    pub(super) fn stored(
        stored: &Stored,
        declared: &'static [DatasetColumn<'static>],
    ) -> Result<Self, ValueError> {
        let uri = stored.place.uri();
        let format = &stored.format;
        if !format.is_empty() && !format.eq_ignore_ascii_case(PARQUET) {
            return Err(ValueError::mismatch(
                "a dataset in the format \"parquet\"",
                format_args!("one in the format {format:?}, at {uri}"),
            ));
        }
        let mut files = Files {
            columns: Wanted {
                declared,
                named: stored.columns.clone(),
            },
            uris: files(uri)?.into_iter(),
            open: None,
        };
        let Some(first) = files.uris.next() else {
            return Err(ValueError::other(format!(
                "there are no Parquet files at {uri}"
            )));
        };
        let first = OpenFile::open(first, &files.columns)?;
        let schema = Arc::clone(&first.schema);
        files.open = Some(first);
        Ok(Batches {
            schema,
            source: Source::Files(files),
        })
    }

    /// The schema of all batches.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow_array::{Int64Array, RecordBatch};
    /// use flytekit::types::StructuredDataset;
    ///
    /// let numbers = Arc::new(Int64Array::from(vec![1, 2, 3]));
    /// let table: StructuredDataset = RecordBatch::try_from_iter([("n", numbers as _)])?.into();
    /// assert_eq!(table.batches()?.schema().field(0).name(), "n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ValueError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Memory { batches, indices } => {
                let batch = batches.next()?;
                let batch = match indices {
                    Some(indices) => batch.project(indices),
                    None => Ok(batch),
                };
                let batch = batch.map_err(|error| ValueError::other(error.to_string()));
                Some(batch.and_then(|batch| conform(&batch, &self.schema)))
            }
            Source::Files(files) => files.next(&self.schema).transpose(),
        }
    }
}

impl Files {
    fn next(&mut self, schema: &SchemaRef) -> Result<Option<RecordBatch>, ValueError> {
        loop {
            if let Some(open) = &mut self.open {
                if let Some(batch) = open.next(schema)? {
                    return Ok(Some(batch));
                }
                self.open = None;
            }
            let Some(uri) = self.uris.next() else {
                return Ok(None);
            };
            let next = OpenFile::open(uri, &self.columns)?;
            check_same(schema, &next.schema).map_err(|error| cannot_read(&next.uri, &error))?;
            self.open = Some(next);
        }
    }
}

/// A Parquet file that is being read.
struct OpenFile {
    uri: String,
    reader: ParquetRecordBatchReader,
    /// The indexes of the wanted columns among those that are read, in the wanted order.
    order: Option<Vec<usize>>,
    schema: SchemaRef,
    /// The folder of the downloaded copy.
    _folder: Option<TemporaryFolder>,
}

impl OpenFile {
    fn open(uri: String, columns: &Wanted) -> Result<Self, ValueError> {
        let (path, folder) = local(&uri)?;
        let cannot = |why: &dyn fmt::Display| cannot_read(&uri, why);
        let file = File::open(&path)
            .map_err(|error| StoreError::of_file(format_args!("read {uri}"), error))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|error| cannot(&error))?
            .with_batch_size(ROWS);
        let selected = select(columns.declared, &columns.named, builder.schema())
            .map_err(|error| cannot(&error))?;
        let stored = Arc::clone(builder.schema());
        let (builder, order) = match &selected {
            Some(indices) => {
                let mask = ProjectionMask::roots(builder.parquet_schema(), indices.iter().copied());
                (builder.with_projection(mask), Some(ranks(indices)))
            }
            None => (builder, None),
        };
        let reader = builder.build().map_err(|error| cannot(&unread(&error)))?;
        let schema = read_schema(columns.declared, &selected, &stored);
        Ok(OpenFile {
            uri,
            reader,
            order,
            schema,
            _folder: folder,
        })
    }

    fn next(&mut self, schema: &SchemaRef) -> Result<Option<RecordBatch>, ValueError> {
        let Some(batch) = self.reader.next() else {
            return Ok(None);
        };
        let ordered = batch.and_then(|batch| match &self.order {
            Some(order) => batch.project(order),
            None => Ok(batch),
        });
        let batch = ordered.map_err(|error| cannot_read(&self.uri, &error))?;
        conform(&batch, schema)
            .map(Some)
            .map_err(|error| cannot_read(&self.uri, &error))
    }
}

impl fmt::Debug for OpenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenFile")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

/// The rank of each of the indexes.
fn ranks(places: &[usize]) -> Vec<usize> {
    let rank = |place: &usize| places.iter().filter(|it| *it < place).count();
    places.iter().map(rank).collect()
}

/// The path of a file on this machine; a remote file is downloaded first.
fn local(uri: &str) -> Result<(PathBuf, Option<TemporaryFolder>), StoreError> {
    if let Some(path) = store::local_path(uri) {
        return Ok((path, None));
    }
    let folder = TemporaryFolder::new()?;
    let path = folder.path().join("part");
    store::download(uri, &path)?;
    Ok((path, Some(folder)))
}

/// The files of the table at a URI, which may be a single file.
fn files(uri: &str) -> Result<Vec<String>, ValueError> {
    if store::local_path(uri).is_some_and(|path| path.is_file()) {
        return Ok(vec![uri.to_owned()]);
    }
    let entries = match store::list(uri) {
        Ok(entries) => entries,
        Err(error) if error.is_not_found() && store::is_remote(uri) => {
            return Ok(vec![uri.to_owned()]);
        }
        Err(error) => return Err(error.into()),
    };
    let mut uris = Vec::new();
    for entry in entries {
        if entry
            .path
            .split('/')
            .any(|part| part.starts_with(['_', '.']))
        {
            continue;
        }
        if let Some(partition) = partition(&entry.path) {
            return Err(ValueError::other(format!(
                "the table at {uri} is partitioned: a column is stored only in the name of the \
                 folder `{partition}`, and would be lost; read the table with Spark"
            )));
        }
        uris.push(store::join(uri, &entry.path));
    }
    Ok(uris)
}

/// The folder on a file's path whose name is a column with a value, as in Hive's layout.
fn partition(path: &str) -> Option<&str> {
    let folder = Path::new(path).parent()?.to_str()?;
    folder.split('/').find(|part| part.contains('='))
}

/// The error of a file; for a compression that is not built in, with advice.
fn unread(error: &ParquetError) -> String {
    let error = error.to_string();
    if error.to_ascii_lowercase().contains("brotli") {
        return format!("{error}: build the program with flytekit's feature `brotli`");
    }
    error
}

fn cannot_read(uri: &str, why: &dyn fmt::Display) -> ValueError {
    ValueError::other(format!("cannot read {uri}: {why}"))
}
