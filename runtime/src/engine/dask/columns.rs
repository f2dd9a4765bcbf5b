//! The columns of Arrow's record batches as parts of a record, which nothing copies.

use arrow_array::{Array as _, RecordBatch, RecordBatchOptions, make_array};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow_data::{ArrayData, ArrayDataBuilder};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::attached::{self, Place};

/// The columns of a batch: all but its schema.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Columns {
    rows: usize,
    columns: Vec<Column>,
}

/// An array without its type, and with the places of its buffers; see
/// [Arrow's columnar format](https://arrow.apache.org/docs/format/Columnar.html).
#[derive(Debug, Serialize, Deserialize)]
struct Column {
    len: usize,
    offset: usize,
    /// The bits that say which values are there, and the position of the first.
    nulls: Option<(Place, usize)>,
    buffers: Vec<Place>,
    children: Vec<Column>,
}

impl Columns {
    /// Attaches the columns of a batch to the record that this thread is writing; None if it is writing none.
    pub(super) fn attach(batch: &RecordBatch) -> Option<Self> {
        let columns = batch.columns().iter();
        Some(Columns {
            rows: batch.num_rows(),
            columns: columns
                .map(|column| Column::attach(&column.to_data()))
                .collect::<Option<_>>()?,
        })
    }

    /// Finds the columns in the record that this thread is reading. Those that are aligned are not copied.
    pub(super) fn find(self, schema: SchemaRef) -> Result<RecordBatch, ArrowError> {
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let types = schema.fields().iter().map(|field| field.data_type());
        let columns = types.zip(self.columns);
        let columns = columns.map(|(ty, column)| Ok(make_array(column.find(ty)?)));
        let columns: Result<_, ArrowError> = columns.collect();
        RecordBatch::try_new_with_options(schema, columns?, &options)
    }
}

impl Column {
    fn attach(array: &ArrayData) -> Option<Self> {
        let nulls = match array.nulls() {
            Some(nulls) => Some((attach(nulls.buffer())?, nulls.offset())),
            None => None,
        };
        let children = array.child_data().iter();
        Some(Column {
            len: array.len(),
            offset: array.offset(),
            nulls,
            buffers: array.buffers().iter().map(attach).collect::<Option<_>>()?,
            children: children.map(Column::attach).collect::<Option<_>>()?,
        })
    }

    fn find(self, ty: &DataType) -> Result<ArrayData, ArrowError> {
        let children = children(ty).into_iter().zip(self.children);
        let children = children.map(|(ty, child)| child.find(ty));
        let nulls = self.nulls.map(|nulls| find_nulls(nulls, self.len));
        let buffers = self.buffers.into_iter().map(find);
        ArrayDataBuilder::new(ty.clone())
            .len(self.len)
            .offset(self.offset)
            .nulls(nulls.transpose()?)
            .buffers(buffers.collect::<Result<_, _>>()?)
            .child_data(children.collect::<Result<_, _>>()?)
            .align_buffers(true)
            .build()
    }
}

fn find_nulls((place, offset): (Place, usize), len: usize) -> Result<NullBuffer, ArrowError> {
    let bits = find(place)?;
    if offset.saturating_add(len) > bits.len().saturating_mul(8) {
        return Err(missing());
    }
    Ok(NullBuffer::new(BooleanBuffer::new(bits, offset, len)))
}

fn attach(buffer: &Buffer) -> Option<Place> {
    attached::attach(Bytes::from_owner(Owner(buffer.clone())))
}

fn find(place: Place) -> Result<Buffer, ArrowError> {
    attached::find(place).map(Buffer::from).ok_or_else(missing)
}

fn missing() -> ArrowError {
    ArrowError::IpcError("the columns are not in the same record".to_owned())
}

/// The owner of bytes that are a buffer.
struct Owner(Buffer);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The types of an array's children.
fn children(ty: &DataType) -> Vec<&DataType> {
    match ty {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => vec![field.data_type()],
        DataType::Struct(fields) => fields.iter().map(|field| field.data_type()).collect(),
        DataType::Union(fields, _) => fields.iter().map(|(_, field)| field.data_type()).collect(),
        DataType::RunEndEncoded(ends, values) => vec![ends.data_type(), values.data_type()],
        DataType::Dictionary(_, values) => vec![&**values],
        _ => Vec::new(),
    }
}

/// Whether a batch holds little more memory than its rows need. A part of a larger batch may hold all of it.
pub(super) fn is_compact(batch: &RecordBatch) -> bool {
    batch.columns().iter().all(|column| {
        let array = column.to_data();
        let needed = array.get_slice_memory_size();
        is_plain(&array) && needed.is_ok_and(|needed| held(&array) <= 2 * needed + PADDING)
    })
}

/// The buffers of a small array may be longer than it needs.
const PADDING: usize = 1024;

fn held(array: &ArrayData) -> usize {
    let nulls = array.nulls().map(NullBuffer::buffer);
    let buffers = nulls.into_iter().chain(array.buffers());
    let children = array.child_data().iter();
    buffers.map(Buffer::len).sum::<usize>() + children.map(held).sum::<usize>()
}

/// Whether Arrow can tell how much memory the rows of an array need: not if they refer to parts of a child or
/// of a shared buffer.
fn is_plain(array: &ArrayData) -> bool {
    let refers = matches!(
        array.data_type(),
        DataType::List(_)
            | DataType::LargeList(_)
            | DataType::ListView(_)
            | DataType::LargeListView(_)
            | DataType::Map(..)
            | DataType::Union(..)
            | DataType::RunEndEncoded(..)
            | DataType::Utf8View
            | DataType::BinaryView
    );
    !refers && array.child_data().iter().all(is_plain)
}

/// The size of a batch's buffers.
pub(super) fn size(batch: &RecordBatch) -> usize {
    batch
        .columns()
        .iter()
        .map(|column| held(&column.to_data()))
        .sum()
}
