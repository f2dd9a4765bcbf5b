//! Files of this machine.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{StoreEntry, StoreError, Unfinished};
use crate::bounded;
use crate::context;
use crate::execute::{Cancellable, cancellable};

/// The suffix of the names of files that are still being written.
const UNFINISHED: &str = ".unfinished";

/// A file that gets its name when it is finished. Until then it is beside that path, under another name.
#[derive(Debug)]
pub(super) struct NewFile {
    file: File,
    unfinished: UnfinishedPath,
}

impl NewFile {
    /// Creates the file, and its folder if it does not exist.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        let unfinished = UnfinishedPath::beside(path)?;
        let file = File::create_new(&unfinished.path)?;
        Ok(NewFile { file, unfinished })
    }

    /// Gives the file its name.
    pub(super) fn persist(self) -> io::Result<()> {
        self.file.sync_all()?;
        self.unfinished.persist()
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Unfinished for NewFile {
    fn finish(self: Box<Self>) -> Result<(), StoreError> {
        let tried = format!("write {}", self.unfinished.finished.display());
        self.persist()
            .map_err(|error| StoreError::of_file(tried, error))
    }
}

/// The path of an unfinished file. The file is removed when this is dropped, and when the process is told to
/// end.
#[derive(Debug)]
struct UnfinishedPath {
    path: PathBuf,
    finished: PathBuf,
    _taken_back: Cancellable<'static>,
}

impl UnfinishedPath {
    /// A unique name beside `finished`, in the same file system.
    fn beside(finished: PathBuf) -> io::Result<Self> {
        let folder = match finished.parent() {
            Some(folder) if finished.file_name().is_some() => folder,
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "not a file's name",
                ));
            }
        };
        fs::create_dir_all(folder)?;
        let path = folder.join(format!(".{}{UNFINISHED}", context::unique()));
        let taken_back = path.clone();
        Ok(UnfinishedPath {
            path,
            finished,
            // A leftover does no harm: nobody reads its name.
            _taken_back: cancellable(move || _ = fs::remove_file(taken_back)),
        })
    }

    fn persist(self) -> io::Result<()> {
        fs::rename(&self.path, &self.finished)
    }
}

impl Drop for UnfinishedPath {
    fn drop(&mut self) {
        // A finished file no longer has this name.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a file's name is one of an [`UnfinishedPath`].
fn is_unfinished(name: &str) -> bool {
    let digits = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(UNFINISHED));
    digits.is_some_and(|it| it.len() == 32 && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Copies a file, with its permissions, whole or not at all.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let file = Unchanged::open(from)?;
    let unfinished = UnfinishedPath::beside(to.to_owned())?;
    let copied = fs::copy(from, &unfinished.path)?;
    file.check(copied)?;
    unfinished.persist()
}

/// A file that is being copied and must not change meanwhile: a copy that is half old and half new is
/// useless.
#[derive(Debug)]
pub(super) struct Unchanged {
    file: File,
    size: u64,
    modified: Option<SystemTime>,
}

impl Unchanged {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (file, size) = bounded::open(path)?;
        let modified = file.metadata()?.modified().ok();
        Ok(Unchanged {
            file,
            size,
            modified,
        })
    }

    /// The file's size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Checks that the copied bytes are the file's whole content.
    ///
    /// # Errors
    ///
    /// If somebody has written to the file meanwhile.
    pub(super) fn check(&self, copied: u64) -> io::Result<()> {
        let metadata = self.file.metadata()?;
        let size = self.size;
        if copied != size || metadata.len() != size || metadata.modified().ok() != self.modified {
            return Err(io::Error::other(format!(
                "it was written to meanwhile: it had {size} bytes, {copied} were copied, and it has {} \
                 now; finish the file before it is copied",
                metadata.len()
            )));
        }
        Ok(())
    }
}

impl Read for &mut Unchanged {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

/// All files in a folder and its subfolders, sorted. Symbolic links are followed.
pub(super) fn list(folder: &Path) -> Result<Vec<StoreEntry>, StoreError> {
    let mut entries = Vec::new();
    collect(folder, "", &mut Vec::new(), &mut entries)?;
    entries.sort();
    Ok(entries)
}

/// Adds the files of a folder whose path in the listed folder is `prefix`. `above` are the folders that are
/// being listed; a symbolic link must not lead back to one of them.
fn collect(
    folder: &Path,
    prefix: &str,
    above: &mut Vec<PathBuf>,
    entries: &mut Vec<StoreEntry>,
) -> Result<(), StoreError> {
    let failed = |error| StoreError::of_file(format_args!("list {}", folder.display()), error);
    let refused =
        |path: &Path, why| StoreError::refused(format_args!("list {}", path.display()), why);
    let real = folder.canonicalize().map_err(failed)?;
    if above.contains(&real) {
        return Err(refused(
            folder,
            "a symbolic link leads to a folder above it",
        ));
    }
    above.push(real);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| refused(&path, "its name is not UTF-8"))?;
        if is_unfinished(name) {
            continue;
        }
        let name = format!("{prefix}{name}");
        let metadata = fs::metadata(&path)
            .map_err(|error| StoreError::of_file(format_args!("list {}", path.display()), error))?;
        if metadata.is_dir() {
            collect(&path, &format!("{name}/"), above, entries)?;
        } else if metadata.is_file() {
            entries.push(StoreEntry {
                path: name,
                size: metadata.len(),
            });
        } else {
            return Err(refused(&path, "it is neither a file nor a folder"));
        }
    }
    above.pop();
    Ok(())
}
