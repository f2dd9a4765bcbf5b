//! The archive that `flytectl register files --archive` takes and `pyflyte package` writes: a gzipped tar
//! without folders.
//!
//! | member | holds |
//! |---|---|
//! | `<index>_<name>_1.pb` | a task's `flyteidl.admin.TaskSpec` |
//! | `<index>_<name>_2.pb` | a workflow's `flyteidl.admin.WorkflowSpec` |
//! | `<index>_<name>_3.pb` | a `flyteidl.admin.LaunchPlan` |
//! | `fast<digest>.tar.gz` | the executable, if no image has it |
//!
//! Archives of equal entities are equal. The indexes are the order of registration.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use flate2::read::MultiGzDecoder;
use flate2::{Compression, GzBuilder};
use tempfile::NamedTempFile;

use super::fast;
use super::spec::Spec;
use crate::bounded;
use crate::distribution::Ration;
use crate::registry::EntityKind;

/// The reason why an archive is not written.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// A file already exists.
    Exists(PathBuf),
    /// The file cannot be written.
    Io(PathBuf, io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Exists(path) => write!(
                f,
                "{} exists already: overwrite it with `--force`, or name another file with `--output`",
                path.display()
            ),
            WriteError::Io(path, error) => write!(f, "cannot write {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for WriteError {}

/// Writes the archive to `path`, completely or not at all. An existing file is replaced only with
/// `overwrite`.
///
/// # Errors
///
/// If the file exists already, or cannot be written.
pub(crate) fn write(
    specs: &[Spec],
    code: Option<&fast::Archive>,
    path: &Path,
    overwrite: bool,
) -> Result<(), WriteError> {
    let io = |error| WriteError::Io(path.to_owned(), error);
    // This is checked before the work, and once more by its last step.
    if !overwrite && path.symlink_metadata().is_ok() {
        return Err(WriteError::Exists(path.to_owned()));
    }
    let file = beside(path).map_err(io)?;
    pack(specs, code, BufWriter::new(file.as_file())).map_err(io)?;
    let persisted = if overwrite {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    match persisted {
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(WriteError::Exists(path.to_owned()))
        }
        Err(error) => Err(io(error.error)),
        Ok(_) => Ok(()),
    }
}

/// A temporary file that becomes the file at `path`, with the permissions of a new file.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.permissions(fs::Permissions::from_mode(0o666));
    }
    file.prefix(".flytekit-package-").tempfile_in(folder)
}

fn pack(specs: &[Spec], code: Option<&fast::Archive>, out: impl Write) -> io::Result<()> {
    let gzip = GzBuilder::new().write(out, Compression::default());
    let mut tar = tar::Builder::new(gzip);
    // The executable comes before the entities: a reader that unpacks on the fly has it when the entities
    // need it.
    if let Some(code) = code {
        append(&mut tar, &code.name, &code.bytes)?;
    }
    let digits = specs.len().saturating_sub(1).to_string().len();
    for (index, spec) in specs.iter().enumerate() {
        let (name, kind) = (spec.name(), spec.kind() as u16);
        let member = format!("{index:0digits$}_{name}_{kind}.pb");
        append(&mut tar, &member, &spec.encoded())?;
    }
    tar.into_inner()?.finish()?.flush()
}

fn append(tar: &mut tar::Builder<impl Write>, name: &str, content: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(fast::FIRST_DAY_OF_1980);
    header.set_size(content.len() as u64);
    tar.append_data(&mut header, name, content)
}

/// The known content of an archive.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Archived {
    /// The entities, in the order of their indexes.
    pub specs: Vec<Spec>,
    /// The name of the executable's archive in it.
    pub code: Option<String>,
}

