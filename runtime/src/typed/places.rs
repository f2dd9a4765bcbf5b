//! Files, folders and tables, by their locations.

use std::io;
use std::path::Path;

use crate::declare::BlobType;
use crate::store;
use crate::types::{LiteralWriter, ValueError, Written};

/// The kind of data at a location that an input names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    File,
    Folder,
    /// A table may be a file or a folder.
    Table,
}

impl Shape {
    /// Refuses a folder where a file is expected, and the other way round. A path that does not exist may be
    /// created later, so it is accepted.
    ///
    /// # Errors
    ///
    /// The kind of data that is there instead.
    pub(crate) fn check(self, path: &Path) -> io::Result<()> {
        let wrong = match self {
            Shape::File if path.is_dir() => "this is a folder, and a file is expected",
            Shape::Folder if path.is_file() => "this is a file, and a folder is expected",
            _ => return Ok(()),
        };
        Err(io::Error::other(wrong))
    }
}

/// How to treat the files that inputs name.
pub(crate) trait Files {
    /// The URI under which a task finds the file, folder or table at this path or URI.
    fn place(&self, text: &str, shape: Shape) -> io::Result<String>;

    /// Writes the content of the file at this path or URI, for a task that takes bytes.
    fn bytes(&self, out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError>;
}

/// Local files, for a task that runs on this machine.
pub(crate) struct Here;

impl Files for Here {
    fn place(&self, text: &str, shape: Shape) -> io::Result<String> {
        if let Some(path) = store::local_path(text) {
            shape.check(path.as_ref())?;
        }
        place(text)
    }

    /// Not as a pickle: a Rust task also reads bytes in this form.
    fn bytes(&self, out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError> {
        let content = store::read(&uri(text, Shape::File, self)?)?;
        out.msgpack(|out| Ok(out.bin(&content)))
    }
}

/// The location that `text` names.
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

/// The error of a named file.
pub(crate) fn of_file(text: &str, error: &io::Error) -> ValueError {
    ValueError::other(format!("`{text}`: {error}"))
}

/// A URI unchanged, a path as an absolute one, because an engine's server has another working directory.
pub(crate) fn place(text: &str) -> io::Result<String> {
    if text.contains("://") {
        return Ok(text.to_owned());
    }
    let path = std::path::absolute(text)?;
    Ok(path.to_string_lossy().into_owned())
}
