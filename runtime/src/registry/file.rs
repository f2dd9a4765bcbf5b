//! Reading the tasks of an executable or library from its file, without running it.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::{fmt, io};

use flytekit_proto::registry::TaskEntry;
use object::{Object, ObjectSection, ReadCache, ReadRef};
use prost::Message;

use super::NO_TASKS;
use super::frame::{EntityKind, SECTION};
use super::images::ImagePaths;
use super::section::{Frame, FrameError, read_frames};
use super::table::{Duplicate, Table};
use super::task::FoundTask;
use crate::bounded;
use crate::wire::Reader;

/// Why a file's tasks cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProgramError {
    /// The file cannot be read.
    Io(io::Error),
    /// It is not an ELF, Mach-O or PE file.
    Format(Box<dyn Error + Send + Sync>),
    /// It holds no tasks.
    NoTasks,
    /// Its section has more bytes than tasks can have.
    TooLarge(u64),
    /// Its section is damaged, or of another version.
    Frame(FrameError),
    /// What the frame at this byte of the section holds is not what its kind says.
    Payload(usize, Box<dyn Error + Send + Sync>),
    /// The task in the frame at this byte of the section lacks this part of it.
    Incomplete(usize, &'static str),
    /// Two entities have one name.
    Duplicate(Duplicate),
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProgramError::Io(error) => error.fmt(f),
            ProgramError::Format(error) => {
                write!(
                    f,
                    "not an ELF, Mach-O or PE file of one architecture: {error}"
                )
            }
            ProgramError::NoTasks => f.write_str(NO_TASKS),
            ProgramError::TooLarge(size) => write!(
                f,
                "section `{SECTION}` has {size} bytes, more than tasks can have: is it another program's?"
            ),
            ProgramError::Frame(error) => error.fmt(f),
            ProgramError::Payload(offset, error) => write!(
                f,
                "the task in the frame at byte {offset} of section `{SECTION}` is damaged: {error}"
            ),
            ProgramError::Incomplete(offset, part) => write!(
                f,
                "the task in the frame at byte {offset} of section `{SECTION}` is damaged: it has \
                 no {part}"
            ),
            ProgramError::Duplicate(duplicate) => duplicate.fmt(f),
        }
    }
}

impl Error for ProgramError {}

/// What a hundred thousand tasks take: whoever names a foreign file shall not wait for it.
const LARGEST_SECTION: u64 = 1 << 28;

/// The tasks of the ELF, Mach-O or PE file at `path`, sorted by name.
///
/// The file may be stripped, and built for another machine; none of its code runs.
///
/// # Errors
///
/// When the file cannot be read or holds no tasks, and for damaged or duplicate tasks.
pub fn read_file(path: &Path) -> Result<Table<FoundTask>, ProgramError> {
    read(&ReadCache::new(open(path).map_err(ProgramError::Io)?))
}

/// What is no file has no sections, and may be endless.
fn open(path: &Path) -> io::Result<File> {
    match bounded::open(path) {
        Ok((file, _)) => Ok(file),
        Err(error) => {
            let is = match error.kind() {
                io::ErrorKind::IsADirectory => "a folder",
                io::ErrorKind::InvalidInput => "no file",
                _ => return Err(error),
            };
            let message = format!("{} is {is}", path.display());
            Err(io::Error::new(io::ErrorKind::InvalidInput, message))
        }
    }
}

/// The tasks of an object file's bytes, sorted by name.
///
/// # Errors
///
/// As [`read_file`], but for I/O.
pub fn read_object(bytes: &[u8]) -> Result<Table<FoundTask>, ProgramError> {
    read(bytes)
}

fn unknown_format(error: object::Error) -> ProgramError {
    ProgramError::Format(error.into())
}

fn read<'a>(file: impl ReadRef<'a>) -> Result<Table<FoundTask>, ProgramError> {
    let file = object::File::parse(file).map_err(unknown_format)?;
    let section = file.section_by_name(SECTION).ok_or(ProgramError::NoTasks)?;
    if section.size() > LARGEST_SECTION {
        return Err(ProgramError::TooLarge(section.size()));
    }
    let frames =
        read_frames(section.data().map_err(unknown_format)?).map_err(ProgramError::Frame)?;
    let entry = |frame: &Frame<'_>| match frame.kind {
        EntityKind::Task => found_task(frame),
    };
    let tasks = frames.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    if tasks.is_empty() {
        return Err(ProgramError::NoTasks);
    }
    Table::new(tasks).map_err(ProgramError::Duplicate)
}

fn found_task(frame: &Frame<'_>) -> Result<FoundTask, ProgramError> {
    let damaged = |error| ProgramError::Payload(frame.offset, error);
    let entry = TaskEntry::decode(frame.payload).map_err(|error| damaged(error.into()))?;
    let images = match frame.format {
        1 => ImagePaths::ByName,
        _ => ImagePaths::of(frame.payload).map_err(|error| damaged(error.into()))?,
    };
    let name = name_of(&entry).map_err(|part| ProgramError::Incomplete(frame.offset, part))?;
    let name = name.to_owned();
    let location = entry.location.unwrap_or_default();
    Ok(FoundTask {
        name,
        spec: spec_of(frame.payload).to_vec(),
        location: format!("{}:{}", location.file, location.line),
        images,
    })
}

/// The task's name, or the part that it lacks, without which it is no task.
fn name_of(entry: &TaskEntry) -> Result<&str, &'static str> {
    let spec = entry.spec.as_ref().ok_or("specification")?;
    let template = spec.template.as_ref().ok_or("template")?;
    let id = template.id.as_ref().ok_or("identifier")?;
    if id.name.is_empty() {
        return Err("name");
    }
    Ok(&id.name)
}

/// The field `spec` as it lies in the file: the message encoded again would lack what only a newer
/// version knows.
fn spec_of(entry: &[u8]) -> &[u8] {
    const SPEC: u32 = 1;
    let fields = Reader::new(entry).filter_map(Result::ok);
    let specs = fields.filter(|(number, _)| *number == SPEC);
    let specs = specs.filter_map(|(_, payload)| payload.bytes().ok());
    specs.last().unwrap_or_default()
}
