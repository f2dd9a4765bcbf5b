//! Temporary folders, which are removed when they are no longer needed.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

use super::unique_place;
use crate::execute::{Cancellable, cancellable};
use crate::store::StoreError;

/// A folder that only this process's user can enter. Dropping this value removes the folder, and so does a
/// signal that ends the process.
#[derive(Debug)]
pub(crate) struct TemporaryFolder {
    path: PathBuf,
    _taken_back: Cancellable<'static>,
}

impl TemporaryFolder {
    pub(crate) fn new() -> Result<Self, StoreError> {
        let path = unique_place();
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&path) {
            Ok(()) => {
                let taken_back = path.clone();
                Ok(TemporaryFolder {
                    path,
                    _taken_back: cancellable(move || _ = fs::remove_dir_all(taken_back)),
                })
            }
            Err(error) => {
                let tried = &format!("make the folder {}", path.display());
                Err(StoreError::of_file(tried, error))
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // The system removes leftovers eventually.
        let _ = fs::remove_dir_all(&self.path);
    }
}
