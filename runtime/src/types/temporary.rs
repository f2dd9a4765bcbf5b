//! Folders that go with what they are for.

use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

use crate::context::unique;
use crate::store::StoreError;

/// A folder of this process's user alone, which is removed when this is dropped.
#[derive(Debug)]
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(super) fn new() -> Result<Self, StoreError> {
        let path = std::env::temp_dir().join(format!("flytekit-{}", unique()));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&path) {
            Ok(()) => Ok(TemporaryFolder(path)),
            Err(error) => {
                let tried = &format!("make the folder {}", path.display());
                Err(StoreError::of_file(tried, error))
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // The system removes it some day.
        let _ = fs::remove_dir_all(&self.0);
    }
}
