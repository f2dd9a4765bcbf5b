//! The type of a table: `flyteidl.core.StructuredDatasetType`, as a constant or a value.

use super::LiteralType;
use crate::wire::Writer;

/// A `flyteidl.core.StructuredDatasetType`: the type of a table.
///
/// To Flyte, an empty format means any format, and no columns mean any columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StructuredDatasetType<'a> {
    /// The known columns; the table may have more.
    pub columns: &'a [DatasetColumn<'a>],
    /// The columns as encoded fields of the message, if they were encoded before.
    pub encoded: &'a [u8],
    /// The format of the table: `parquet`, `csv`, ….
    pub format: &'a str,
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatasetColumn<'a> {
    /// The name of the column in the table.
    pub name: &'a str,
    /// The type of the values; each value may be missing.
    pub literal_type: LiteralType,
}

impl<'a> StructuredDatasetType<'a> {
    /// A table with any columns in this format.
    pub const fn of_format(format: &'a str) -> Self {
        StructuredDatasetType {
            columns: &[],
            encoded: &[],
            format,
        }
    }

    /// Writes the fields of the message, without a prefix.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        w.string_nonempty(2, self.format);
        if self.encoded.is_empty() {
            DatasetColumn::encode_all(self.columns, w);
        } else {
            w.raw(self.encoded);
        }
    }
}

impl DatasetColumn<'_> {
    /// Writes the columns as fields of `flyteidl.core.StructuredDatasetType`.
    pub const fn encode_all(columns: &[DatasetColumn<'_>], w: &mut Writer<'_>) {
        let mut rest = columns;
        while let [before @ .., last] = rest {
            let end = w.len();
            last.encode(w);
            w.message(1, end);
            rest = before;
        }
    }

    const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        self.literal_type.encode(w);
        w.message(2, end);
        w.string_nonempty(1, self.name);
    }
}
