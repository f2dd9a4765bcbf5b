//! Files of this machine that a run in Flyte is to have: they are uploaded, each once.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{fmt, io};

use super::super::inputs::Files;
use super::super::values;
use crate::store;
use crate::template::BlobType;
use crate::types::{LiteralWriter, ValueError, Written};

/// What is uploaded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Upload {
    /// A file.
    File(PathBuf),
    /// All files of a folder.
    Folder(PathBuf),
    /// The content of a file, as Python stores an object of class `bytes`.
    Bytes(String),
}

impl fmt::Display for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Upload::File(path) | Upload::Folder(path) => path.display().fmt(f),
            Upload::Bytes(text) => f.write_str(text),
        }
    }
}

/// Notes what is to be uploaded; its places are not known yet.
#[derive(Debug, Default)]
pub(super) struct Wanted(RefCell<BTreeSet<Upload>>);

impl Wanted {
    /// What was named.
    pub(super) fn into_uploads(self) -> BTreeSet<Upload> {
        self.0.into_inner()
    }
}

impl Files for Wanted {
    fn place(&self, text: &str) -> io::Result<String> {
        self.0.borrow_mut().extend(of_place(text)?);
        Ok(text.to_owned())
    }

    fn bytes(&self, out: LiteralWriter<'_>, text: &str) -> Result<Written, ValueError> {
        of_place(text).map_err(|error| values::of_file(text, &error))?;
        self.0.borrow_mut().insert(Upload::Bytes(text.to_owned()));
        Ok(out.blob(text, &BlobType::PICKLE))
    }
}

/// What is to be uploaded for a path or URI, if it is of this machine.
fn of_place(text: &str) -> io::Result<Option<Upload>> {
    let Some(path) = store::local_path(text) else {
        return Ok(None);
    };
    let path = std::path::absolute(path)?;
    let is_folder = path.metadata()?.is_dir();
    let upload = if is_folder {
        Upload::Folder
    } else {
        Upload::File
    };
    Ok(Some(upload(path)))
}
