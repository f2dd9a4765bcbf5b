//! Copies whole folders, several files at a time.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use super::progress::TransferProgress;
use super::remote::Object;
use super::uri::shown;
use super::{StoreEntry, StoreError, join, list, local, local_path, transfer};
use crate::console::Foreign;

/// How many parts are transferred at the same time: enough to keep a network busy, with small files or with
/// parts of large ones, and few enough to hold in memory.
const AT_ONCE: usize = 8;

/// Copies all files below a prefix into a folder of this machine. The folder is created if it does not exist.
/// Each file appears whole or not at all; if one fails, others may be there.
///
/// # Errors
///
/// If there is nothing below the prefix, or one of the files cannot be copied.
///
/// ```no_run
/// flytekit::store::download_folder("s3://bucket/table", "/tmp/table".as_ref())?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn download_folder(prefix: &str, to: &Path) -> Result<(), StoreError> {
    let tried = &format!("download {} to {}", shown(prefix), to.display());
    let entries = list(prefix)?;
    if let Some(outside) = entries.iter().find(|entry| !stays_below(&entry.path)) {
        return Err(StoreError::refused(
            tried,
            format_args!(
                "`{}` would lie outside of that folder",
                Foreign(&outside.path)
            ),
        ));
    }
    fs::create_dir_all(to).map_err(|error| StoreError::of_file(tried, error))?;
    let progress = TransferProgress::new(tried, Some(size(&entries)));
    for_each(&entries, |entry, ahead| {
        let (from, to) = (join(prefix, &entry.path), to.join(&entry.path));
        transfer::download(&from, &to, ahead, Some(&progress))
    })
}

/// Copies all files of a folder of this machine, and of its subfolders, below a prefix.
///
/// Each file appears whole or not at all; if one fails, others may be there. Folders without files leave
/// nothing in an object store.
///
/// # Errors
///
/// If there is no such folder, or one of its files cannot be copied.
///
/// ```no_run
/// flytekit::store::upload_folder("/tmp/table".as_ref(), "s3://bucket/table")?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn upload_folder(from: &Path, prefix: &str) -> Result<(), StoreError> {
    let entries = local::list(from)?;
    let tried = &format!("upload {} to {}", from.display(), shown(prefix));
    if let Some(to) = local_path(prefix) {
        fs::create_dir_all(&to).map_err(|error| StoreError::of_file(tried, error))?;
    }
    let progress = TransferProgress::new(tried, Some(size(&entries)));
    for_each(&entries, |entry, ahead| {
        let (from, to) = (from.join(&entry.path), join(prefix, &entry.path));
        transfer::upload(&from, &to, ahead, Some(&progress))
    })
}

/// Removes a file, if it exists.
pub(crate) fn remove(uri: &str) -> Result<(), StoreError> {
    let tried = &format!("remove {}", shown(uri));
    match local_path(uri) {
        Some(path) => match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(StoreError::of_file(tried, error))
            }
            _ => Ok(()),
        },
        None => Object::at(uri, tried)?.remove(),
    }
}

/// Removes all files below a prefix, if there are any.
pub(crate) fn remove_folder(prefix: &str) -> Result<(), StoreError> {
    if let Some(path) = local_path(prefix) {
        return match fs::remove_dir_all(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::of_file(
                format_args!("remove {}", shown(prefix)),
                error,
            )),
            _ => Ok(()),
        };
    }
    let entries = match list(prefix) {
        Err(error) if error.is_not_found() => return Ok(()),
        listed => listed?,
    };
    for_each(&entries, |entry, _| remove(&join(prefix, &entry.path)))
}

/// Puts all files below a prefix below another prefix, which is empty. On this machine, they are moved
/// together. In an object store, they are copied one by one, and also stay at their place.
pub(crate) fn move_or_copy_folder(from: &str, to: &str) -> Result<(), StoreError> {
    if let (Some(from), Some(to)) = (local_path(from), local_path(to)) {
        let tried = format!("move {} to {}", from.display(), to.display());
        return fs::rename(&from, &to).map_err(|error| StoreError::of_file(tried, error));
    }
    for_each(&list(from)?, |entry, _| {
        let (from, to) = (join(from, &entry.path), join(to, &entry.path));
        let tried = &format!("copy {} to {}", shown(&from), shown(&to));
        Object::at(&from, tried)?.copy(&to)
    })
}

/// Whether a path only leads downwards: a key in an object store may contain anything.
fn stays_below(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|component| matches!(component, Component::Normal(_)))
}

fn size(entries: &[StoreEntry]) -> u64 {
    entries.iter().map(|entry| entry.size).sum()
}

/// Copies all entries, each with the given number of parts under way, and returns the first error. After an
/// error no more copies begin.
fn for_each(
    entries: &[StoreEntry],
    copy: impl Fn(&StoreEntry, usize) -> Result<(), StoreError> + Sync,
) -> Result<(), StoreError> {
    let threads = AT_ONCE.min(entries.len());
    let ahead = AT_ONCE / threads.max(1);
    let left = Mutex::new(entries.iter());
    let failure = Mutex::new(None);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(entry) = next() {
            if let Err(error) = copy(entry, ahead) {
                *left.lock().unwrap_or_else(PoisonError::into_inner) = [].iter();
                let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                failure.get_or_insert(error);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    failure.map_or(Ok(()), Err)
}
