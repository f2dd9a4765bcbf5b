//! Files and object stores behind one small interface.
//!
//! A URI is a path, `file://` and a path, or has one of these schemes, each of which needs a Cargo feature:
//!
//! | feature | schemes |
//! |---|---|
//! | `s3` | `s3://bucket/key`, also `s3a` and `s3n` |
//! | `gcs` | `gs://bucket/object`, also `gcs` |
//! | `azure` | `abfs://container/blob`, also `abfss` and `az`; `container@account.dfs.core.windows.net` too |
//! | `http` | `http://` and `https://`, which can only be read |
//!
//! Percent signs in a URI are literal, except with `http`. A file appears whole, or not at all. All of these
//! functions may be called from any thread, and block it. Every wait has a time limit.
//!
//! ```
//! use flytekit::store;
//!
//! # let folder = tempfile::tempdir()?;
//! # let prefix = folder.path().to_string_lossy();
//! store::write(&prefix, "parts/a.csv", b"1,2\n")?;
//! assert_eq!(store::read(&store::join(&prefix, "parts/a.csv"))?, b"1,2\n");
//! let listed = store::list(&prefix)?;
//! assert_eq!((listed[0].path.as_str(), listed[0].size), ("parts/a.csv", 4));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod folder;
mod local;
#[cfg_attr(not(feature = "object-store"), path = "silent.rs")]
mod progress;
#[cfg_attr(not(feature = "object-store"), path = "absent.rs")]
mod remote;
mod scheme;
mod transfer;
mod uri;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;

pub use error::StoreError;
pub use folder::{download_folder, upload_folder};
pub use uri::{is_remote, join, local_path};

pub(crate) use folder::{move_or_copy_folder, remove, remove_folder};
pub(crate) use transfer::failed;

use remote::Object;
use transfer::AHEAD;
use uri::shown;

/// A file in a listing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct StoreEntry {
    /// The file's path relative to the listed folder, with slashes.
    pub path: String,
    /// The file's size in bytes.
    pub size: u64,
}

/// Reads all bytes of a file.
///
/// # Errors
///
/// If there is no such file, or it cannot be reached.
///
/// ```no_run
/// let inputs = flytekit::store::read("s3://bucket/run/inputs.pb")?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn read(uri: &str) -> Result<Vec<u8>, StoreError> {
    transfer::read(uri)
}

/// Writes `bytes` as the file `name` under `prefix`.
///
/// # Errors
///
/// If the file cannot be written; the previous content is still there then.
///
/// ```no_run
/// flytekit::store::write("s3://bucket/run", "report.html", b"<p>Fine.</p>")?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn write(prefix: &str, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    transfer::write(&join(prefix, name), bytes)
}

/// Writes these pieces, of `size` bytes in total, as the file `name` under `prefix`.
pub(crate) fn write_pieces<'a>(
    prefix: &str,
    name: &str,
    size: usize,
    pieces: impl Iterator<Item = Cow<'a, [u8]>>,
) -> Result<(), StoreError> {
    transfer::write_pieces(&join(prefix, name), size, pieces)
}

/// Lists all files below a prefix, sorted by their paths.
///
/// In an object store folders are only names: a folder without files does not exist.
///
/// # Errors
///
/// If there is nothing below the prefix in an object store, or there is no such folder.
///
/// ```no_run
/// for file in flytekit::store::list("s3://bucket/table")? {
///     println!("{} has {} bytes", file.path, file.size);
/// }
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn list(prefix: &str) -> Result<Vec<StoreEntry>, StoreError> {
    match local_path(prefix) {
        Some(folder) => local::list(&folder),
        None => Object::at(prefix, &format_args!("list {}", shown(prefix)))?.list(),
    }
}

/// Copies a file to a path of this machine. Missing folders are created.
///
/// # Errors
///
/// If there is no such file, or it cannot be copied; no partial copy remains then.
///
/// ```no_run
/// flytekit::store::download("s3://bucket/model.bin", "/tmp/model.bin".as_ref())?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn download(uri: &str, to: &Path) -> Result<(), StoreError> {
    transfer::download(uri, to, AHEAD, None)
}