/// The reason why an archive cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file cannot be read, or is not a gzipped tar.
    Io(io::Error),
    /// A member is not an entity, although its name says so.
    Member {
        /// The member's name.
        name: String,
        /// The problem with the member.
        why: String,
    },
    /// The archive contains no entities.
    NoTasks,
    /// The archive contains more than entities can have.
    TooLarge,
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::Io(error) => write!(f, "the archive is damaged: {error}"),
            ArchiveError::Member { name, why } => {
                write!(f, "the archive's member `{name}` is damaged: {why}")
            }
            ArchiveError::NoTasks => f.write_str(
                "the archive holds no tasks: tasks are the members `<index>_<name>_1.pb` that `package` \
                 and `pyflyte package` write, and workflows and launch plans end in `_2.pb` and `_3.pb`",
            ),
            ArchiveError::TooLarge => write!(
                f,
                "the archive holds more than {} MiB of entities, or {} MiB in all: it may come from another program",
                MOST_OF_ENTITIES >> 20,
                MOST >> 20
            ),
        }
    }
}

impl std::error::Error for ArchiveError {}

/// The maximum number of unpacked bytes of an archive: a few compressed bytes can expand to any number.
const MOST: u64 = 1 << 30;
/// The maximum number of bytes of its entities.
const MOST_OF_ENTITIES: u64 = 256 << 20;

/// Whether a file begins like an archive of [`write`].
///
/// # Errors
///
/// If the file cannot be read.
pub(crate) fn is_archive(path: &Path) -> io::Result<bool> {
    let mut magic = Vec::new();
    let (file, _) = bounded::open(path)?;
    file.take(2).read_to_end(&mut magic)?;
    Ok(magic == [0x1f, 0x8b])
}

/// Reads the archive at `path`.
///
/// # Errors
///
/// As [`read`].
pub(crate) fn read_file(path: &Path) -> Result<Archived, ArchiveError> {
    let (file, _) = bounded::open(path).map_err(ArchiveError::Io)?;
    read(BufReader::new(file))
}

/// Reads the content of an archive.
///
/// # Errors
///
/// If the archive is damaged, contains no tasks, or is far too large.
pub fn read(archive: impl Read) -> Result<Archived, ArchiveError> {
    let ration = Ration::default();
    let unpacked = MultiGzDecoder::new(archive).take(MOST);
    let mut tar = tar::Archive::new(ration.of(unpacked));
    let mut specs = Vec::new();
    let mut code = None;
    let mut left = MOST_OF_ENTITIES;
    let mut members = tar.entries().map_err(ArchiveError::Io)?;
    loop {
        ration.header();
        let Some(member) = members.next() else {
            break;
        };
        let mut member = member.map_err(ArchiveError::Io)?;
        ration.content();
        let name = String::from_utf8_lossy(&member.path_bytes()).into_owned();
        let name = name.trim_start_matches("./");
        if name.starts_with("fast") && name.ends_with(".tar.gz") {
            code = Some(name.to_owned());
        }
        let Some((index, kind)) = number_and_kind(name) else {
            io::copy(&mut member, &mut io::sink()).map_err(ArchiveError::Io)?;
            continue;
        };
        left = left
            .checked_sub(member.size())
            .ok_or(ArchiveError::TooLarge)?;
        specs.push((index, spec(name, kind, member)?));
    }
    // Gzip's checksum comes after the tar.
    let mut rest = tar.into_inner().into_rest();
    io::copy(&mut rest, &mut io::sink()).map_err(ArchiveError::Io)?;
    if rest.limit() == 0 {
        return Err(ArchiveError::TooLarge);
    }
    if specs.is_empty() {
        return Err(ArchiveError::NoTasks);
    }
    specs.sort_by_key(|(index, _)| *index);
    let specs = specs.into_iter().map(|(_, spec)| spec).collect();
    Ok(Archived { specs, code })
}

/// The index and the kind in `007_app.add_1.pb`.
fn number_and_kind(name: &str) -> Option<(u64, EntityKind)> {
    let (rest, kind) = name.strip_suffix(".pb")?.rsplit_once('_')?;
    let kind = EntityKind::of(kind.parse().ok()?)?;
    let (index, _) = rest.split_once('_')?;
    Some((index.parse().ok()?, kind))
}

