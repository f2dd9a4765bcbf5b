//! The type of a file or a folder: `flyteidl.core.BlobType`, as a constant or a value.

use crate::wire::Writer;

/// A `flyteidl.core.BlobType`: the type of a file or a folder.
///
/// To Flyte, an empty format means any format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobType<'a> {
    /// The format of the file: `csv`, `jpeg`, …; flytekit uses file extensions.
    pub format: &'a str,
    /// Whether it is a folder: `dimensionality: MULTIPART`.
    pub multipart: bool,
}

impl BlobType<'_> {
    /// A file that Python's `pickle` has written.
    pub const PICKLE: BlobType<'static> = BlobType {
        format: "PythonPickle",
        multipart: false,
    };

    /// Writes the fields of the message, without a prefix.
    pub const fn encode(&self, w: &mut Writer<'_>) {
        w.bool_true(2, self.multipart);
        w.string_nonempty(1, self.format);
    }
}
