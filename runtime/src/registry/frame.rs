//! The encoding of entities in the binary: one frame per entity in one linker section.
//!
//! ```text
//! offset  bytes  what
//! 0       8      magic: 7f 66 6c 79 74 61 73 6b ("\x7fflytask")
//! 8       2      format version: 2
//! 10      6      the flytekit that wrote it: major, minor, patch
//! 16      2      kind of the entity: 1, a task; 2, a workflow; 3, a launch plan
//! 18      4      length of the payload
//! 22      …      payload: a TaskEntry, WorkflowEntry or LaunchPlanEntry of flytekit.registry.v1
//! ```
//!
//! Numbers are little-endian. Every later format keeps the first three fields, so that a reader which does
//! not know the format can say which flytekit does. Format 1 had no writer and no kind: all entities were
//! tasks.
//!
//! The section is called `flytekit` (on Mach-O in the segment `__DATA`; a PE image keeps only eight
//! characters). The linker may reorder frames and put zero bytes between them.

use std::fmt;

use super::launch_plan::LAUNCH_PLAN;
use super::table::Noun;
use super::task::TASK;
use super::workflow::WORKFLOW;
use crate::declare::{
    LaunchPlanDescriptor, Location, TaskDescriptor, WorkflowDescriptor, launch_plan, task_spec,
    workflow_spec,
};
use crate::wire::Writer;

/// The name of the section in the linked file.
pub const SECTION: &str = "flytekit";

/// The format that this version writes, and the newest one that it reads.
pub const FORMAT_VERSION: u16 = 2;

pub(super) const MAGIC: [u8; 8] = *b"\x7fflytask";

/// The kind of entity in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u16)]
pub enum EntityKind {
    /// A task: a `flytekit.registry.v1.TaskEntry`.
    Task = 1,
    /// A workflow with the launch plan of its name: a `flytekit.registry.v1.WorkflowEntry`.
    Workflow = 2,
    /// A launch plan with its own name: a `flytekit.registry.v1.LaunchPlanEntry`.
    LaunchPlan = 3,
}

impl EntityKind {
    /// All kinds, in the order of their numbers.
    pub(crate) const ALL: [Self; 3] = [
        EntityKind::Task,
        EntityKind::Workflow,
        EntityKind::LaunchPlan,
    ];

    /// The kind with this number, if this version knows it.
    pub(crate) fn of(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u16 == number)
    }

    /// The noun for messages.
    pub(crate) const fn noun(self) -> &'static Noun {
        match self {
            EntityKind::Task => TASK,
            EntityKind::Workflow => WORKFLOW,
            EntityKind::LaunchPlan => LAUNCH_PLAN,
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun().singular)
    }
}

/// A released version of flytekit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// Incremented for breaking changes.
    pub major: u16,
    /// Incremented for new features.
    pub minor: u16,
    /// Incremented for corrections.
    pub patch: u16,
}

impl Release {
    /// This release.
    pub const CURRENT: Self = Release {
        major: number(env!("CARGO_PKG_VERSION_MAJOR")),
        minor: number(env!("CARGO_PKG_VERSION_MINOR")),
        patch: number(env!("CARGO_PKG_VERSION_PATCH")),
    };
}

const fn number(text: &str) -> u16 {
    match u16::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => panic!("Cargo's versions consist of numbers"),
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A declaration that an attribute puts into the section.
#[derive(Clone, Copy, Debug)]
pub enum Declaration<'a> {
    /// A task.
    Task(&'a TaskDescriptor),
    /// A workflow, with the launch plan of its name.
    Workflow(&'a WorkflowDescriptor<'a>),
    /// A launch plan with its own name.
    LaunchPlan(&'a LaunchPlanDescriptor<'a>),
}

impl Declaration<'_> {
    const fn kind(&self) -> EntityKind {
        match self {
            Declaration::Task(_) => EntityKind::Task,
            Declaration::Workflow(_) => EntityKind::Workflow,
            Declaration::LaunchPlan(_) => EntityKind::LaunchPlan,
        }
    }

    /// Writes the fields of the entry.
    const fn entry(&self, w: &mut Writer<'_>) {
        match self {
            Declaration::Task(task) => task_entry(w, task),
            Declaration::Workflow(workflow) => workflow_entry(w, workflow),
            Declaration::LaunchPlan(plan) => launch_plan_entry(w, plan),
        }
    }
}