/// Copies a file of this machine to a URI.
///
/// # Errors
///
/// If there is no such file, or it cannot be copied; no partial copy remains then.
///
/// ```no_run
/// flytekit::store::upload("/tmp/model.bin".as_ref(), "s3://bucket/model.bin")?;
/// # Ok::<(), flytekit::store::StoreError>(())
/// ```
pub fn upload(from: &Path, uri: &str) -> Result<(), StoreError> {
    transfer::upload(from, uri, AHEAD, None)
}

/// Opens a file for reading it piece by piece.
///
/// # Errors
///
/// If there is no such file, or it cannot be reached.
///
/// ```no_run
/// use std::io::{BufRead, BufReader};
///
/// for line in BufReader::new(flytekit::store::open("s3://bucket/lines.txt")?).lines() {
///     println!("{}", line?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn open(uri: &str) -> Result<StoreReader, StoreError> {
    transfer::open(uri, AHEAD)
}

/// Opens a file for writing it piece by piece. Only [`StoreWriter::finish`] makes it appear.
///
/// # Errors
///
/// If the URI cannot be written to. A store may refuse the file only later.
///
/// ```no_run
/// use std::io::Write;
///
/// let mut file = flytekit::store::create("s3://bucket/lines.txt")?;
/// for n in 0..1_000_000 {
///     writeln!(file, "{n}")?;
/// }
/// file.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn create(uri: &str) -> Result<StoreWriter, StoreError> {
    transfer::create(uri, AHEAD)
}

/// A file that is being read: see [`open`].
pub struct StoreReader {
    source: Box<dyn Read + Send>,
    size: Option<u64>,
}

impl StoreReader {
    fn new(source: impl Read + Send + 'static, size: u64) -> Self {
        StoreReader {
            source: Box::new(source),
            size: Some(size),
        }
    }

    /// The file's size in bytes. Not every HTTP server sends it.
    ///
    /// ```
    /// # let file = tempfile::NamedTempFile::new()?;
    /// # let uri = file.path().to_string_lossy();
    /// assert_eq!(flytekit::store::open(&uri)?.size(), Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn size(&self) -> Option<u64> {
        self.size
    }
}

impl Read for StoreReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer)
    }
}

impl fmt::Debug for StoreReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreReader")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A file that is being written: see [`create`]. A writer that is dropped before
/// [`finish`](StoreWriter::finish) leaves nothing.
#[derive(Debug)]
#[must_use = "only `finish` makes the file appear"]
pub struct StoreWriter(Box<dyn Unfinished>);

impl StoreWriter {
    /// Writes the buffered rest, and makes the file appear.
    ///
    /// # Errors
    ///
    /// If the bytes have not arrived; nothing appears then.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let uri = flytekit::store::join(&folder.path().to_string_lossy(), "empty");
    /// let file = flytekit::store::create(&uri)?;
    /// assert!(flytekit::store::list(&folder.path().to_string_lossy())?.is_empty());
    /// file.finish()?;
    /// assert!(flytekit::store::read(&uri)?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn finish(self) -> Result<(), StoreError> {
        self.0.finish()
    }
}

