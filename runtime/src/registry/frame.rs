//! How entities lie in the binary: one frame each in one linker section.
//!
//! ```text
//! offset  bytes  what
//! 0       8      magic: 7f 66 6c 79 74 61 73 6b ("\x7fflytask")
//! 8       2      format version: 2
//! 10      6      the flytekit that wrote it: major, minor, patch
//! 16      2      kind of the entity: 1, a task
//! 18      4      length of the payload
//! 22      …      payload of a task: flytekit.registry.v1.TaskEntry
//! ```
//!
//! Numbers are little-endian. Every later format keeps the first three fields, so that who cannot read
//! it can say which flytekit can. Format 1 had no writer and no kind: all were tasks.
//!
//! The section is called `flytekit` (on Mach-O in the segment `__DATA`; eight characters, which is
//! all that a PE image keeps). The linker may reorder frames and put zero bytes between them.

use std::fmt;

use crate::declare::{TaskDescriptor, task_spec};
use crate::wire::Writer;

/// The name of the section in the linked file.
pub const SECTION: &str = "flytekit";

/// The format that this version writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 2;

pub(super) const MAGIC: [u8; 8] = *b"\x7fflytask";

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u16)]
pub enum EntityKind {
    /// A task: a `flytekit.registry.v1.TaskEntry`.
    Task = 1,
}

impl EntityKind {
    const ALL: [Self; 1] = [EntityKind::Task];

    /// The kind of this number, if this version knows it.
    pub(super) fn of(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u16 == number)
    }
}

/// A released version of flytekit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// Counts what breaks programs.
    pub major: u16,
    /// Counts what is new.
    pub minor: u16,
    /// Counts corrections.
    pub patch: u16,
}

impl Release {
    /// This one.
    pub const CURRENT: Self = Release {
        major: number(env!("CARGO_PKG_VERSION_MAJOR")),
        minor: number(env!("CARGO_PKG_VERSION_MINOR")),
        patch: number(env!("CARGO_PKG_VERSION_PATCH")),
    };
}

const fn number(text: &str) -> u16 {
    match u16::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => panic!("Cargo's versions are of numbers"),
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The frame of a task while its length is not known: written once, where it fits, which is what
/// costs the compiler its time.
#[derive(Debug)]
pub struct Draft {
    bytes: [u8; Draft::ROOM],
    len: usize,
}

impl Draft {
    /// Enough for the frame of nearly every task; a longer one is written twice.
    const ROOM: usize = 2048;

    /// Writes the frame of `task`.
    pub const fn new(task: &TaskDescriptor) -> Self {
        let mut bytes = [0; Draft::ROOM];
        let mut w = Writer::new(&mut bytes);
        frame(&mut w, task);
        let len = w.len();
        Draft { bytes, len }
    }

    /// How many bytes the frame has.
    pub const fn frame_len(&self) -> usize {
        self.len
    }

    /// The frame: what the attribute puts into the section.
    ///
    /// # Panics
    ///
    /// When `N` is not [`frame_len`](Self::frame_len), or `task` not the one that was drafted.
    pub const fn finish<const N: usize>(&self, task: &TaskDescriptor) -> [u8; N] {
        assert!(self.len == N, "a frame has the length of its draft");
        if let Some(bytes) = self.bytes.last_chunk() {
            return *bytes;
        }
        let mut bytes = [0; N];
        let mut w = Writer::new(&mut bytes);
        frame(&mut w, task);
        assert!(w.len() == N, "a frame has the length of its draft");
        bytes
    }
}

const fn frame(w: &mut Writer<'_>, task: &TaskDescriptor) {
    entry(w, task);
    let payload = w.len();
    assert!(
        payload <= u32::MAX as usize,
        "a task's template is larger than 4 GiB"
    );
    #[expect(clippy::cast_possible_truncation, reason = "asserted above")]
    w.raw(&(payload as u32).to_le_bytes());
    w.raw(&HEADER_OF_TASKS);
}

/// What stands in front of the length, which is the same for every task.
const HEADER_OF_TASKS: [u8; 18] = {
    let mut header = [0; 18];
    let mut w = Writer::new(&mut header);
    w.raw(&(EntityKind::Task as u16).to_le_bytes());
    w.raw(&Release::CURRENT.patch.to_le_bytes());
    w.raw(&Release::CURRENT.minor.to_le_bytes());
    w.raw(&Release::CURRENT.major.to_le_bytes());
    w.raw(&FORMAT_VERSION.to_le_bytes());
    w.raw(&MAGIC);
    header
};

/// Writes the fields of `TaskEntry`.
const fn entry(w: &mut Writer<'_>, task: &TaskDescriptor) {
    if let Some(custom) = &task.custom {
        w.raw(custom.images);
    }
    let end = w.len();
    w.int64_nonzero(2, task.location.line as i64);
    w.string_nonempty(1, task.location.file);
    w.message(2, end);
    let end = w.len();
    task_spec(w, task);
    w.message(1, end);
}
