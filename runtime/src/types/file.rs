//! Files, passed by their locations.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::marker::PhantomData;
use std::path::Path;

use super::format::{AnyFormat, Format};
use super::place::{Place, PlaceKind, new_place};
use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    ValueError, Written, data,
};
use crate::declare::{BlobType, Json, LiteralType, Variant, schema};
use crate::store::{self, StoreError};

/// A file that tasks pass to each other by its location, like flytekit's `FlyteFile`.
///
/// A local file that a task returns is uploaded below the run's prefix for raw data; a remote file stays
/// where it is:
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::types::format::{Csv, Txt};
///
/// /// Counts the lines of a file.
/// #[task]
/// fn lines(file: FlyteFile<Csv>) -> Result<i64> {
///     // Downloads it.
///     let text = std::fs::read_to_string(file.path()?)?;
///     Ok(text.lines().count() as i64)
/// }
///
/// #[task]
/// fn report() -> Result<FlyteFile<Txt>> {
///     std::fs::write("report.txt", "All is well.")?;
///     Ok(FlyteFile::new("report.txt"))
/// }
/// ```
///
/// A file that is an input is only a location until the task uses it: [`path`](Self::path) downloads it,
/// [`open`](Self::open) reads it piece by piece. An input that is returned unchanged keeps its location.
/// [`create`](Self::create) writes a file directly into the store.
///
/// Files in object stores need the feature of their store; see [`store`].
pub struct FlyteFile<F = AnyFormat> {
    place: Place,
    metadata: BTreeMap<String, String>,
    format: PhantomData<fn() -> F>,
}

impl<F> FlyteFile<F> {
    /// A file at a path of this machine, which is uploaded when it is passed on, or at a URI.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("s3://bucket/model.bin");
    /// assert_eq!((file.uri(), file.name()), ("s3://bucket/model.bin", "model.bin"));
    /// ```
    pub fn new(place: impl AsRef<Path>) -> Self {
        Self::at(Place::new(PlaceKind::File, place.as_ref()))
    }

    pub(super) fn at(place: Place) -> Self {
        FlyteFile {
            place,
            metadata: BTreeMap::new(),
            format: PhantomData,
        }
    }

    fn stored(uri: &str) -> Result<Self, ValueError> {
        if uri.is_empty() {
            return Err(ValueError::other(
                "the URI is empty: the writer did not name the file",
            ));
        }
        Ok(Self::at(Place::stored(PlaceKind::File, uri)))
    }

    /// Begins a new file below the run's prefix for raw data. It is written piece by piece, without a copy on
    /// this machine.
    ///
    /// # Errors
    ///
    /// Outside of a task's run, and if the store cannot be written to.
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// use flytekit::prelude::*;
    /// use flytekit::types::format::Csv;
    ///
    /// #[task]
    /// fn squares(n: i64) -> Result<FlyteFile<Csv>> {
    ///     let mut file = FlyteFile::create("squares.csv")?;
    ///     for n in 0..n {
    ///         writeln!(file, "{n},{}", n * n)?;
    ///     }
    ///     Ok(file.finish()?)
    /// }
    /// ```
    pub fn create(name: &str) -> Result<FileWriter<F>, StoreError> {
        let folder = new_place(format_args!("create {name}"))?;
        FileWriter::create(&Place::stored(PlaceKind::Folder, &folder), name)
    }

    /// This file, to be uploaded to exactly this URI when it is passed on.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("report.txt").with_remote_path("s3://bucket/today.txt");
    /// ```
    #[must_use]
    pub fn with_remote_path(self, uri: impl Into<String>) -> Self {
        let place = self.place.uploaded_to(uri.into());
        FlyteFile { place, ..self }
    }

    /// This file, without an upload when it is passed on. The next task must be able to read its path.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("/mnt/shared/model.bin").without_upload();
    /// ```
    #[must_use]
    pub fn without_upload(self) -> Self {
        let place = self.place.never_uploaded();
        FlyteFile { place, ..self }
    }

