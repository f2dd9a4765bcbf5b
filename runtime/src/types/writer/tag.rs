//! The tags of a literal's fields, named after their content.

/// The tag of a length-delimited field.
const fn delimited(field: u8) -> u8 {
    field << 3 | 2
}

// flyteidl.core.Literal
pub(super) const SCALAR: u8 = delimited(1);
pub(super) const COLLECTION: u8 = delimited(2);
pub(super) const MAP: u8 = delimited(3);
pub(super) const HASH: u8 = delimited(4);
pub(super) const METADATA: u8 = delimited(5);
// flyteidl.core.Scalar
pub(super) const PRIMITIVE: u8 = delimited(1);
pub(super) const BLOB: u8 = delimited(2);
pub(super) const BINARY: u8 = delimited(3);
pub(super) const NONE: u8 = delimited(5);
pub(super) const ERROR: u8 = delimited(6);
pub(super) const STRUCTURED_DATASET: u8 = delimited(8);
pub(super) const UNION: u8 = delimited(9);
// flyteidl.core.Primitive; a varint has wire type 0, a double 1
pub(super) const INTEGER: u8 = 1 << 3;
pub(super) const FLOAT: u8 = 2 << 3 | 1;
pub(super) const STRING: u8 = delimited(3);
pub(super) const BOOLEAN: u8 = 4 << 3;
pub(super) const DATETIME: u8 = delimited(5);
pub(super) const DURATION: u8 = delimited(6);
// google.protobuf.Timestamp, google.protobuf.Duration
pub(super) const SECONDS: u8 = 1 << 3;
pub(super) const NANOS: u8 = 2 << 3;
// flyteidl.core.LiteralCollection, flyteidl.core.LiteralMap and its entries
pub(super) const ELEMENT: u8 = delimited(1);
pub(super) const ENTRY: u8 = delimited(1);
pub(super) const KEY: u8 = delimited(1);
pub(super) const VALUE: u8 = delimited(2);
// flyteidl.core.StructuredDataset, flyteidl.core.StructuredDatasetMetadata
pub(super) const DATASET_URI: u8 = delimited(1);
pub(super) const DATASET_METADATA: u8 = delimited(2);
pub(super) const DATASET_TYPE: u8 = delimited(1);
// flyteidl.core.Blob, flyteidl.core.BlobMetadata
pub(super) const BLOB_METADATA: u8 = delimited(1);
pub(super) const BLOB_TYPE: u8 = delimited(1);
pub(super) const BLOB_URI: u8 = delimited(3);
// flyteidl.core.Error
pub(super) const FAILED_NODE_ID: u8 = delimited(1);
pub(super) const ERROR_MESSAGE: u8 = delimited(2);
// flyteidl.core.Binary
pub(super) const BINARY_VALUE: u8 = delimited(1);
pub(super) const BINARY_TAG: u8 = delimited(2);
// flyteidl.core.Union
pub(super) const UNION_VALUE: u8 = delimited(1);
pub(super) const UNION_TYPE: u8 = delimited(2);