impl Write for StoreWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A file that can be written to, and is invisible until it is finished.
trait Unfinished: Write + Send + fmt::Debug {
    fn finish(self: Box<Self>) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read as _, Write as _};
    use std::path::Path;

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    fn uri(folder: &Path, name: &str) -> String {
        format!("file://{}/{name}", folder.display())
    }

    fn paths(prefix: &str) -> Vec<String> {
        let entries = list(prefix).expect("a listing");
        entries.into_iter().map(|entry| entry.path).collect()
    }

    #[test]
    fn a_write_leaves_nothing_else_behind() {
        let folder = folder();
        let prefix = uri(folder.path(), "new/prefix");
        write(&prefix, "outputs.pb", b"first").expect("written");
        write(&prefix, "outputs.pb", b"second").expect("written again");
        assert_eq!(read(&join(&prefix, "outputs.pb")).expect("read"), b"second");
        assert_eq!(paths(&uri(folder.path(), "")), ["new/prefix/outputs.pb"]);
    }

    #[test]
    fn a_failed_write_names_the_uri() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let prefix = uri(file.path(), "below");
        let error = write(&prefix, "x", b"").expect_err("a file is not a folder");
        assert!(error.to_string().contains("below/x"), "{error}");
    }

    #[test]
    fn only_finishing_makes_a_file_appear() {
        let folder = folder();
        let uri = uri(folder.path(), "a/b");
        let mut writer = create(&uri).expect("a writer");
        writer.write_all(b"half").expect("written");
        assert!(read(&uri).expect_err("nothing yet").is_not_found());
        drop(writer);
        assert!(read(&uri).expect_err("nothing").is_not_found());
        assert!(paths(&folder.path().to_string_lossy()).is_empty());

        let mut writer = create(&uri).expect("a writer");
        writer.write_all(b"whole").expect("written");
        writer.finish().expect("finished");
        let mut reader = open(&uri).expect("a reader");
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("read");
        assert_eq!((text.as_str(), reader.size()), ("whole", Some(5)));
    }

    #[test]
    fn folders_are_copied_with_all_that_is_in_them() {
        let folder = folder();
        let [from, there, back] = ["from", "there", "back"].map(|name| folder.path().join(name));
        for number in 0..40 {
            let name = format!("{}/ä {number}%20.txt", number % 3);
            write(&from.to_string_lossy(), &name, name.as_bytes()).expect("written");
        }
        let there = there.to_string_lossy();
        upload_folder(&from, &there).expect("uploaded");
        download_folder(&there, &back).expect("downloaded");
        let names = paths(&from.to_string_lossy());
        assert_eq!(names.len(), 40);
        assert_eq!(paths(&back.to_string_lossy()), names);
        for name in names {
            let copy = read(&join(&back.to_string_lossy(), &name)).expect("a copy");
            assert_eq!(copy, name.as_bytes());
        }
    }

    #[test]
    fn one_failure_is_that_of_the_folder() {
        let folder = folder();
        let from = folder.path().join("from");
        for name in ["a", "b/c"] {
            write(&from.to_string_lossy(), name, b"").expect("written");
        }
        let to = folder.path().join("to");
        write(&to.to_string_lossy(), "b", b"in the way").expect("written");
        let error = download_folder(&from.to_string_lossy(), &to).expect_err("no folder b");
        assert!(error.to_string().contains("to/b/c"), "{error}");
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let folder = folder();
        let nothing = uri(folder.path(), "nothing");
        let to = folder.path().join("to");
        for error in [
            read(&nothing).expect_err("no file"),
            list(&nothing).expect_err("no folder"),
            download(&nothing, &to).expect_err("no file"),
            download_folder(&nothing, &to).expect_err("no folder"),
            upload(&folder.path().join("nothing"), &uri(&to, "x")).expect_err("no file"),
        ] {
            assert!(error.is_not_found(), "{error}");
            assert!(error.to_string().contains("nothing"), "{error}");
        }
        assert!(!to.exists());
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = folder();
        let error = read(&uri(folder.path(), "")).expect_err("a folder");
        assert!(error.to_string().contains("is a directory"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_but_not_in_a_circle() {
        let folder = folder();
        let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
        write(&first.to_string_lossy(), "file", b"").expect("written");
        fs::create_dir(&second).expect("a folder");
        let link = |to: &Path, name| std::os::unix::fs::symlink(to, second.join(name));
        link(&first, "linked").expect("a link");
        assert_eq!(paths(&second.to_string_lossy()), ["linked/file"]);
        link(&second, "round").expect("a link");
        let error = list(&second.to_string_lossy()).expect_err("a circle");
        assert!(error.to_string().contains("second/round"), "{error}");
    }

    #[test]
    fn an_unknown_scheme_is_named() {
        let error = read("ftp://host/file").expect_err("no such store");
        assert!(
            error.to_string().contains("`ftp` is not a scheme"),
            "{error}"
        );
    }
}
