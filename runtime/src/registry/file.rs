//! Reads the entities of an executable or library from its file, without running it.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::{fmt, io};

use flytekit_proto::flyteidl::core::Identifier;
use flytekit_proto::registry::{LaunchPlanEntry, SourceLocation, TaskEntry, WorkflowEntry};
use object::{Object, ObjectSection, ReadCache, ReadRef};
use prost::Message;

use super::NO_TASKS;
use super::frame::{EntityKind, SECTION};
use super::images::ImagePaths;
use super::section::{Frame, FrameError, read_frames};
use super::table::{Duplicate, Table};
use super::{Entities, FoundLaunchPlan, FoundTask, FoundWorkflow, entities};
use crate::bounded;
use crate::wire::Reader;

/// Why a file's entities cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProgramError {
    /// The file cannot be read.
    Io(io::Error),
    /// It is not an ELF, Mach-O or PE file.
    Format(Box<dyn Error + Send + Sync>),
    /// The file contains no entities.
    NoTasks,
    /// The section has more bytes than entities can have.
    TooLarge(u64),
    /// The section is damaged, or of another version.
    Frame(FrameError),
    /// The payload of the frame at this byte of the section does not have the declared kind.
    Payload(EntityKind, usize, Box<dyn Error + Send + Sync>),
    /// The entity in the frame at this byte of the section lacks this part.
    Incomplete(EntityKind, usize, &'static str),
    /// Two entities have the same name.
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
                "section `{SECTION}` has {size} bytes, more than entities can have: is it from another program?"
            ),
            ProgramError::Frame(error) => error.fmt(f),
            ProgramError::Payload(kind, offset, error) => write!(
                f,
                "the {kind} in the frame at byte {offset} of section `{SECTION}` is damaged: {error}"
            ),
            ProgramError::Incomplete(kind, offset, part) => write!(
                f,
                "the {kind} in the frame at byte {offset} of section `{SECTION}` is damaged: it has \
                 no {part}"
            ),
            ProgramError::Duplicate(duplicate) => duplicate.fmt(f),
        }
    }
}

impl Error for ProgramError {}

/// The size of a hundred thousand tasks. The limit keeps a wrong file from taking long.
const LARGEST_SECTION: u64 = 1 << 28;

/// Reads the entities of the ELF, Mach-O or PE file at `path`, sorted by name.
///
/// The file may be stripped, and built for another machine; none of its code runs.
///
/// # Errors
///
/// If the file cannot be read or contains no entities, and for damaged or duplicate ones.
pub fn read_file(path: &Path) -> Result<Entities, ProgramError> {
    read(&ReadCache::new(open(path).map_err(ProgramError::Io)?))
}

/// Opens a file: only a file has sections, and a device may be endless.
fn open(path: &Path) -> io::Result<File> {
    match bounded::open(path) {
        Ok((file, _)) => Ok(file),
        Err(error) => {
            let is = match error.kind() {
                io::ErrorKind::IsADirectory => "a folder",
                io::ErrorKind::InvalidInput => "not a file",
                _ => return Err(error),
            };
            let message = format!("{} is {is}", path.display());
            Err(io::Error::new(io::ErrorKind::InvalidInput, message))
        }
    }
}

/// Reads the entities from an object file's bytes, sorted by name.
///
/// # Errors
///
/// Like [`read_file`], except for I/O.
pub fn read_object(bytes: &[u8]) -> Result<Entities, ProgramError> {
    read(bytes)
}

fn unknown_format(error: object::Error) -> ProgramError {
    ProgramError::Format(error.into())
}

fn read<'a>(file: impl ReadRef<'a>) -> Result<Entities, ProgramError> {
    let file = object::File::parse(file).map_err(unknown_format)?;
    let section = file.section_by_name(SECTION).ok_or(ProgramError::NoTasks)?;
    if section.size() > LARGEST_SECTION {
        return Err(ProgramError::TooLarge(section.size()));
    }
    let frames =
        read_frames(section.data().map_err(unknown_format)?).map_err(ProgramError::Frame)?;
    let entities = found(&frames)?;
    if entities.is_empty() {
        return Err(ProgramError::NoTasks);
    }
    Ok(entities)
}

