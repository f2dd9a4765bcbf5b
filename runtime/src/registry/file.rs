//! Reading the tasks of an executable or library from its file, without running it.

use std::fs::File;
use std::path::Path;
use std::{fmt, io};

use flytekit_proto::registry::TaskEntry;
use object::{Object, ObjectSection, ReadCache, ReadRef};
use prost::Message;

use super::frame::{EntityKind, SECTION};
use super::section::{Frame, FrameError, read_frames};
use crate::wire::Reader;

/// A task as it lies in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundTask {
    /// Its name in Flyte.
    pub name: String,
    /// The bytes of its `flyteidl.admin.TaskSpec`.
    pub spec: Vec<u8>,
    /// Where its function is written: `file:line`.
    pub location: String,
}

/// Why a file's tasks cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// The file cannot be read.
    Io(io::Error),
    /// It is not an ELF, Mach-O or PE file.
    Format(object::Error),
    /// It holds no tasks.
    NoTasks,
    /// Its section has more bytes than tasks can have.
    TooLarge(u64),
    /// Its section is damaged, or of another version.
    Frame(FrameError),
    /// What the frame at this byte of the section holds is not what its kind says.
    Payload(usize, prost::DecodeError),
    /// The task in the frame at this byte of the section lacks this part of it.
    Incomplete(usize, &'static str),
    /// Two tasks have one name.
    Duplicate(DuplicateTask),
}

/// Two tasks of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateTask {
    /// The name.
    pub name: String,
    /// Where the two functions are written.
    pub locations: [String; 2],
}

impl fmt::Display for DuplicateTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.locations;
        write!(
            f,
            "two tasks are called `{}`: one at {first}, one at {second}; rename one, or give it \
             another name with #[task(name = \"…\")]",
            self.name
        )
    }
}

impl std::error::Error for DuplicateTask {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(error) => error.fmt(f),
            ReadError::Format(error) => {
                write!(
                    f,
                    "not an ELF, Mach-O or PE file of one architecture: {error}"
                )
            }
            ReadError::NoTasks => f.write_str(NO_TASKS),
            ReadError::TooLarge(size) => write!(
                f,
                "section `{SECTION}` has {size} bytes, more than tasks can have: is it another program's?"
            ),
            ReadError::Frame(error) => error.fmt(f),
            ReadError::Payload(offset, error) => write!(
                f,
                "the task in the frame at byte {offset} of section `{SECTION}` is damaged: {error}"
            ),
            ReadError::Incomplete(offset, part) => write!(
                f,
                "the task in the frame at byte {offset} of section `{SECTION}` is damaged: it has \
                 no {part}"
            ),
            ReadError::Duplicate(duplicate) => duplicate.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {}

/// What a hundred thousand tasks take: whoever names a foreign file shall not wait for it.
const LARGEST_SECTION: u64 = 1 << 28;

/// What to say when a binary holds no tasks.
pub(crate) const NO_TASKS: &str = "no tasks found: is a function marked with #[task]? Tasks of a \
    library crate are linked only if the binary names that crate; `use my_tasks as _;` is enough";

/// The tasks of the ELF, Mach-O or PE file at `path`, sorted by name.
///
/// The file may be stripped, and built for another machine; none of its code runs.
///
/// # Errors
///
/// When the file cannot be read or holds no tasks, and for damaged or duplicate tasks.
pub fn read_file(path: &Path) -> Result<Vec<FoundTask>, ReadError> {
    read(&ReadCache::new(open(path).map_err(ReadError::Io)?))
}

/// What is no file has no sections, and may be endless.
fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() {
        return Ok(file);
    }
    let is = if kind.is_dir() { "a folder" } else { "no file" };
    let message = format!("{} is {is}", path.display());
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// The tasks of an object file's bytes, sorted by name.
///
/// # Errors
///
/// As [`read_file`], but for I/O.
pub fn read_object(bytes: &[u8]) -> Result<Vec<FoundTask>, ReadError> {
    read(bytes)
}

fn read<'a>(file: impl ReadRef<'a>) -> Result<Vec<FoundTask>, ReadError> {
    let file = object::File::parse(file).map_err(ReadError::Format)?;
    let section = file.section_by_name(SECTION).ok_or(ReadError::NoTasks)?;
    if section.size() > LARGEST_SECTION {
        return Err(ReadError::TooLarge(section.size()));
    }
    let frames =
        read_frames(section.data().map_err(ReadError::Format)?).map_err(ReadError::Frame)?;
    let entry = |frame: &Frame<'_>| match frame.kind {
        EntityKind::Task => found_task(frame),
    };
    let mut tasks = frames.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    if tasks.is_empty() {
        return Err(ReadError::NoTasks);
    }
    tasks.sort_by(|left, right| left.name.cmp(&right.name));
    refuse_duplicates(&tasks)?;
    Ok(tasks)
}

fn found_task(frame: &Frame<'_>) -> Result<FoundTask, ReadError> {
    let entry = TaskEntry::decode(frame.payload);
    let entry = entry.map_err(|error| ReadError::Payload(frame.offset, error))?;
    let name = name_of(&entry).map_err(|part| ReadError::Incomplete(frame.offset, part))?;
    let name = name.to_owned();
    let location = entry.location.unwrap_or_default();
    Ok(FoundTask {
        name,
        spec: spec_of(frame.payload).to_vec(),
        location: format!("{}:{}", location.file, location.line),
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

fn refuse_duplicates(tasks: &[FoundTask]) -> Result<(), ReadError> {
    for pair in tasks.windows(2) {
        if pair[0].name == pair[1].name {
            return Err(ReadError::Duplicate(DuplicateTask {
                name: pair[0].name.clone(),
                locations: [pair[0].location.clone(), pair[1].location.clone()],
            }));
        }
    }
    Ok(())
}
