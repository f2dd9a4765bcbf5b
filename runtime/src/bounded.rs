//! Bounded reads of data from others, who also declare its size.
//!
//! A declared size may be false until the bytes are there. So memory is allocated as the bytes arrive, and a
//! lack of memory is an error, not the end of the process.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The initial allocation for a source that declares its size. Later the memory grows with the content.
const FIRST: u64 = 1 << 20;

/// The initial allocation for a source without a declared size.
const FIRST_OF_UNKNOWN: u64 = 8 << 10;

/// Smaller sizes are not compared with the machine's memory, because that takes as long as reading the bytes.
const SMALL: u64 = 64 << 20;

/// Reads all bytes of a source, which may declare their number.
///
/// # Errors
///
/// If the source cannot be read, or there is less memory (`OutOfMemory`).
pub(crate) fn read_all(mut source: impl Read, declared: Option<u64>) -> io::Result<Vec<u8>> {
    if let Some(declared) = declared.filter(|declared| *declared > SMALL) {
        compare(declared, memory())?;
    }
    let mut bytes = Vec::new();
    let mut expected = declared;
    loop {
        let taken = bytes.len() as u64;
        let room = match expected {
            // No memory is allocated to check that a source has told the truth.
            Some(all) if all == taken => {
                let Some(byte) = next(&mut source)? else {
                    return Ok(bytes);
                };
                reserve(&mut bytes, 1)?;
                bytes.push(byte);
                expected = None;
                continue;
            }
            Some(all) => (all - taken).min(taken.max(FIRST)),
            None => taken.max(FIRST_OF_UNKNOWN),
        };
        reserve(&mut bytes, room)?;
        if source.by_ref().take(room).read_to_end(&mut bytes)? < usize_of(room) {
            return Ok(bytes);
        }
    }
}

