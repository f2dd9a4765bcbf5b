//! Files, folders and tables, by their places.

use std::io;
use std::path::Path;

use crate::declare::BlobType;
use crate::store;
use crate::types::{LiteralWriter, ValueError, Written};

/// What lies at a place that an input names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    File,
    Folder,
    /// A table may be either.
    Table,
}

impl Shape {
    /// Refuses a folder where a file is expected, and the other way round. What is not there yet may
    /// become what is expected.
    ///
    /// # Errors
    ///
    /// What is there instead.
    pub(crate) fn check(self, path: &Path) -> io::Result<()> {
        let wrong = match self {
            Shape::File if path.is_dir() => "this is a folder, and a file is expected",
            Shape::Folder if path.is_file() => "this is a file, and a folder is expected",
            _ => return Ok(()),
        };
        Err(io::Error::other(wrong))
    }
}

/// What becomes of the files that inputs name.
pub(crate) trait Files {
    /// The URI under which a task finds the file, folder or table of this path or URI.
    fn place(&self, text: &str, shape: Shape) -> io::Result<String>;

    /// Writes the content of the file at this path or URI, where a task takes bytes.
    fn bytes(&self, out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError>;
}

/// Files of this machine, for a task that runs on it.
pub(crate) struct Here;

impl Files for Here {
    fn place(&self, text: &str, shape: Shape) -> io::Result<String> {
        if let Some(path) = store::local_path(text) {
            shape.check(path.as_ref())?;
        }
        place(text)
    }

    /// Not as a pickle: whoever reads bytes in Rust reads them in this form too.
    fn bytes(&self, out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError> {
        let content = store::read(&uri(text, Shape::File, self)?)?;
        out.msgpack(|out| Ok(out.bin(&content)))
    }
}

/// The place that `text` is.
pub(super) fn uri(text: &str, shape: Shape, files: &dyn Files) -> Result<String, ValueError> {
    files
        .place(text, shape)
        .map_err(|error| of_file(text, &error))
}

pub(super) fn shape(blob: &BlobType) -> Shape {
    if blob.multipart {
        Shape::Folder
    } else {
        Shape::File
    }
}

/// What is wrong with a file that was named.
pub(crate) fn of_file(text: &str, error: &io::Error) -> ValueError {
    ValueError::other(format!("`{text}`: {error}"))
}

/// A URI as it is, a path as an absolute one: an engine's server has a working directory of its own.
pub(crate) fn place(text: &str) -> io::Result<String> {
    if text.contains("://") {
        return Ok(text.to_owned());
    }
    let path = std::path::absolute(text)?;
    Ok(path.to_string_lossy().into_owned())
}
