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

impl StructuredDatasetType<'_> {
    /// Writes the fields of the message, without a prefix.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        w.string_nonempty(2, self.format);
        let mut rest = self.columns;
        while let [before @ .., last] = rest {
            let end = w.len();
            last.encode(w);
            w.message(1, end);
            rest = before;
        }
    }
}

impl DatasetColumn<'_> {
    const fn encode(&self, w: &mut Writer<'_>) {
        let end = w.len();
        self.literal_type.encode(w);
        w.message(2, end);
        w.string_nonempty(1, self.name);
    }
}