/// The next byte, if there is one.
fn next(source: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match source.read(&mut byte) {
            Ok(read) => return Ok((read > 0).then_some(byte[0])),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Appends a piece.
///
/// # Errors
///
/// If there is no memory for it.
#[cfg(feature = "register")]
pub(crate) fn extend(bytes: &mut Vec<u8>, piece: &[u8]) -> io::Result<()> {
    let taken = bytes.len();
    if bytes.capacity() - taken < piece.len() {
        let wanted = piece.len().max(taken) as u64;
        if taken as u64 > SMALL {
            compare(taken as u64 + wanted, memory())?;
        }
        reserve(bytes, wanted)?;
    }
    bytes.extend_from_slice(piece);
    Ok(())
}

fn reserve(bytes: &mut Vec<u8>, room: u64) -> io::Result<()> {
    let reserved = bytes.try_reserve_exact(usize_of(room));
    reserved.map_err(|_| lacking(bytes.len() as u64 + room, None))
}

fn usize_of(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

fn compare(declared: u64, memory: Option<u64>) -> io::Result<()> {
    match memory {
        Some(memory) if declared > memory => Err(lacking(declared, Some(memory))),
        _ => Ok(()),
    }
}

fn lacking(wanted: u64, there_is: Option<u64>) -> io::Error {
    let there_is = there_is.map_or_else(
        || "there is less memory".to_owned(),
        |memory| format!("there are {} MiB of memory", memory >> 20),
    );
    let why = format!(
        "{} MiB are to be read into memory, and {there_is}: pass less, or as a file, or ask for more \
         memory",
        wanted.div_ceil(1 << 20)
    );
    io::Error::new(ErrorKind::OutOfMemory, why)
}

/// The memory that this process may use, if the system tells: its container's, or the machine's.
fn memory() -> Option<u64> {
    let limit = |path| read_text(Path::new(path), 4096).ok()?.trim().parse().ok();
    let container = [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ];
    let machine = read_text(Path::new("/proc/meminfo"), 1 << 16).ok();
    let machine = machine.and_then(|text| {
        let (_, total) = text.split_once("MemTotal:")?;
        let kibibytes: u64 = total.split_whitespace().next()?.parse().ok()?;
        kibibytes.checked_mul(1024)
    });
    container.into_iter().filter_map(limit).chain(machine).min()
}

/// Opens a file, and returns its size in bytes.
///
/// # Errors
///
/// If it cannot be opened, or is not a file: a pipe or a device may have no end, or never begin.
pub(crate) fn open(path: &Path) -> io::Result<(File, u64)> {
    size_of(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    // The path may lead to another file by now.
    let size = size_of(&file.metadata()?)?;
    Ok((file, size))
}

fn size_of(metadata: &fs::Metadata) -> io::Result<u64> {
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        let why = "neither a file nor a folder";
        return Err(io::Error::new(ErrorKind::InvalidInput, why));
    }
    Ok(metadata.len())
}

/// Reads a file of at most `most` bytes.
///
/// # Errors
///
/// Like [`open`], and if the file is longer (`FileTooLarge`).
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let (file, _) = open(path)?;
    // Files of the system itself declare a size of zero.
    let bytes = read_all(file.take(most + 1), None)?;
    if bytes.len() as u64 > most {
        let why = format!("longer than {most} bytes, which is the most that it may have");
        return Err(io::Error::new(ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// Reads a text file of at most `most` bytes.
///
/// # Errors
///
/// Like [`read()`], and if the file is not text.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let not_text = |_| io::Error::new(ErrorKind::InvalidData, "it is not text in UTF-8");
    String::from_utf8(read(path, most)?).map_err(not_text)
}

/// Reads at most the last `most` bytes of a file that grows.
///
/// # Errors
///
/// Like [`open`].
#[cfg(feature = "spark")]
pub(crate) fn read_end(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    use std::io::{Seek as _, SeekFrom};

    let (mut file, size) = open(path)?;
    file.seek(SeekFrom::Start(size.saturating_sub(most)))?;
    read_all(file.take(most), None)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, repeat};

    use super::*;

    #[test]
    fn whatever_is_declared_what_is_there_is_read() {
        for length in [0, 1, 100, FIRST - 1, FIRST, FIRST + 1, 3 * FIRST + 7] {
            let content: Vec<u8> = (0..=u8::MAX).cycle().take(usize_of(length)).collect();
            let declared = [None, Some(0), Some(length), Some(length + 1), Some(SMALL)];
            for declared in declared.into_iter().chain([length.checked_sub(1)]) {
                let read = read_all(Cursor::new(&content), declared).unwrap();
                assert!(read == content, "{length} bytes, {declared:?} declared");
            }
        }
    }

    #[test]
    fn a_size_that_is_a_lie_takes_no_memory() {
        let read = read_all(repeat(1).take(FIRST), Some(SMALL)).unwrap();
        assert!(read.capacity() as u64 <= 4 * FIRST, "{}", read.capacity());
    }

    #[test]
    fn more_than_there_is_memory_is_refused() {
        let error = read_all(io::empty(), Some(1 << 60)).unwrap_err();
        if cfg!(target_os = "linux") {
            assert_eq!(error.kind(), ErrorKind::OutOfMemory);
            assert!(
                error.to_string().starts_with("1099511627776 MiB are"),
                "{error}"
            );
        }
        assert!(compare(3, Some(2)).is_err() && compare(2, Some(2)).is_ok());
        assert!(compare(3, None).is_ok());
        let error = reserve(&mut Vec::new(), u64::MAX).unwrap_err();
        assert!(
            error.to_string().contains("there is less memory"),
            "{error}"
        );
    }

    #[test]
    fn files_have_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        let error = read(&path, 4).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge, "{error}");
        assert!(error.to_string().contains("4 bytes"), "{error}");
        fs::write(&path, b"\xff").unwrap();
        assert_eq!(
            read_text(&path, 5).unwrap_err().kind(),
            ErrorKind::InvalidData
        );
        assert_eq!(
            open(folder.path()).unwrap_err().kind(),
            ErrorKind::IsADirectory
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for path in [&*pipe, Path::new("/dev/zero")] {
            let error = read(path, 5).unwrap_err();
            assert!(error.to_string().contains("neither a file"), "{error}");
        }
    }
}
