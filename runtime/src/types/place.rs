//! The location of a file or a folder, and its transfers.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use super::ValueError;
use crate::context::{TemporaryFolder, raw_output};
use crate::declare::{Json, schema};
use crate::store::{self, StoreError};

/// The kind of data at a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlaceKind {
    File,
    Folder,
}

/// The location of a file or a folder. Clones share the downloaded copy.
#[derive(Clone, Debug)]
pub(super) struct Place {
    kind: PlaceKind,
    uri: String,
    /// The path, if the location is on this machine.
    local: Option<PathBuf>,
    upload: Upload,
    copy: Arc<LocalCopy>,
}

/// Where to upload a file or a folder when it is passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Upload {
    /// Nowhere: the file or the folder stays where it is.
    Never,
    /// To a new location below the run's prefix for raw data.
    Anew,
    /// To this URI.
    To(String),
}

impl Place {
    /// The JSON schema of a location inside an object.
    pub(super) const SCHEMA: Json<'static> = {
        const PATH: Json<'static> = Json::AnyOf(
            &[
                Json::Strings(&[("type", "string")]),
                Json::Strings(&[("type", "string"), ("format", "path")]),
            ],
            false,
        );
        schema!(Json::WithDefault(&PATH, &Json::Null))
    };

    /// A location that the task names. A local one must be uploaded.
    pub(super) fn new(kind: PlaceKind, place: &Path) -> Self {
        let local = match place.to_str() {
            Some(uri) => store::local_path(uri),
            None => Some(place.to_owned()),
        };
        Place {
            kind,
            uri: place.to_string_lossy().into_owned(),
            upload: local.as_ref().map_or(Upload::Never, |_| Upload::Anew),
            local,
            copy: Arc::default(),
        }
    }

    /// A location that others can read.
    pub(super) fn stored(kind: PlaceKind, uri: &str) -> Self {
        Place::new(kind, Path::new(uri)).never_uploaded()
    }

    /// A file below this folder, which is uploaded if the folder is.
    pub(super) fn file(&self, path: &str, tried: &str) -> Result<Self, StoreError> {
        let uri = below(&self.uri, path, tried)?;
        let file = Place::new(PlaceKind::File, Path::new(&uri));
        Ok(match &self.upload {
            Upload::Never => file.never_uploaded(),
            Upload::Anew | Upload::To(_) => file,
        })
    }

    pub(super) fn never_uploaded(self) -> Self {
        Place {
            upload: Upload::Never,
            ..self
        }
    }

    pub(super) fn uploaded_to(self, uri: String) -> Self {
        Place {
            upload: Upload::To(uri),
            ..self
        }
    }

    pub(super) fn uri(&self) -> &str {
        &self.uri
    }

    /// The last segment of the location.
    pub(super) fn name(&self) -> &str {
        let path = match self.uri.split_once("://") {
            // A query or a fragment is not part of the path.
            Some(("http" | "https", rest)) => rest.split(['?', '#']).next().unwrap_or_default(),
            _ => &self.uri,
        };
        let path = path.trim_end_matches('/');
        path.rsplit('/').next().unwrap_or_default()
    }

    /// The path on this machine; a remote file or folder is downloaded first.
    pub(super) fn path(&self) -> Result<&Path, StoreError> {
        match &self.local {
            Some(path) => self.check(path).map(|()| path.as_path()),
            None => self.copy.path(|folder| {
                let path = folder.join(as_file_name(self.name()));
                self.download(&path)?;
                Ok(path)
            }),
        }
    }

    fn check(&self, path: &Path) -> Result<(), StoreError> {
        let tried = &format!("open {}", path.display());
        let metadata = fs::metadata(path).map_err(|error| StoreError::of_file(tried, error))?;
        match (self.kind, metadata.is_dir()) {
            (PlaceKind::File, true) => Err(StoreError::refused(
                tried,
                "it is a folder: use a `FlyteDirectory`",
            )),
            (PlaceKind::Folder, false) => Err(StoreError::refused(
                tried,
                "it is a file: use a `FlyteFile`",
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn download(&self, to: &Path) -> Result<(), StoreError> {
        match self.kind {
            PlaceKind::File => store::download(&self.uri, to),
            PlaceKind::Folder => store::download_folder(&self.uri, to),
        }
    }

    /// The URI for a literal; a local file or folder is uploaded first if necessary.
    pub(super) fn publish(&self) -> Result<String, ValueError> {
        let uri = match &self.upload {
            Upload::Never if self.local.as_ref().is_some_and(|it| it.to_str().is_none()) => {
                return Err(ValueError::other(format!(
                    "{} is not UTF-8: a path that is passed on without an upload must be UTF-8",
                    self.uri
                )));
            }
            Upload::Never => return Ok(named(&self.uri)),
            Upload::To(uri) => uri.clone(),
            Upload::Anew => {
                let folder = new_place(format_args!("upload {}", self.uri))?;
                match self.kind {
                    PlaceKind::File => store::join(&folder, as_file_name(self.name())),
                    PlaceKind::Folder => folder,
                }
            }
        };
        let path = self.path()?;
        match self.kind {
            PlaceKind::File => store::upload(path, &uri)?,
            PlaceKind::Folder => store::upload_folder(path, &uri)?,
        }
        Ok(named(&uri))
    }
}

/// The URI for a literal. A local one is written as a path, because flytekit takes `file://` for a part of
/// the path.
fn named(uri: &str) -> String {
    uri.strip_prefix("file://").unwrap_or(uri).to_owned()
}

/// A new location in the run's raw data.
pub(super) fn new_place(tried: std::fmt::Arguments<'_>) -> Result<String, StoreError> {
    raw_output().ok_or_else(|| {
        StoreError::refused(
            tried,
            "there is no place for it on this thread: only the thread on which `run` or `execute` \
             runs a task has one",
        )
    })
}

/// A path below a folder, which must not lead out of it.
fn below(uri: &str, path: &str, tried: &str) -> Result<String, StoreError> {
    let mut components = Path::new(path).components();
    if path.is_empty() || !components.all(|it| matches!(it, Component::Normal(_))) {
        let tried = &format!("{tried} {path:?} in {uri}");
        return Err(StoreError::refused(tried, "not a path below that folder"));
    }
    Ok(store::join(uri, path))
}

/// The name itself if it can be a local file's name, or else a replacement.
fn as_file_name(name: &str) -> &str {
    /// The limit of common file systems.
    const LONGEST: usize = 255;
    if matches!(name, "" | "." | "..") || name.len() > LONGEST {
        "file"
    } else {
        name
    }
}

/// The downloaded copy, created when it is needed.
#[derive(Debug, Default)]
struct LocalCopy {
    copy: OnceLock<(TemporaryFolder, PathBuf)>,
    downloading: Mutex<()>,
}

impl LocalCopy {
    fn path(
        &self,
        download: impl FnOnce(&Path) -> Result<PathBuf, StoreError>,
    ) -> Result<&Path, StoreError> {
        let _downloading = self.downloading.lock();
        if let Some((_, path)) = self.copy.get() {
            return Ok(path);
        }
        let folder = TemporaryFolder::new()?;
        let path = download(folder.path())?;
        let (_, path) = self.copy.get_or_init(|| (folder, path));
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{LocalCopy, Place, PlaceKind, as_file_name, below};
    use crate::store::StoreError;

    #[test]
    fn the_name_is_the_last_part() {
        for (uri, name) in [
            ("s3://bucket/a/b.csv", "b.csv"),
            ("s3://bucket/a/", "a"),
            ("s3://bucket/what?#.csv", "what?#.csv"),
            ("https://host/a/b.csv?x=/y#z/w", "b.csv"),
            ("b.csv", "b.csv"),
            ("", ""),
            ("///", ""),
        ] {
            assert_eq!(Place::new(PlaceKind::File, Path::new(uri)).name(), name);
        }
    }

    #[test]
    fn no_name_leads_elsewhere() {
        for uri in ["s3://bucket/a/..", "s3://bucket/.", "/", ""] {
            let place = Place::new(PlaceKind::File, Path::new(uri));
            assert_eq!(as_file_name(place.name()), "file", "{uri}");
        }
        assert_eq!(as_file_name(&"x".repeat(256)), "file");
        assert_eq!(as_file_name("...hidden"), "...hidden");
    }

    #[test]
    fn a_download_happens_once_and_goes_with_its_value() {
        let copy = LocalCopy::default();
        let failed = copy.path(|_| Err(StoreError::refused("download x", "not now")));
        assert!(failed.is_err());
        let download = |folder: &Path| {
            std::fs::write(folder.join("x"), "text").unwrap();
            Ok(folder.join("x"))
        };
        let path = copy.path(download).unwrap().to_owned();
        let again = copy.path(|_| unreachable!("it is there")).unwrap();
        assert_eq!(again, path);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "text");
        drop(copy);
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn a_file_of_a_folder_is_uploaded_if_the_folder_is() {
        let folder = Place::new(PlaceKind::Folder, Path::new("pages"));
        let stored = Place::stored(PlaceKind::Folder, "/raw/pages");
        for (folder, uploads) in [(folder, true), (stored, false)] {
            let file = folder.file("a", "open").unwrap();
            assert_eq!(file.publish().is_err(), uploads);
        }
    }

    #[test]
    fn only_what_is_below_is_reached() {
        assert_eq!(below("s3://b", "x/y", "open").unwrap(), "s3://b/x/y");
        for path in ["", "/etc", "..", "a/../../b", "./a"] {
            let error = below("/data", path, "open").unwrap_err().to_string();
            assert!(error.contains("not a path below that folder"), "{error}");
        }
    }
}