/// A frame of unknown length. If it fits into `ROOM` it is written only once, because writing is expensive
/// for the compiler. A longer frame is written twice.
#[derive(Debug)]
pub struct Draft<const ROOM: usize = TASK_ROOM> {
    bytes: [u8; ROOM],
    len: usize,
}

/// Enough for the frame of nearly every task and launch plan.
const TASK_ROOM: usize = 2048;

impl<const ROOM: usize> Draft<ROOM> {
    /// Writes the frame of `entity`.
    pub const fn new(entity: Declaration<'_>) -> Self {
        let mut bytes = [0; ROOM];
        let mut w = Writer::new(&mut bytes);
        frame(&mut w, &entity);
        let len = w.len();
        Draft { bytes, len }
    }

    /// The size of the frame.
    pub const fn frame_len(&self) -> usize {
        self.len
    }

    /// The frame, which the attribute puts into the section.
    ///
    /// # Panics
    ///
    /// If `N` is not [`frame_len`](Self::frame_len), or `entity` is not the drafted one.
    pub const fn finish<const N: usize>(&self, entity: Declaration<'_>) -> [u8; N] {
        assert!(self.len == N, "a frame has the length of its draft");
        if let Some(bytes) = self.bytes.last_chunk() {
            return *bytes;
        }
        let mut bytes = [0; N];
        let mut w = Writer::new(&mut bytes);
        frame(&mut w, &entity);
        assert!(w.len() == N, "a frame has the length of its draft");
        bytes
    }
}

const fn frame(w: &mut Writer<'_>, entity: &Declaration<'_>) {
    entity.entry(w);
    let payload = w.len();
    assert!(
        payload <= u32::MAX as usize,
        "an entity must not be larger than 4 GiB"
    );
    #[expect(clippy::cast_possible_truncation, reason = "asserted above")]
    w.raw(&(payload as u32).to_le_bytes());
    w.raw(&HEADERS[entity.kind() as usize - 1]);
}

/// The bytes before the length, by kind.
const HEADERS: [[u8; 18]; 3] = [
    header(EntityKind::Task),
    header(EntityKind::Workflow),
    header(EntityKind::LaunchPlan),
];

const fn header(kind: EntityKind) -> [u8; 18] {
    let mut header = [0; 18];
    let mut w = Writer::new(&mut header);
    w.raw(&(kind as u16).to_le_bytes());
    w.raw(&Release::CURRENT.patch.to_le_bytes());
    w.raw(&Release::CURRENT.minor.to_le_bytes());
    w.raw(&Release::CURRENT.major.to_le_bytes());
    w.raw(&FORMAT_VERSION.to_le_bytes());
    w.raw(&MAGIC);
    header
}

/// The fields of `TaskEntry`.
const fn task_entry(w: &mut Writer<'_>, task: &TaskDescriptor) {
    if let Some(custom) = &task.custom {
        w.raw(custom.images);
    }
    location(w, task.location);
    let end = w.len();
    task_spec(w, task);
    w.message(1, end);
}

/// The fields of `WorkflowEntry`.
const fn workflow_entry(w: &mut Writer<'_>, workflow: &WorkflowDescriptor<'_>) {
    let end = w.len();
    launch_plan_entry(w, &LaunchPlanDescriptor::default_of(workflow));
    w.message(3, end);
    location(w, workflow.location);
    let end = w.len();
    workflow_spec(w, workflow);
    w.message(1, end);
}

/// The fields of `LaunchPlanEntry`.
const fn launch_plan_entry(w: &mut Writer<'_>, plan: &LaunchPlanDescriptor<'_>) {
    w.string_nonempty(4, plan.docs);
    w.bool_true(3, plan.auto_activate);
    location(w, plan.location);
    let end = w.len();
    launch_plan(w, plan);
    w.message(1, end);
}

/// Writes the `SourceLocation`, whose field has the same number in all entries.
const fn location(w: &mut Writer<'_>, location: Location) {
    let end = w.len();
    w.int64_nonzero(2, location.line as i64);
    w.string_nonempty(1, location.file);
    w.message(2, end);
}