fn spec(name: &str, kind: EntityKind, mut member: impl Read) -> Result<Spec, ArchiveError> {
    let mut bytes = Vec::new();
    let read = member.read_to_end(&mut bytes);
    let decoded = read
        .map_err(|error| error.to_string())
        .and_then(|_| Spec::decode(kind, &bytes).map_err(|error| error.to_string()));
    decoded.map_err(|why| ArchiveError::Member {
        name: name.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use flytekit_proto::flyteidl::admin::TaskSpec;
    use flytekit_proto::flyteidl::core::{Identifier, TaskTemplate};

    use super::{
        ArchiveError, Archived, Spec, WriteError, fs, is_archive, pack, read, read_file, write,
    };

    fn spec(name: &str) -> Spec {
        let id = Identifier {
            name: name.to_owned(),
            ..Default::default()
        };
        let template = TaskTemplate {
            id: Some(id),
            ..Default::default()
        };
        let spec = TaskSpec {
            template: Some(template),
            ..Default::default()
        };
        spec.into()
    }

    fn packed(specs: &[Spec]) -> Vec<u8> {
        let mut bytes = Vec::new();
        pack(specs, None, &mut bytes).expect("memory takes all");
        bytes
    }

    fn members(archive: &[u8]) -> Vec<String> {
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(archive));
        let entries = tar.entries().expect("a tar");
        let names = entries.map(|entry| {
            let name = entry.expect("an entry").path_bytes().into_owned();
            String::from_utf8(name).expect("text")
        });
        names.collect()
    }

    #[test]
    fn members_are_numbered_with_as_many_digits_as_it_takes() {
        let specs: Vec<_> = (0..11)
            .map(|index| spec(&format!("app.t{index}")))
            .collect();
        assert_eq!(members(&packed(&specs[..1])), ["0_app.t0_1.pb"]);
        assert_eq!(members(&packed(&specs[..10]))[9], "9_app.t9_1.pb");
        let many = members(&packed(&specs));
        assert_eq!(
            (&*many[2], &*many[10]),
            ("02_app.t2_1.pb", "10_app.t10_1.pb")
        );
    }

    #[test]
    fn what_was_written_is_read_in_its_order() {
        let long = "long.".repeat(60);
        let specs = vec![spec("b"), spec("a"), spec(&long)];
        let bytes = packed(&specs);
        assert_eq!(bytes, packed(&specs), "archives of equal tasks are equal");
        let expected = Archived { specs, code: None };
        assert_eq!(read(&*bytes).expect("an archive"), expected);
    }

    #[test]
    fn a_file_is_replaced_only_if_told_so_and_then_as_a_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("package.tgz");
        write(&[spec("a")], None, &path, false).expect("a new file");
        let refused = write(&[spec("b")], None, &path, false).expect_err("a file is there");
        assert!(matches!(refused, WriteError::Exists(_)), "{refused}");
        assert_eq!(read_file(&path).expect("the first").specs, [spec("a")]);
        write(&[spec("b")], None, &path, true).expect("told so");
        assert_eq!(read_file(&path).expect("the second").specs, [spec("b")]);
        assert!(is_archive(&path).expect("a file"));
        let nowhere = folder.path().join("missing/package.tgz");
        let error = write(&[spec("a")], None, &nowhere, false).expect_err("no folder");
        assert!(error.to_string().contains("missing/package.tgz"), "{error}");
        let left = fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 1, "nothing temporary is left");
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let whole = packed(&[spec("a"), spec("b")]);
        for len in 0..whole.len() {
            assert!(read(&whole[..len]).is_err(), "the first {len} bytes");
        }
        let says = |archive: &[u8]| read(archive).expect_err("damaged").to_string();
        assert!(says(b"\x7fELF").contains("the archive is damaged"));
        assert!(says(&packed(&[])).contains("no tasks"));
        let error = read_file(Path::new("/missing")).expect_err("no file");
        assert!(matches!(error, ArchiveError::Io(_)), "{error}");
    }

    #[test]
    fn a_member_that_is_no_task_is_named() {
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(
            Vec::new(),
            flate2::Compression::fast(),
        ));
        super::append(&mut tar, "0_app.a_1.pb", b"\xff").expect("memory");
        let bytes = tar.into_inner().and_then(flate2::write::GzEncoder::finish);
        let error = read(&*bytes.expect("memory")).expect_err("no task");
        assert!(
            error.to_string().contains("`0_app.a_1.pb` is damaged"),
            "{error}"
        );
    }
}
