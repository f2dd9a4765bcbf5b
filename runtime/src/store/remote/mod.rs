//! Objects in stores, through the crate `object_store`.

#[cfg(feature = "azure")]
mod azure;
mod body;
mod client;
mod failure;
#[cfg(feature = "gcs")]
mod gcs;
#[cfg(feature = "http")]
mod http;
mod listen;
mod metadata;
mod object_uri;
mod reader;
mod request;
#[cfg(feature = "s3")]
mod s3;
mod sent;
mod thread;
mod writer;

use std::fmt;

use futures_util::{Stream, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};

use super::error::StoreErrorKind;
use super::scheme::Scheme;
use super::{StoreEntry, StoreError, StoreReader, Unfinished};
use client::Access;
use object_uri::ObjectUri;
use request::Request;

/// The size of a part: large enough that the cost of a request is small, and above S3's minimum of 5 MiB.
const PART: usize = 8 << 20;

/// The maximum number of entries in a listing: each takes some hundred bytes of memory, and others may have
/// created them.
const MOST_ENTRIES: usize = 2_000_000;

/// How long a listing may take to reach its next object, as a multiple of the time that a server may be
/// silent.
const PAGES: u32 = 5;

/// An object in a store, or a prefix of objects.
pub(super) struct Object {
    place: ObjectUri,
    request: Request,
}

impl Object {
    pub(super) fn at(uri: &str, tried: &impl fmt::Display) -> Result<Self, StoreError> {
        let place = ObjectUri::of(uri, tried)?;
        let request = Request::new(&place, tried)?;
        Ok(Object { place, request })
    }

    /// Opens the object for reading, with `ahead` parts fetched before they are needed.
    pub(super) fn open(self, ahead: usize) -> Result<StoreReader, StoreError> {
        let path = self.place.file(&self.request)?;
        self.readable(|request| reader::open(request, &path, ahead))
    }

    /// Opens the object for writing, with `ahead` parts under way.
    pub(super) fn create(self, ahead: usize) -> Result<Box<dyn Unfinished>, StoreError> {
        let path = self.place.file(&self.request)?;
        if self.place.scheme == Scheme::Http {
            let why = "over HTTP files can only be read";
            return Err(StoreError::refused(self.request.tried(), why));
        }
        Ok(writer::create(self.request, path, ahead))
    }

    pub(super) fn list(self) -> Result<Vec<StoreEntry>, StoreError> {
        if self.place.scheme == Scheme::Http {
            let why = "HTTP has no folders; name each file";
            return Err(StoreError::refused(self.request.tried(), why));
        }
        let prefix = self.place.prefix(&self.request)?;
        let entries = self.readable(|request| list(request, &prefix))?;
        if entries.is_empty() {
            return Err(StoreError::new(
                StoreErrorKind::NotFound,
                self.request.tried(),
                "there is no object below it",
            ));
        }
        Ok(entries)
    }

    /// Removes the object, if it exists.
    pub(super) fn remove(self) -> Result<(), StoreError> {
        let path = self.place.file(&self.request)?;
        let store = self.request.store();
        self.request.wait(async move {
            match store.delete(&path).await {
                Err(object_store::Error::NotFound { .. }) => Ok(()),
                result => result,
            }
        })
    }

    /// Copies the object to another place in the same store, without fetching it.
    pub(super) fn copy(self, to: &str) -> Result<(), StoreError> {
        let place = ObjectUri::of(to, &self.request.tried())?;
        let (from, to) = (self.place.file(&self.request)?, place.file(&self.request)?);
        let store = self.request.store();
        self.request
            .wait(async move { store.copy(&from, &to).await })
    }

    /// Reads with the configured credentials, or else without any, because public objects need none.
    fn readable<T>(
        &self,
        read: impl Fn(&Request) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let failure = match read(&self.request) {
            Err(error) if error.kind() == StoreErrorKind::Denied => error,
            result => return result,
        };
        let anonymous = self.request.with_access(&self.place, Access::Anonymous)?;
        read(&anonymous).map_err(|_| failure)
    }
}

