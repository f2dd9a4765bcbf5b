//! Whole folders, several files at a time.

use std::fs;
use std::path::{Component, Path};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use super::{Entry, StoreError, download, join, list, local, upload};

/// Enough to keep a network busy with small files.
const AT_ONCE: usize = 8;

/// Copies all files below a prefix into a folder of this machine, which is made if need be. Each
/// file appears whole or not at all; when one fails, others may be there.
///
/// # Errors
///
/// When there is nothing below the prefix, or one of the files cannot be copied.
///
/// ```no_run
/// flytekit::store::download_folder("s3://bucket/table", "/tmp/table".as_ref())?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn download_folder(prefix: &str, to: &Path) -> Result<(), StoreError> {
    let tried = format_args!("download {prefix} to {}", to.display());
    let entries = list(prefix)?;
    if let Some(outside) = entries.iter().find(|entry| !stays_below(&entry.path)) {
        return Err(StoreError::refused(
            tried,
            format_args!("`{}` would lie outside of that folder", outside.path),
        ));
    }
    fs::create_dir_all(to).map_err(|error| StoreError::of_file(tried, error))?;
    for_each(&entries, |entry| {
        download(&join(prefix, &entry.path), &to.join(&entry.path))
    })
}

/// Copies all files of a folder of this machine, and of its folders, below a prefix.
///
/// Each file appears whole or not at all; when one fails, others may be there. Folders without
/// files leave nothing in an object store.
///
/// # Errors
///
/// When there is no such folder, or one of its files cannot be copied.
///
/// ```no_run
/// flytekit::store::upload_folder("/tmp/table".as_ref(), "s3://bucket/table")?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn upload_folder(from: &Path, prefix: &str) -> Result<(), StoreError> {
    let entries = local::list(from)?;
    if let Some(to) = super::local_path(prefix) {
        fs::create_dir_all(&to)
            .map_err(|error| StoreError::of_file(format_args!("write {prefix}"), error))?;
    }
    for_each(&entries, |entry| {
        upload(&from.join(&entry.path), &join(prefix, &entry.path))
    })
}

/// Whether a path leads nowhere but down: a key in an object store may be anything.
fn stays_below(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|component| matches!(component, Component::Normal(_)))
}

/// Copies all, and gives the first error, after which no more are begun.
fn for_each(
    entries: &[Entry],
    copy: impl Fn(&Entry) -> Result<(), StoreError> + Sync,
) -> Result<(), StoreError> {
    let left = Mutex::new(entries.iter());
    let failure = Mutex::new(None);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(entry) = next() {
            if let Err(error) = copy(entry) {
                *left.lock().unwrap_or_else(PoisonError::into_inner) = [].iter();
                let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                failure.get_or_insert(error);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(entries.len()) {
            scope.spawn(work);
        }
    });
    let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    failure.map_or(Ok(()), Err)
}
