//! Unpacks databases from archives.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;

use flytekit::__v0_1_0::Ration;

/// The first bytes of a database.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// The number of bytes that are read to identify the format: a header of `tar`.
const HEADER: u64 = 512;

/// The position of the magic bytes in a header of `tar`.
const TAR: std::ops::Range<usize> = 257..262;

/// Writes the only file of an archive to `to`. The archive is a zip file, or a tar file that may be
/// compressed by gzip, bzip2 or xz. A compressed database without a tar file is accepted, too.
pub(crate) fn unpack(archive: &Path, to: &Path) -> io::Result<()> {
    let mut file = File::open(archive)?;
    let mut out = File::create_new(to)?;
    let header = begin(&mut file)?;
    file.rewind()?;
    match header.as_slice() {
        [b'P', b'K', ..] => unpack_zip(file, &mut out),
        [0x1f, 0x8b, ..] => copy_only(flate2::read::MultiGzDecoder::new(file), &mut out),
        [b'B', b'Z', b'h', ..] => copy_only(bzip2_rs::DecoderReader::new(file), &mut out),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => copy_only(
            lzma_rust2::XzReader::new(io::BufReader::new(file), true),
            &mut out,
        ),
        _ => copy_only(file, &mut out),
    }
}

fn begin(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    source.take(HEADER).read_to_end(&mut header)?;
    Ok(header)
}

/// Copies the database in a stream, or the only file of the tar file in it.
fn copy_only(mut source: impl Read, out: &mut File) -> io::Result<()> {
    let header = begin(&mut source)?;
    let is_tar = header.get(TAR) == Some(b"ustar");
    let is_database = header.starts_with(SQLITE);
    let mut whole = Cursor::new(header).chain(source);
    if is_tar {
        return copy_member(whole, out);
    }
    if is_database {
        return io::copy(&mut whole, out).map(drop);
    }
    Err(io::Error::other(
        "it is not an archive: zip, tar, and tar compressed by gzip, bzip2 or xz are read",
    ))
}

fn copy_member(source: impl Read, out: &mut File) -> io::Result<()> {
    let ration = Ration::default();
    let mut archive = tar::Archive::new(ration.of(source));
    let mut entries = archive.entries()?;
    let mut found = None;
    loop {
        ration.header();
        let Some(entry) = entries.next() else {
            break;
        };
        let mut entry = entry?;
        if entry.header().entry_type().is_dir() {
            continue;
        }
        let name = entry.path()?.display().to_string();
        check_only(&mut found, name)?;
        ration.content();
        io::copy(&mut entry, out)?;
    }
    found.map(drop).ok_or_else(|| io::Error::other(EMPTY))
}

fn unpack_zip(file: File, out: &mut File) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(file)?;
    let mut found = None;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        if entry.is_dir() {
            continue;
        }
        check_only(&mut found, entry.name().to_owned())?;
        io::copy(&mut entry, out)?;
    }
    found.map(drop).ok_or_else(|| io::Error::other(EMPTY))
}

const EMPTY: &str = "it holds no file";

fn check_only(found: &mut Option<String>, name: String) -> io::Result<()> {
    if let Some(first) = found {
        return Err(io::Error::other(format!(
            "it holds `{first}` and `{name}`, but must hold only one file, the database"
        )));
    }
    *found = Some(name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::path::Path;

    use super::unpack;

    fn unpacked(archive: &[u8]) -> Result<Vec<u8>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
        fs::write(&from, archive).expect("an archive");
        unpack(&from, &to).map_err(|error| error.to_string())?;
        Ok(fs::read(to).expect("a database"))
    }

    fn tar(names: &[&str]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for name in names {
            let mut header = tar::Header::new_gnu();
            header.set_size(3);
            header.set_cksum();
            let appended = archive.append_data(&mut header, Path::new(name), &b"abc"[..]);
            appended.expect("a member");
        }
        archive.into_inner().expect("an archive")
    }

    #[test]
    fn what_stands_before_a_file_has_an_end() {
        let mut archive = tar::Builder::new(Vec::new());
        let name = vec![b'a'; 2 << 20];
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::GNULongName);
        header.set_size(name.len() as u64);
        header.set_cksum();
        archive.append(&header, &name[..]).expect("a name");
        let archive = archive.into_inner().expect("an archive");
        let error = unpacked(&gzip(&archive)).expect_err("too long a name");
        assert!(error.contains("header of a member"), "{error}");
    }

    fn zip(names: &[&str]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for name in names {
            archive.start_file(*name, options).expect("a member");
            archive.write_all(b"abc").expect("its content");
        }
        archive.finish().expect("an archive").into_inner()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut archive = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        archive.write_all(bytes).expect("written");
        archive.finish().expect("an archive")
    }

    #[test]
    fn the_only_file_is_the_database() {
        for archive in [tar(&["a.db"]), zip(&["a.db"]), gzip(&tar(&["folder/a.db"]))] {
            assert_eq!(unpacked(&archive).as_deref(), Ok(&b"abc"[..]));
        }
        let database = b"SQLite format 3\0 and so on";
        assert_eq!(unpacked(&gzip(database)).as_deref(), Ok(&database[..]));
    }

    #[test]
    fn what_is_no_archive_of_one_file_is_refused() {
        for archive in [tar(&["a.db", "b.db"]), zip(&["a.db", "b.db"])] {
            let error = unpacked(&archive).expect_err("two files");
            assert!(error.contains("it holds `a.db` and `b.db`"), "{error}");
        }
        for archive in [zip(&[]), gzip(b"text"), b"text".to_vec(), Vec::new()] {
            let error = unpacked(&archive).expect_err("no file");
            assert!(
                error.contains("no file") || error.contains("not an archive"),
                "{error}"
            );
        }
        let half = gzip(&tar(&["a.db"]));
        assert!(unpacked(&half[..half.len() / 2]).is_err());
    }
}
