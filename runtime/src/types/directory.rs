//! Folders, passed by their locations.

use std::fmt;
use std::fs;
use std::marker::PhantomData;
use std::path::Path;

use super::file::{FileWriter, FlyteFile};
use super::format::{AnyFormat, Format};
use super::place::{Place, PlaceKind, new_place};
use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    ValueError, Written, data,
};
use crate::declare::{BlobType, Json, LiteralType, Variant, schema};
use crate::store::{self, StoreEntry, StoreError};

/// A folder that tasks pass to each other by its location, like flytekit's `FlyteDirectory`.
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::types::format::Png;
///
/// /// The sizes of a folder's files, without downloading them.
/// #[task]
/// fn sizes(images: FlyteDirectory<Png>) -> Result<Vec<u64>> {
///     Ok(images.list()?.iter().map(|file| file.size).collect())
/// }
///
/// #[task]
/// fn pages() -> Result<FlyteDirectory> {
///     std::fs::create_dir("pages")?;
///     std::fs::write("pages/one.html", "<p>1")?;
///     Ok(FlyteDirectory::new("pages"))
/// }
/// ```
///
/// The counterpart of [`FlyteFile`] for folders: it is uploaded when a task returns it, and downloaded when
/// [`path`](Self::path) is called. [`file`](Self::file) opens a single file of it.
pub struct FlyteDirectory<F = AnyFormat> {
    place: Place,
    format: PhantomData<fn() -> F>,
}

impl<F> FlyteDirectory<F> {
    /// A folder at a path of this machine, which is uploaded when it is passed on, or at a URI.
    ///
    /// ```
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("s3://bucket/images");
    /// assert_eq!((folder.uri(), folder.name()), ("s3://bucket/images", "images"));
    /// ```
    pub fn new(place: impl AsRef<Path>) -> Self {
        Self::at(Place::new(PlaceKind::Folder, place.as_ref()))
    }

    fn at(place: Place) -> Self {
        FlyteDirectory {
            place,
            format: PhantomData,
        }
    }

    fn stored(uri: &str) -> Result<Self, ValueError> {
        if uri.is_empty() {
            return Err(ValueError::other(
                "the URI is empty: the writer did not name the folder",
            ));
        }
        Ok(Self::at(Place::stored(PlaceKind::Folder, uri)))
    }

    /// A new folder below the run's prefix for raw data, in which [`create_file`](Self::create_file) writes
    /// files piece by piece.
    ///
    /// # Errors
    ///
    /// Outside of a task's run, and if a folder on this machine cannot be created. In an object store folders
    /// are only names: a reader does not find a folder without files.
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// use flytekit::prelude::*;
    ///
    /// #[task]
    /// fn shards(n: i64) -> Result<FlyteDirectory> {
    ///     let folder = FlyteDirectory::create()?;
    ///     for n in 0..n {
    ///         let mut file = folder.create_file(&format!("{n:05}.txt"))?;
    ///         writeln!(file, "{n}")?;
    ///         file.finish()?;
    ///     }
    ///     Ok(folder)
    /// }
    /// ```
    pub fn create() -> Result<Self, StoreError> {
        let uri = new_place(format_args!("create a folder"))?;
        if let Some(path) = store::local_path(&uri) {
            fs::create_dir_all(path)
                .map_err(|error| StoreError::of_file(format_args!("make {uri}"), error))?;
        }
        Ok(Self::at(Place::stored(PlaceKind::Folder, &uri)))
    }