    /// This file, with a metadata entry in its literal.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("report.txt").with_metadata("language", "en");
    /// assert_eq!(file.metadata()["language"], "en");
    /// ```
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// This file with another format.
    ///
    /// ```
    /// use flytekit::types::{FlyteFile, format::Csv};
    ///
    /// let file: FlyteFile = FlyteFile::new("s3://bucket/table.csv");
    /// let table: FlyteFile<Csv> = file.with_format();
    /// ```
    #[must_use]
    pub fn with_format<G>(self) -> FlyteFile<G> {
        FlyteFile {
            place: self.place,
            metadata: self.metadata,
            format: PhantomData,
        }
    }

    /// The location: a URI, or a path of this machine.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("report.txt");
    /// assert_eq!(file.uri(), "report.txt");
    /// ```
    pub fn uri(&self) -> &str {
        self.place.uri()
    }

    /// The last segment of the location.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("https://host/data.csv?version=3");
    /// assert_eq!(file.name(), "data.csv");
    /// ```
    pub fn name(&self) -> &str {
        self.place.name()
    }

    /// The metadata that the writer has added.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("report.txt");
    /// assert!(file.metadata().is_empty());
    /// ```
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The path on this machine. On the first call, a remote file is downloaded into a folder that is removed
    /// with the last clone of this value.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it cannot be downloaded.
    ///
    /// ```
    /// use flytekit::types::FlyteFile;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("report.txt");
    /// # std::fs::write(&path, "All is well.")?;
    /// let file: FlyteFile = FlyteFile::new(&path);
    /// assert_eq!(std::fs::read_to_string(file.path()?)?, "All is well.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> Result<&Path, StoreError> {
        self.place.path()
    }

    /// Copies the file to a path of this machine.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it cannot be copied.
    ///
    /// ```no_run
    /// use flytekit::types::FlyteFile;
    ///
    /// let file: FlyteFile = FlyteFile::new("s3://bucket/model.bin");
    /// file.download("model.bin")?;
    /// # Ok::<(), flytekit::store::StoreError>(())
    /// ```
    pub fn download(&self, to: impl AsRef<Path>) -> Result<(), StoreError> {
        self.place.download(to.as_ref())
    }

    /// Opens the file for reading piece by piece from its store.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it cannot be reached.
    ///
    /// ```no_run
    /// use std::io::{BufRead, BufReader};
    ///
    /// use flytekit::types::{FlyteFile, format::Csv};
    ///
    /// let file: FlyteFile<Csv> = FlyteFile::new("s3://bucket/large.csv");
    /// for line in BufReader::new(file.open()?).lines() {
    ///     println!("{}", line?);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(&self) -> Result<store::StoreReader, StoreError> {
        store::open(self.uri())
    }
}

impl<F> Clone for FlyteFile<F> {
    fn clone(&self) -> Self {
        FlyteFile {
            place: self.place.clone(),
            metadata: self.metadata.clone(),
            format: PhantomData,
        }
    }
}

impl<F: Format> fmt::Debug for FlyteFile<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlyteFile")
            .field("uri", &self.uri())
            .field("format", &F::FORMAT)
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

/// Same as [`FlyteFile::new`].
impl<P: AsRef<Path>, F> From<P> for FlyteFile<F> {
    fn from(place: P) -> Self {
        FlyteFile::new(place)
    }
}

impl<F: Format> FlyteFile<F> {
    const BLOB: BlobType<'static> = BlobType {
        format: F::FORMAT,
        multipart: false,
    };
}

