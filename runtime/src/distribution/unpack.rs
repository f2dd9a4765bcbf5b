//! Unpacks archives from untrusted sources.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::FetchError;
use super::ration::Ration;

/// More than any program has. A few bytes can expand to very many zeros.
const MOST_BYTES: u64 = 8 << 30;

/// More than any source tree has.
const MOST_MEMBERS: usize = 100_000;

const TOO_MUCH: &str = "is more than an archive of code may hold";

/// The first bytes of a gzip file. The name does not tell: flytectl uploads the unpacked content under the
/// name of the gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Unpacks an archive into a new folder, and returns the relative paths of its files. A member that is
/// neither a file nor a folder, or would be outside, is refused.
pub(super) fn unpack(archive: &Path, folder: &Path) -> Result<Vec<PathBuf>, FetchError> {
    let file = File::open(archive).map_err(FetchError::Unreadable)?;
    let mut file = BufReader::with_capacity(1 << 16, file);
    let is_gzip = file
        .fill_buf()
        .map_err(FetchError::Unreadable)?
        .starts_with(&GZIP);
    if is_gzip {
        unpack_tar(MultiGzDecoder::new(file), folder)
    } else {
        unpack_tar(file, folder)
    }
}

fn unpack_tar(tar: impl Read, folder: &Path) -> Result<Vec<PathBuf>, FetchError> {
    let ration = Ration::default();
    let mut archive = Archive::new(ration.of(tar));
    let (mut files, mut left, mut members) = (BTreeSet::new(), MOST_BYTES, 0);
    let mut entries = archive.entries().map_err(FetchError::Unreadable)?;
    loop {
        ration.header();
        let Some(entry) = entries.next() else {
            break;
        };
        let mut entry = entry.map_err(FetchError::Unreadable)?;
        members += 1;
        let member = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let refused = |why| FetchError::Refused {
            member: member.clone(),
            why,
        };
        let path = entry.path().ok().and_then(|path| inside(&path));
        let path = path.ok_or_else(|| refused("has a path that leads elsewhere"))?;
        if members > MOST_MEMBERS {
            return Err(refused(TOO_MUCH));
        }
        match entry.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {}
            _ => return Err(refused("is neither a file nor a folder")),
        }
        if path == Path::new("") {
            return Err(refused("has no name"));
        }
        left = left
            .checked_sub(entry.size())
            .ok_or_else(|| refused(TOO_MUCH))?;
        ration.content();
        write(&mut entry, &folder.join(&path))?;
        files.insert(path);
    }
    Ok(files.into_iter().collect())
}

/// A member's path, if it is below the folder.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut inside = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => inside.push(name),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(inside)
}

