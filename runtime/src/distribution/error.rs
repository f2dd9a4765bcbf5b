//! Errors of archives.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::console::Foreign;
use crate::error::Error;
use crate::store::StoreError;

/// Why the content of an archive could not be unpacked.
#[derive(Debug)]
pub(crate) enum FetchError {
    /// The archive cannot be downloaded.
    Store(StoreError),
    /// The file cannot be read as an archive.
    Unreadable(io::Error),
    /// The content does not match the digest in the archive's name.
    Damaged,
    /// A member is refused, for this reason.
    Refused { member: String, why: &'static str },
    /// Unpacking into this path failed.
    Folder { path: PathBuf, error: io::Error },
}

impl FetchError {
    pub(super) fn folder(path: &Path, error: io::Error) -> Self {
        FetchError::Folder {
            path: path.to_owned(),
            error,
        }
    }

    /// The error of a task.
    pub(crate) fn into_error(self) -> Error {
        let recoverable = self.is_recoverable();
        let error = Error::system("the task's executable cannot be fetched").with_source(self);
        if recoverable { error } else { error.finally() }
    }

    /// Whether another try may help: on another machine's disk, or with another download.
    fn is_recoverable(&self) -> bool {
        match self {
            FetchError::Store(error) => error.is_recoverable(),
            FetchError::Folder { error, .. } => matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ),
            FetchError::Unreadable(_) | FetchError::Damaged => true,
            FetchError::Refused { .. } => false,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FetchError::Store(error) => error.fmt(f),
            FetchError::Unreadable(error) => write!(
                f,
                "the archive cannot be read: {error}; expected a tar file, compressed with gzip or not"
            ),
            FetchError::Damaged => f.write_str(
                "the archive's content does not match its name: the executable has another digest. It \
                 arrived damaged, or other content was stored under its name: register the task again",
            ),
            FetchError::Refused { member, why } => {
                let member = Foreign(member);
                write!(f, "the archive is not unpacked: its member `{member}` {why}")
            }
            FetchError::Folder { path, error } => write!(
                f,
                "cannot write {}: {error}; give --dest-dir a folder that the container's user may \
                 write to",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FetchError {}
