//! Transfers of single files.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::Path;

use super::local::{self, NewFile, Unchanged};
use super::progress::TransferProgress;
use super::remote::Object;
use super::uri::shown;
use super::{StoreError, StoreReader, StoreWriter, Unfinished, local_path};
use crate::bounded;

/// How many parts of a large object are under way at the same time, if it is the only object.
pub(super) const AHEAD: usize = 4;

pub(super) fn open(uri: &str, ahead: usize) -> Result<StoreReader, StoreError> {
    let tried = &format!("read {}", shown(uri));
    match local_path(uri) {
        Some(path) => {
            let opened = bounded::open(&path);
            let (file, size) = opened.map_err(|error| StoreError::of_file(tried, error))?;
            Ok(StoreReader::new(file, size))
        }
        None => Object::at(uri, &tried)?.open(ahead),
    }
}

pub(super) fn create(uri: &str, ahead: usize) -> Result<StoreWriter, StoreError> {
    let tried = &format!("write {}", shown(uri));
    let unfinished: Box<dyn Unfinished> = match local_path(uri) {
        Some(path) => {
            let created = NewFile::create(path);
            Box::new(created.map_err(|error| StoreError::of_file(tried, error))?)
        }
        None => Object::at(uri, &tried)?.create(ahead)?,
    };
    Ok(StoreWriter(unfinished))
}

pub(super) fn read(uri: &str) -> Result<Vec<u8>, StoreError> {
    let tried = &format!("read {}", shown(uri));
    let reader = open(uri, AHEAD)?;
    let progress = TransferProgress::new(tried, reader.size());
    let size = reader.size();
    bounded::read_all(progress.of(reader), size).map_err(|error| failed(tried, error))
}

pub(super) fn write(uri: &str, bytes: &[u8]) -> Result<(), StoreError> {
    write_pieces(uri, bytes.len(), std::iter::once(Cow::Borrowed(bytes)))
}

/// Writes these pieces, of `size` bytes in total.
pub(super) fn write_pieces<'a>(
    uri: &str,
    size: usize,
    mut pieces: impl Iterator<Item = Cow<'a, [u8]>>,
) -> Result<(), StoreError> {
    let tried = &format!("write {}", shown(uri));
    let progress = TransferProgress::new(tried, Some(size as u64));
    let mut writer = create(uri, AHEAD)?;
    let copied =
        pieces.try_for_each(|piece| io::copy(&mut progress.of(&*piece), &mut writer).map(drop));
    copied.map_err(|error| failed(tried, error))?;
    writer.finish()
}

/// Copies a file to this machine. `whole` is the progress of the transfer that this file is part of, if any.
pub(super) fn download(
    uri: &str,
    to: &Path,
    ahead: usize,
    whole: Option<&TransferProgress>,
) -> Result<(), StoreError> {
    let tried = &format!("download {} to {}", shown(uri), to.display());
    let failed = |error| failed(tried, error);
    if let Some(from) = local_path(uri) {
        return local::copy(&from, to).map_err(failed);
    }
    let reader = open(uri, ahead)?;
    let mut file = NewFile::create(to.to_owned()).map_err(failed)?;
    let own = TransferProgress::new(tried, reader.size());
    let progress = whole.unwrap_or(&own);
    io::copy(&mut progress.of(reader), &mut file).map_err(failed)?;
    file.persist().map_err(failed)
}

/// Copies a file of this machine. `whole` is the progress of the transfer that this file is part of, if any.
pub(super) fn upload(
    from: &Path,
    uri: &str,
    ahead: usize,
    whole: Option<&TransferProgress>,
) -> Result<(), StoreError> {
    let tried = &format!("upload {} to {}", from.display(), shown(uri));
    let failed = |error| failed(tried, error);
    if let Some(to) = local_path(uri) {
        return local::copy(from, &to).map_err(failed);
    }
    let mut file = Unchanged::open(from).map_err(failed)?;
    let mut writer = create(uri, ahead)?;
    let own = TransferProgress::new(tried, Some(file.size()));
    let progress = whole.unwrap_or(&own);
    let copied = io::copy(&mut progress.of(&mut file), &mut writer).map_err(failed)?;
    file.check(copied).map_err(failed)?;
    writer.finish()
}

/// The error of a failed copy: a store's error is complete, a file's error needs the operation's description.
pub(crate) fn failed(tried: impl fmt::Display, error: io::Error) -> StoreError {
    error
        .downcast::<StoreError>()
        .unwrap_or_else(|error| StoreError::of_file(tried, error))
}