    /// Begins a new file in this folder.
    ///
    /// # Errors
    ///
    /// If the path leads out of the folder, or the store cannot be written to.
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// use flytekit::types::FlyteDirectory;
    ///
    /// # let temporary = tempfile::tempdir()?;
    /// # let path = temporary.path();
    /// let folder: FlyteDirectory = FlyteDirectory::new(path);
    /// let mut file = folder.create_file("parts/1.txt")?;
    /// write!(file, "one")?;
    /// file.finish()?;
    /// assert_eq!(std::fs::read_to_string(path.join("parts/1.txt"))?, "one");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create_file(&self, path: &str) -> Result<FileWriter<F>, StoreError> {
        FileWriter::create(&self.place, path)
    }

    /// This folder, to be uploaded to exactly this URI when it is passed on.
    ///
    /// ```
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let pages: FlyteDirectory = FlyteDirectory::new("pages").with_remote_path("s3://bucket/www");
    /// ```
    #[must_use]
    pub fn with_remote_path(self, uri: impl Into<String>) -> Self {
        Self::at(self.place.uploaded_to(uri.into()))
    }

    /// This folder, without an upload when it is passed on. The next task must be able to read its path.
    ///
    /// ```
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("/mnt/shared/images").without_upload();
    /// ```
    #[must_use]
    pub fn without_upload(self) -> Self {
        Self::at(self.place.never_uploaded())
    }

    /// This folder with another file format.
    ///
    /// ```
    /// use flytekit::types::{FlyteDirectory, format::Png};
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("s3://bucket/images");
    /// let images: FlyteDirectory<Png> = folder.with_format();
    /// ```
    #[must_use]
    pub fn with_format<G>(self) -> FlyteDirectory<G> {
        FlyteDirectory::at(self.place)
    }

    /// The location: a URI, or a path of this machine.
    ///
    /// ```
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("pages");
    /// assert_eq!(folder.uri(), "pages");
    /// ```
    pub fn uri(&self) -> &str {
        self.place.uri()
    }

    /// The last segment of the location.
    ///
    /// ```
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("s3://bucket/images/");
    /// assert_eq!(folder.name(), "images");
    /// ```
    pub fn name(&self) -> &str {
        self.place.name()
    }

    /// All files in the folder and its subfolders, by their relative paths, sorted.
    ///
    /// # Errors
    ///
    /// If there is no such folder, or it cannot be reached.
    ///
    /// ```
    /// use flytekit::types::FlyteDirectory;
    ///
    /// # let temporary = tempfile::tempdir()?;
    /// # let path = temporary.path();
    /// std::fs::write(path.join("one.html"), "<p>1")?;
    /// let folder: FlyteDirectory = FlyteDirectory::new(path);
    /// let files = folder.list()?;
    /// assert_eq!((files[0].path.as_str(), files[0].size), ("one.html", 4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn list(&self) -> Result<Vec<StoreEntry>, StoreError> {
        store::list(self.uri())
    }

    /// A file of the folder, by its relative path. Whether the file exists shows only when it is read.
    ///
    /// # Errors
    ///
    /// If the path leads out of the folder.
    ///
    /// ```
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("s3://bucket/images");
    /// assert_eq!(folder.file("cats/1.png")?.uri(), "s3://bucket/images/cats/1.png");
    /// assert!(folder.file("../secret").is_err());
    /// # Ok::<(), flytekit::store::StoreError>(())
    /// ```
    pub fn file(&self, path: &str) -> Result<FlyteFile<F>, StoreError> {
        self.place.file(path, "open").map(FlyteFile::at)
    }

    /// The path on this machine. On the first call, a remote folder is downloaded with all its files, into a
    /// folder that is removed with the last clone of this value.
    ///
    /// # Errors
    ///
    /// If there is no such folder, it cannot be downloaded, or a file's name would lead out of it.
    ///
    /// ```no_run
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("s3://bucket/images");
    /// for entry in std::fs::read_dir(folder.path()?)? {
    ///     println!("{}", entry?.path().display());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> Result<&Path, StoreError> {
        self.place.path()
    }

    /// Copies all files below a folder of this machine. The folder is created if it does not exist.
    ///
    /// # Errors
    ///
    /// Like [`path`](Self::path).
    ///
    /// ```no_run
    /// use flytekit::types::FlyteDirectory;
    ///
    /// let folder: FlyteDirectory = FlyteDirectory::new("s3://bucket/images");
    /// folder.download("images")?;
    /// # Ok::<(), flytekit::store::StoreError>(())
    /// ```
    pub fn download(&self, to: impl AsRef<Path>) -> Result<(), StoreError> {
        self.place.download(to.as_ref())
    }
}

impl<F> Clone for FlyteDirectory<F> {
    fn clone(&self) -> Self {
        Self::at(self.place.clone())
    }
}

impl<F: Format> fmt::Debug for FlyteDirectory<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlyteDirectory")
            .field("uri", &self.uri())
            .field("format", &F::FORMAT)
            .finish()
    }
}

/// Same as [`FlyteDirectory::new`].
impl<P: AsRef<Path>, F> From<P> for FlyteDirectory<F> {
    fn from(place: P) -> Self {
        FlyteDirectory::new(place)
    }
}

impl<F: Format> FlyteDirectory<F> {
    const BLOB: BlobType<'static> = BlobType {
        format: F::FORMAT,
        multipart: true,
    };
}

impl<F: Format> FlyteType for FlyteDirectory<F> {
    const LITERAL_TYPE: LiteralType = LiteralType::Blob(Self::BLOB);
    const TAG: &'static str = "FlyteDirectory";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::Blob(blob) if blob.is_multipart() => Self::stored(blob.uri()),
            _ => data::decode(literal, "a folder"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.blob(&self.place.publish()?, &Self::BLOB))
    }
}