/// Like flytekit, this accepts a file of another format: formats are compared where tasks are connected.
impl<F: Format> FlyteType for FlyteFile<F> {
    const LITERAL_TYPE: LiteralType = LiteralType::Blob(Self::BLOB);
    const TAG: &'static str = "FlyteFilePath";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::Blob(blob) if !blob.is_multipart() => {
                let metadata = literal.metadata()?.into_iter();
                Ok(FlyteFile {
                    metadata: metadata
                        .map(|(key, value)| (key.into(), value.into()))
                        .collect(),
                    ..Self::stored(blob.uri())?
                })
            }
            _ => data::decode(literal, "a file"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        let uri = self.place.publish()?;
        let metadata = self.metadata.iter();
        out.with_metadata(
            metadata.map(|(key, value)| (key.as_str(), value.as_str())),
            |out| Ok(out.blob(&uri, &Self::BLOB)),
        )
    }
}

/// Inside an object a file is `{"path": …}`, with its metadata if it has some.
impl<F: Format> FlyteData for FlyteFile<F> {
    const SCHEMA: Json<'static> = {
        const WORDS: Json<'static> = <BTreeMap<String, String> as FlyteData>::SCHEMA;
        const METADATA: Json<'static> = Json::AnyOf(&[WORDS], true);
        schema!(Json::Object(&[
            ("additionalProperties", Json::Bool(false)),
            (
                "properties",
                Json::Object(&[
                    ("metadata", Json::WithDefault(&METADATA, &Json::Null)),
                    ("path", Place::SCHEMA),
                ]),
            ),
            ("title", Json::String("FlyteFile")),
            ("type", Json::String("object")),
        ]))
    };
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        let (mut path, mut metadata) = (None, None);
        let mut fields = value.object()?;
        while let Some(name) = fields.next_name()? {
            match name {
                "path" => fields.take("path", &mut path, MsgpackReader::str)?,
                "metadata" => fields.take("metadata", &mut metadata, Option::unpack)?,
                _ => fields.skip()?,
            }
        }
        Ok(FlyteFile {
            metadata: metadata.flatten().unwrap_or_default(),
            ..Self::stored(path.ok_or_else(|| ValueError::missing("path"))?)?
        })
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        let uri = self.place.publish()?;
        out.object(|fields| {
            if !self.metadata.is_empty() {
                fields.field("metadata", |out| self.metadata.pack(out))?;
            }
            fields.field("path", |out| Ok(out.str(&uri)))
        })
    }
}

/// A file that is being written: see [`FlyteFile::create`]. A writer that is dropped before
/// [`finish`](Self::finish) leaves nothing.
#[must_use = "only `finish` makes the file appear"]
pub struct FileWriter<F = AnyFormat> {
    place: Place,
    writer: BufWriter<store::StoreWriter>,
    format: PhantomData<fn() -> F>,
}

impl<F> FileWriter<F> {
    pub(super) fn create(folder: &Place, path: &str) -> Result<Self, StoreError> {
        let place = folder.file(path, "create")?;
        Ok(FileWriter {
            writer: BufWriter::new(store::create(place.uri())?),
            place,
            format: PhantomData,
        })
    }

    /// The future location of the file.
    ///
    /// ```no_run
    /// use flytekit::types::FlyteFile;
    ///
    /// let file = FlyteFile::<flytekit::types::format::Txt>::create("report.txt")?;
    /// println!("writing {}", file.uri());
    /// # Ok::<(), flytekit::store::StoreError>(())
    /// ```
    pub fn uri(&self) -> &str {
        self.place.uri()
    }

    /// Writes the buffered rest, and makes the file appear.
    ///
    /// # Errors
    ///
    /// If the bytes have not arrived; nothing appears then.
    ///
    /// ```no_run
    /// use flytekit::types::{FlyteFile, format::Txt};
    ///
    /// let file = FlyteFile::<Txt>::create("empty.txt")?.finish()?;
    /// assert_eq!(file.name(), "empty.txt");
    /// # Ok::<(), flytekit::store::StoreError>(())
    /// ```
    pub fn finish(self) -> Result<FlyteFile<F>, StoreError> {
        let writer = self.writer.into_inner();
        let writer = writer.map_err(|error| {
            store::failed(
                format_args!("write {}", self.place.uri()),
                error.into_error(),
            )
        })?;
        writer.finish()?;
        Ok(FlyteFile::at(self.place))
    }
}

