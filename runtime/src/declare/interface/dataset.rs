//! The type of a table: `flyteidl.core.StructuredDatasetType`, as a constant or a value.

use super::LiteralType;
use crate::wire::Writer;

/// A `flyteidl.core.StructuredDatasetType`: what is known about a table.
///
/// Flyte takes an empty format, and no columns, for any.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StructuredDatasetType<'a> {
    /// The columns that are known; the table may have more.
    pub columns: &'a [DatasetColumn<'a>],
    /// The columns as fields of the message, if they are encoded already.
    pub encoded: &'a [u8],
    /// How the table is stored: `parquet`, `csv`, ….
    pub format: &'a str,
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatasetColumn<'a> {
    /// Its name, as it stands in the table.
    pub name: &'a str,
    /// The type of its values; each of them may be missing.
    pub literal_type: LiteralType,
}

impl<'a> StructuredDatasetType<'a> {
    /// A table of any columns in this format.
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