/// Inside an object a folder is `{"path": …}`.
impl<F: Format> FlyteData for FlyteDirectory<F> {
    const SCHEMA: Json<'static> = schema!(Json::Object(&[
        ("additionalProperties", Json::Bool(false)),
        ("properties", Json::Object(&[("path", Place::SCHEMA)])),
        ("title", Json::String("FlyteDirectory")),
        ("type", Json::String("object")),
    ]));
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        let mut path = None;
        let mut fields = value.object()?;
        while let Some(name) = fields.next_name()? {
            match name {
                "path" => fields.take("path", &mut path, MsgpackReader::str)?,
                _ => fields.skip()?,
            }
        }
        Self::stored(path.ok_or_else(|| ValueError::missing("path"))?)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        let uri = self.place.publish()?;
        out.object(|fields| fields.field("path", |out| Ok(out.str(&uri))))
    }
}

#[cfg(test)]
mod tests {
    use super::FlyteDirectory;
    use crate::context::within_place;
    use crate::store::StoreError;
    use crate::types::format::Csv;
    use crate::types::{
        Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
        ValueError,
    };
    use std::fs;
    use std::io::Write as _;
    use std::path::Path;

    fn encode(raw: &Path, value: &FlyteDirectory<Csv>) -> Result<String, ValueError> {
        let literal = within_place(&raw.to_string_lossy(), || {
            LiteralWriter::to_bytes(|out| value.encode(out))
        })?;
        match LiteralRef::new(&literal).content()? {
            Content::Blob(blob) if blob.is_multipart() && blob.format() == "csv" => {
                Ok(blob.uri().to_owned())
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_folder_of_this_machine_is_uploaded_with_its_folders() {
        let temporary = tempfile::tempdir().unwrap();
        let (from, raw) = (temporary.path().join("from"), temporary.path().join("raw"));
        fs::create_dir_all(from.join("deep/er")).unwrap();
        fs::write(from.join("a.csv"), "a").unwrap();
        fs::write(from.join("deep/er/b.csv"), "b").unwrap();
        let uri = encode(&raw, &FlyteDirectory::new(&from)).unwrap();
        assert_eq!(Path::new(&uri).parent(), Some(raw.as_path()));

        let folder = FlyteDirectory::<Csv>::stored(&uri).unwrap();
        let files = folder.list().unwrap();
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a.csv", "deep/er/b.csv"]);
        let file = folder.file("deep/er/b.csv").unwrap();
        assert_eq!(fs::read_to_string(file.path().unwrap()).unwrap(), "b");
        assert_eq!(encode(&raw, &folder).unwrap(), uri);
        let there = temporary.path().join("there");
        folder.download(&there).unwrap();
        assert_eq!(fs::read_to_string(there.join("a.csv")).unwrap(), "a");
    }

    #[test]
    fn files_are_created_where_they_stay() {
        let temporary = tempfile::tempdir().unwrap();
        let raw = temporary.path();
        let folder = within_place(&raw.to_string_lossy(), || {
            let folder = FlyteDirectory::<Csv>::create()?;
            assert!(folder.list()?.is_empty());
            let mut file = folder.create_file("x/1.csv")?;
            file.write_all(b"1").unwrap();
            file.finish()?;
            assert!(folder.create_file("/x").is_err());
            Ok::<_, StoreError>(folder)
        });
        let folder = folder.unwrap();
        assert_eq!(encode(raw, &folder).unwrap(), folder.uri());
        assert_eq!(folder.list().unwrap()[0].path, "x/1.csv");
    }

    #[test]
    fn only_folders_are_folders() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let folder = FlyteDirectory::<Csv>::new(file.path());
        let error = folder.path().unwrap_err();
        assert!(error.to_string().contains("`FlyteFile`"), "{error}");
        let blob = crate::declare::BlobType {
            format: "csv",
            multipart: false,
        };
        let literal = LiteralWriter::to_bytes(|out| Ok(out.blob("s3://b/x", &blob))).unwrap();
        let error = FlyteDirectory::<Csv>::decode(LiteralRef::new(&literal)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a folder, found a file at s3://b/x"
        );
    }

    #[test]
    fn inside_an_object_a_folder_is_its_path() {
        let folder = FlyteDirectory::<Csv>::new("s3://b/x");
        let packed = MsgpackWriter::to_bytes(|out| folder.pack(out)).unwrap();
        assert_eq!(packed, b"\x81\xa4path\xa8s3://b/x");
        let read = FlyteDirectory::<Csv>::unpack(&mut MsgpackReader::new(&packed)).unwrap();
        assert_eq!(read.uri(), folder.uri());
    }
}