fn list(request: &Request, prefix: &Path) -> Result<Vec<StoreEntry>, StoreError> {
    let (store, below) = (request.store(), prefix.clone());
    let objects = request.wait(async move {
        let prefix = (!below.is_root()).then_some(&below);
        let mut listed = store.list(prefix);
        let mut objects = Vec::new();
        while let Some(object) = next(&mut listed).await? {
            objects.push(object);
            if objects.len() > MOST_ENTRIES {
                let why = format!(
                    "there are more than {MOST_ENTRIES} objects below it; name a longer prefix"
                );
                return Err(no_listing(why));
            }
        }
        Ok(objects)
    })?;
    Ok(entries(objects, prefix))
}

/// The next object of a listing. A page may have no object, but a store that sends such pages forever counts
/// as silent.
async fn next(
    listed: &mut (impl Stream<Item = object_store::Result<ObjectMeta>> + Unpin),
) -> object_store::Result<Option<ObjectMeta>> {
    let patience = client::patience() * PAGES;
    let next = tokio::time::timeout(patience, listed.try_next()).await;
    next.unwrap_or_else(|_| {
        let why = format!(
            "the listing gave no further object within {} s, and no end; the limit is five times \
             FLYTEKIT_STORE_TIMEOUT (seconds)",
            patience.as_secs()
        );
        Err(no_listing(why))
    })
}

fn no_listing(why: String) -> object_store::Error {
    object_store::Error::Generic {
        store: "store",
        source: why.into(),
    }
}

/// The files of a listing. A folder that somebody created in a console is an object of no bytes; its name
/// ends in a slash, which the listing has dropped.
fn entries(objects: Vec<ObjectMeta>, prefix: &Path) -> Vec<StoreEntry> {
    let relative = |path: &Path| {
        let path = path.as_ref().strip_prefix(prefix.as_ref())?;
        let path = path.trim_start_matches('/');
        (!path.is_empty()).then(|| path.to_owned())
    };
    let entry = |object: ObjectMeta| {
        Some(StoreEntry {
            path: relative(&object.location)?,
            size: object.size,
        })
    };
    let mut entries: Vec<_> = objects.into_iter().filter_map(entry).collect();
    entries.sort();
    let folders: Vec<bool> = (0..entries.len())
        .map(|index| entries[index].size == 0 && is_folder(&entries[index], &entries[index + 1..]))
        .collect();
    let mut folders = folders.into_iter();
    entries.retain(|_| !folders.next().unwrap_or_default());
    entries
}

/// Whether one of the entries that follow lies below this one.
fn is_folder(entry: &StoreEntry, following: &[StoreEntry]) -> bool {
    let folder = format!("{}/", entry.path);
    let after = following.partition_point(|other| other.path < folder);
    following
        .get(after)
        .is_some_and(|other| other.path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(prefix: &str, objects: &[(&str, u64)]) -> Vec<(String, u64)> {
        let object = |(location, size): &(&str, u64)| ObjectMeta {
            location: Path::parse(location).expect("a path"),
            last_modified: std::time::SystemTime::UNIX_EPOCH.into(),
            size: *size,
            e_tag: None,
            version: None,
        };
        let objects = objects.iter().map(object).collect();
        let entries = entries(objects, &Path::parse(prefix).expect("a path"));
        let pair = |entry: StoreEntry| (entry.path, entry.size);
        entries.into_iter().map(pair).collect()
    }

    #[test]
    fn paths_are_relative_to_what_was_listed() {
        let files = [("a/b/2", 2), ("a/b/1", 1)];
        let below = [("1".to_owned(), 1), ("2".to_owned(), 2)];
        assert_eq!(listed("a/b", &files), below);
        assert_eq!(listed("", &files)[0].0, "a/b/1");
    }

    #[test]
    fn a_folder_that_is_an_object_is_no_file() {
        let files = [
            ("a", 0),
            ("a/b", 0),
            ("a/b c", 0),
            ("a/b/1", 1),
            ("a/empty", 0),
        ];
        let names: Vec<_> = listed("a", &files)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["b c", "b/1", "empty"]);
    }
}