fn write(entry: &mut Entry<'_, impl Read>, path: &Path) -> Result<(), FetchError> {
    let failed = |error| FetchError::folder(path, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = File::create(path).map_err(failed)?;
    let copied = copy(entry, &mut file, failed)?;
    if copied != entry.size() {
        return Err(FetchError::Unreadable(ErrorKind::UnexpectedEof.into()));
    }
    permit(&file, entry.header().mode().unwrap_or_default()).map_err(failed)
}

/// Copies, and attributes a failure to the archive or to the disk.
fn copy(
    from: &mut impl Read,
    to: &mut impl Write,
    failed: impl Fn(io::Error) -> FetchError,
) -> Result<u64, FetchError> {
    let mut block = vec![0; 1 << 16];
    let mut copied = 0;
    loop {
        match from.read(&mut block) {
            Ok(0) => return Ok(copied),
            Ok(read) => {
                to.write_all(&block[..read]).map_err(&failed)?;
                copied += read as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(FetchError::Unreadable(error)),
        }
    }
}

/// Sets the execute permissions that the archive has. The owner may always read and write the file.
#[cfg(unix)]
fn permit(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode((mode & 0o777) | 0o600))
}

#[cfg(not(unix))]
fn permit(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// An archive with these members: kind, path, content.
    fn archive(members: &[(EntryType, &str, &str)]) -> tempfile::NamedTempFile {
        let mut tar = tar::Builder::new(tempfile::NamedTempFile::new().unwrap());
        for (kind, path, content) in members {
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(*kind);
            // `set_path` refuses paths that a test needs.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_mode(0o755);
            header.set_size(content.len() as u64);
            if kind.is_symlink() {
                header.set_link_name("/etc").unwrap();
            }
            header.set_cksum();
            tar.append(&header, content.as_bytes()).unwrap();
        }
        tar.into_inner().unwrap()
    }

    #[test]
    fn nothing_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("to");
        for (kind, path, why) in [
            (EntryType::Regular, "../x", "leads elsewhere"),
            (EntryType::Regular, "a/../../x", "leads elsewhere"),
            (EntryType::Regular, "/tmp/x", "leads elsewhere"),
            (EntryType::Directory, "../x", "leads elsewhere"),
            (EntryType::Symlink, "x", "neither a file nor a folder"),
            (EntryType::Link, "x", "neither a file nor a folder"),
            (EntryType::Fifo, "x", "neither a file nor a folder"),
            (EntryType::Regular, ".", "has no name"),
        ] {
            let archive = archive(&[(EntryType::Regular, "first", "1"), (kind, path, "")]);
            let error = unpack(archive.path(), &to).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains(path), "{error}");
            assert!(!folder.path().join("x").exists());
        }
    }

    #[test]
    fn names_cannot_write_to_a_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let path = "../\u{1b}]0;title\u{7}\nerror: forged";
        let archive = archive(&[(EntryType::Regular, path, "")]);
        let error = unpack(archive.path(), folder.path()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("leads elsewhere"), "{error}");
        assert!(!error.contains(char::is_control), "{error:?}");
    }

    #[test]
    fn files_and_folders_are_what_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let archive = archive(&[
            (EntryType::Directory, "a/", ""),
            (EntryType::Regular, "./a/b", "old"),
            (EntryType::Regular, "a/b", "new"),
            (EntryType::Regular, "c", ""),
        ]);
        let files = unpack(archive.path(), folder.path()).unwrap();
        assert_eq!(files, [Path::new("a/b"), Path::new("c")]);
        assert_eq!(fs::read(folder.path().join("a/b")).unwrap(), b"new");
    }

    #[test]
    fn what_is_cut_off_is_no_archive() {
        let folder = tempfile::tempdir().unwrap();
        let whole = archive(&[(EntryType::Regular, "a", &"x".repeat(5000))]);
        for length in [1, 100, 600, 4000] {
            whole.as_file().set_len(length).unwrap();
            let unpacked = unpack(whole.path(), folder.path());
            assert!(
                matches!(unpacked, Err(FetchError::Unreadable(_))),
                "{length}"
            );
            let whole_again = archive(&[(EntryType::Regular, "a", &"x".repeat(5000))]);
            fs::copy(whole_again.path(), whole.path()).unwrap();
        }
    }

    /// A header of this kind and size, without content.
    fn header(kind: EntryType, size: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(size);
        header.set_path("member").unwrap();
        header.set_cksum();
        header
    }

    #[test]
    fn what_stands_before_a_member_has_an_end() {
        let folder = tempfile::tempdir().unwrap();
        // Names, attributes of the next and of all members, and a folder with content.
        for kind in [
            EntryType::GNULongName,
            EntryType::GNULongLink,
            EntryType::XHeader,
            EntryType::XGlobalHeader,
            EntryType::Directory,
        ] {
            let long = header(kind, 1 << 40);
            let tar = long.as_bytes().chain(io::repeat(b'a'));
            let error = unpack_tar(tar, folder.path()).unwrap_err().to_string();
            assert!(
                error.contains("has more than 1048576 bytes"),
                "{kind:?}: {error}"
            );
        }
    }

    #[test]
    fn members_have_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let folders = header(EntryType::Directory, 0)
            .as_bytes()
            .repeat(MOST_MEMBERS + 1);
        let error = unpack_tar(&*folders, folder.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains(TOO_MUCH), "{error}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        /// Any archive is either refused or unpacked, and changes nothing elsewhere.
        #[test]
        fn no_bytes_do_harm(changes in proptest::collection::vec((0_usize..2048, 0_u8..), 1..8)) {
            let folder = tempfile::tempdir().unwrap();
            let archive = archive(&[
                (EntryType::Regular, "a/b", "content"),
                (EntryType::Directory, "c/", ""),
            ]);
            let mut bytes = fs::read(archive.path()).unwrap();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            fs::write(archive.path(), bytes).unwrap();
            let to = folder.path().join("to");
            if let Ok(files) = unpack(archive.path(), &to) {
                proptest::prop_assert!(files.iter().all(|file| to.join(file).is_file()));
            }
            let others = fs::read_dir(folder.path()).unwrap().filter(|it| {
                it.as_ref().is_ok_and(|it| it.file_name() != "to")
            });
            proptest::prop_assert_eq!(others.count(), 0);
        }
    }
}