impl<F> Write for FileWriter<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl<F: Format> fmt::Debug for FileWriter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileWriter")
            .field("uri", &self.uri())
            .field("format", &F::FORMAT)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::FlyteFile;
    use crate::context::within_place;
    use crate::store::StoreError;
    use crate::types::format::{AnyFormat, Csv};
    use crate::types::{
        BlobRef, Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader,
        MsgpackWriter, ValueError,
    };
    use std::fs;
    use std::io::{Read as _, Write as _};
    use std::path::Path;

    fn encode<T: FlyteType>(raw: &Path, value: &T) -> Result<Vec<u8>, ValueError> {
        within_place(&raw.to_string_lossy(), || {
            LiteralWriter::to_bytes(|out| value.encode(out))
        })
    }

    fn blob(literal: &[u8]) -> BlobRef<'_> {
        match LiteralRef::new(literal).content() {
            Ok(Content::Blob(blob)) => blob,
            other => panic!("{other:?}"),
        }
    }

    fn literal(uri: &str, multipart: bool) -> Vec<u8> {
        let blob = crate::declare::BlobType {
            format: "png",
            multipart,
        };
        LiteralWriter::to_bytes(|out| Ok(out.blob(uri, &blob))).unwrap()
    }

    #[test]
    fn a_file_of_this_machine_is_uploaded_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (path, raw) = (folder.path().join("a b%20.csv"), folder.path().join("raw"));
        fs::write(&path, "1,2").unwrap();
        let file = FlyteFile::<Csv>::new(&path).with_metadata("k", "v");
        let literal = encode(&raw, &file).unwrap();
        let blob = blob(&literal);
        assert_eq!((blob.format(), blob.is_multipart()), ("csv", false));
        let uploaded = Path::new(blob.uri());
        assert_eq!(uploaded.file_name(), path.file_name());
        assert_eq!(uploaded.parent().unwrap().parent(), Some(raw.as_path()));
        assert_eq!(fs::read_to_string(uploaded).unwrap(), "1,2");

        let read = FlyteFile::<AnyFormat>::decode(LiteralRef::new(&literal)).unwrap();
        assert_eq!(read.metadata()["k"], "v");
        assert_eq!(fs::read_to_string(read.path().unwrap()).unwrap(), "1,2");
        // The file is already in a shared location.
        let again = encode(&raw, &read.with_format::<Csv>()).unwrap();
        assert_eq!(again, literal);
    }

    #[test]
    fn a_file_goes_where_it_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let (path, raw) = (folder.path().join("a.txt"), folder.path().join("raw"));
        fs::write(&path, "text").unwrap();
        let there = folder.path().join("there/b.txt");
        let there = there.to_string_lossy();
        let elsewhere = format!("{there}.copy");
        for (file, uri) in [
            (
                FlyteFile::new(&path).with_remote_path(format!("file://{elsewhere}")),
                elsewhere.as_str(),
            ),
            (
                FlyteFile::new(format!("file://{}", path.display())).without_upload(),
                &path.to_string_lossy(),
            ),
            (
                FlyteFile::new(&path).with_remote_path(&*there),
                there.as_ref(),
            ),
            (
                FlyteFile::new(&path).without_upload(),
                &path.to_string_lossy(),
            ),
            (FlyteFile::new("s3://b/100%25"), "s3://b/100%25"),
        ] {
            let file: FlyteFile = file;
            assert_eq!(blob(&encode(&raw, &file).unwrap()).uri(), uri);
        }
        assert_eq!(fs::read_to_string(&*there).unwrap(), "text");
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "text");
        assert!(!raw.exists());
    }

    #[test]
    fn what_is_written_piece_by_piece_is_stored_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let raw = folder.path().join("raw");
        let written = within_place(&raw.to_string_lossy(), || {
            let mut writer = FlyteFile::<Csv>::create("a.csv")?;
            writer.write_all(b"1,").unwrap();
            writer.write_all(b"2").unwrap();
            assert!(!Path::new(writer.uri()).exists());
            assert!(FlyteFile::<Csv>::create("../a.csv").is_err());
            writer.finish()
        });
        let file = written.unwrap();
        let mut text = String::new();
        file.open().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "1,2");
        assert_eq!(blob(&encode(&raw, &file).unwrap()).uri(), file.uri());
    }

    #[test]
    fn what_is_not_a_file_is_said_at_first_use() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let literal = literal(&missing.to_string_lossy(), false);
        let file: FlyteFile = FlyteFile::decode(LiteralRef::new(&literal)).unwrap();
        let to = folder.path().join("to");
        for error in [
            file.path().map(drop).unwrap_err(),
            file.open().map(drop).unwrap_err(),
            file.download(to).unwrap_err(),
        ] {
            assert!(error.is_not_found(), "{error}");
            assert!(error.to_string().contains("missing"), "{error}");
        }
        let error = FlyteFile::<Csv>::new(folder.path()).path().unwrap_err();
        assert!(error.to_string().contains("`FlyteDirectory`"), "{error}");
        let error = encode(folder.path(), &FlyteFile::<Csv>::new(&missing)).unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
    }

    #[test]
    fn without_a_prefix_there_is_no_place() {
        within_place("", || {
            let file = FlyteFile::<Csv>::new("a.csv");
            let error = LiteralWriter::to_bytes(|out| file.encode(out)).unwrap_err();
            let message = error.to_string();
            assert!(message.starts_with("cannot upload a.csv: "), "{message}");
            let error: StoreError = FlyteFile::<Csv>::create("a.csv").unwrap_err();
            let message = error.to_string();
            assert!(message.starts_with("cannot create a.csv: "), "{message}");
        });
    }

    #[test]
    fn files_may_go_from_thread_to_thread() {
        fn goes<T: Send + Sync>() {}
        fn moves<T: Send>() {}
        goes::<FlyteFile>();
        goes::<crate::types::FlyteDirectory>();
        moves::<crate::types::FileWriter>();
    }

    #[test]
    fn only_files_are_files() {
        let error = FlyteFile::<Csv>::decode(LiteralRef::new(&literal("s3://b/x", true)));
        assert_eq!(
            error.unwrap_err().to_string(),
            "expected a file, found a folder at s3://b/x"
        );
        let error = FlyteFile::<Csv>::decode(LiteralRef::new(&literal("", false)));
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("did not name the file")
        );
    }

    #[test]
    fn inside_an_object_a_file_is_its_path() {
        let file = FlyteFile::<Csv>::new("s3://b/x").with_metadata("k", "v");
        let packed = MsgpackWriter::to_bytes(|out| file.pack(out)).unwrap();
        assert_eq!(
            packed,
            b"\x82\xa4path\xa8s3://b/x\xa8metadata\x81\xa1k\xa1v"
        );
        let read = FlyteFile::<Csv>::unpack(&mut MsgpackReader::new(&packed)).unwrap();
        assert_eq!((read.uri(), read.metadata()), (file.uri(), file.metadata()));

        let bare = b"\x83\xa4path\xa8s3://b/x\xa8metadata\xc0\xa4more\x07";
        let read = FlyteFile::<Csv>::unpack(&mut MsgpackReader::new(bare)).unwrap();
        let packed = MsgpackWriter::to_bytes(|out| read.pack(out)).unwrap();
        assert_eq!(packed, b"\x81\xa4path\xa8s3://b/x");

        for (value, message) in [
            (&b"\x80"[..], "field `path` is missing"),
            (b"\x81\xa4path\xc0", "path: expected a string, found none"),
            (b"\xa1x", "expected an object, found string \"x\""),
        ] {
            let error = FlyteFile::<Csv>::unpack(&mut MsgpackReader::new(value));
            assert_eq!(error.unwrap_err().to_string(), message);
        }
    }
}