fn found(frames: &[Frame<'_>]) -> Result<Entities, ProgramError> {
    let (mut tasks, mut workflows, mut plans) = (Vec::new(), Vec::new(), Vec::new());
    for frame in frames {
        match frame.kind {
            EntityKind::Task => tasks.push(task(frame)?),
            EntityKind::Workflow => workflows.push(workflow(frame)?),
            EntityKind::LaunchPlan => plans.push(launch_plan(frame)?),
        }
    }
    let entities = Entities {
        tasks: Table::new(tasks).map_err(ProgramError::Duplicate)?,
        workflows: Table::new(workflows).map_err(ProgramError::Duplicate)?,
        launch_plans: Table::new(plans).map_err(ProgramError::Duplicate)?,
    };
    entities::keep_apart(&entities.tasks, &entities.workflows, &entities.launch_plans)
        .map_err(ProgramError::Duplicate)?;
    Ok(entities)
}

fn task(frame: &Frame<'_>) -> Result<FoundTask, ProgramError> {
    let entry: TaskEntry = decoded(frame, frame.payload)?;
    let images = match frame.format {
        1 => ImagePaths::ByName,
        _ => ImagePaths::of(frame.payload).map_err(|error| damaged(frame, error))?,
    };
    let spec = entry
        .spec
        .ok_or_else(|| incomplete(frame, "specification"))?;
    let template = spec.template.ok_or_else(|| incomplete(frame, "template"))?;
    Ok(FoundTask {
        name: name_of(frame, template.id)?,
        spec: bytes_of(frame.payload, 1).to_vec(),
        location: place(entry.location),
        images,
    })
}

fn workflow(frame: &Frame<'_>) -> Result<FoundWorkflow, ProgramError> {
    let entry: WorkflowEntry = decoded(frame, frame.payload)?;
    let spec = entry
        .spec
        .ok_or_else(|| incomplete(frame, "specification"))?;
    let template = spec.template.ok_or_else(|| incomplete(frame, "template"))?;
    let plan = entry
        .default_plan
        .ok_or_else(|| incomplete(frame, "launch plan"))?;
    Ok(FoundWorkflow {
        name: name_of(frame, template.id)?,
        spec: bytes_of(frame.payload, 1).to_vec(),
        default_plan: plan_of(frame, plan, bytes_of(frame.payload, 3))?,
        location: place(entry.location),
    })
}

fn launch_plan(frame: &Frame<'_>) -> Result<FoundLaunchPlan, ProgramError> {
    let entry = decoded(frame, frame.payload)?;
    plan_of(frame, entry, frame.payload)
}

/// The launch plan of an entry, from these bytes of the frame.
fn plan_of(
    frame: &Frame<'_>,
    entry: LaunchPlanEntry,
    bytes: &[u8],
) -> Result<FoundLaunchPlan, ProgramError> {
    let plan = entry.plan.unwrap_or_default();
    let spec = plan
        .spec
        .ok_or_else(|| incomplete(frame, "specification"))?;
    let workflow = spec.workflow_id;
    Ok(FoundLaunchPlan {
        name: name_of(frame, plan.id)?,
        elsewhere: !workflow.as_ref().is_none_or(is_of_this_program),
        workflow: name_of(frame, workflow)?,
        plan: bytes_of(bytes, 1).to_vec(),
        auto_activate: entry.auto_activate,
        description: entry.description,
        location: place(entry.location),
    })
}

fn decoded<M: Message + Default>(frame: &Frame<'_>, bytes: &[u8]) -> Result<M, ProgramError> {
    M::decode(bytes).map_err(|error| damaged(frame, error))
}

fn damaged(frame: &Frame<'_>, error: impl Into<Box<dyn Error + Send + Sync>>) -> ProgramError {
    ProgramError::Payload(frame.kind, frame.offset, error.into())
}

fn incomplete(frame: &Frame<'_>, part: &'static str) -> ProgramError {
    ProgramError::Incomplete(frame.kind, frame.offset, part)
}

/// The name, which every entity needs.
fn name_of(frame: &Frame<'_>, id: Option<Identifier>) -> Result<String, ProgramError> {
    let id = id.ok_or_else(|| incomplete(frame, "identifier"))?;
    if id.name.is_empty() {
        return Err(incomplete(frame, "name"));
    }
    Ok(id.name)
}

/// Whether this program registers the entity. The identifier of another program's entity has a project, a
/// domain or a version.
pub(crate) fn is_of_this_program(id: &Identifier) -> bool {
    id.project.is_empty() && id.domain.is_empty() && id.version.is_empty()
}

fn place(location: Option<SourceLocation>) -> String {
    let SourceLocation { file, line } = location.unwrap_or_default();
    format!("{file}:{line}")
}

/// The message at `field` as it is in the file: decoding and encoding it would drop fields of newer versions.
fn bytes_of(entry: &[u8], field: u32) -> &[u8] {
    let fields = Reader::new(entry).filter_map(Result::ok);
    let found = fields.filter(|(number, _)| *number == field);
    let found = found.filter_map(|(_, payload)| payload.bytes().ok());
    found.last().unwrap_or_default()
}
