//! How a task lies in the binary: one frame a task in one linker section.
//!
//! ```text
//! offset  bytes  what
//! 0       8      magic: 7f 66 6c 79 74 61 73 6b ("\x7fflytask")
//! 8       2      format version, little-endian: 1
//! 10      4      length of the payload, little-endian
//! 14      …      payload: flytekit.registry.v1.TaskEntry { spec = 1, location = 2 }
//! ```
//!
//! The section is called `flytekit` (on Mach-O in the segment `__DATA`; eight characters, which is
//! all that a PE image keeps). The linker may reorder frames and put zero bytes between them.

use crate::declare::{TaskDescriptor, task_spec};
use crate::wire::Writer;

/// The name of the section in the linked file.
pub const SECTION: &str = "flytekit";

/// The format that this version writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 1;

const MAGIC: [u8; 8] = *b"\x7fflytask";
const HEADER: usize = MAGIC.len() + 2 + 4;

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
    w.raw(&FORMAT_VERSION.to_le_bytes());
    w.raw(&MAGIC);
}

/// Writes the fields of `TaskEntry`.
const fn entry(w: &mut Writer<'_>, task: &TaskDescriptor) {
    let end = w.len();
    w.int64_nonzero(2, task.location.line as i64);
    w.string_nonempty(1, task.location.file);
    w.message(2, end);
    let end = w.len();
    task_spec(w, task);
    w.message(1, end);
}

/// Why a section cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// Something other than a frame begins here.
    NoMagic {
        /// Bytes from the section's start.
        offset: usize,
    },
    /// The frame is of a format that a newer version writes.
    UnknownVersion {
        /// Bytes from the section's start.
        offset: usize,
        /// The frame's version.
        version: u16,
    },
    /// The section ends inside the frame.
    Truncated {
        /// Bytes from the section's start.
        offset: usize,
    },
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FrameError::NoMagic { offset } => {
                write!(
                    f,
                    "byte {offset} of section `{SECTION}` does not begin a task's frame"
                )
            }
            FrameError::UnknownVersion { offset, version } => write!(
                f,
                "the frame at byte {offset} has format version {version}; flytekit {} reads versions \
                 up to {FORMAT_VERSION}, use the flytekit that built the file or a newer one",
                env!("CARGO_PKG_VERSION"),
            ),
            FrameError::Truncated { offset } => {
                write!(
                    f,
                    "section `{SECTION}` ends inside the frame at byte {offset}"
                )
            }
        }
    }
}

impl std::error::Error for FrameError {}

/// The payloads of a section, in the order in which they lie there.
///
/// # Errors
///
/// When the bytes are not frames, or of an unknown format.
pub fn read_frames(section: &[u8]) -> Result<Vec<&[u8]>, FrameError> {
    let mut payloads = Vec::new();
    let mut offset = 0;
    while let Some(start) = next_frame(section, offset) {
        let payload = read_frame(section, start)?;
        offset = start + HEADER + payload.len();
        payloads.push(payload);
    }
    Ok(payloads)
}

/// Where the next byte that is not padding lies.
fn next_frame(section: &[u8], from: usize) -> Option<usize> {
    Some(from + section.get(from..)?.iter().position(|byte| *byte != 0)?)
}

fn read_frame(section: &[u8], offset: usize) -> Result<&[u8], FrameError> {
    let rest = section.get(offset..).unwrap_or_default();
    let rest = rest
        .strip_prefix(&MAGIC)
        .ok_or(FrameError::NoMagic { offset })?;
    let truncated = FrameError::Truncated { offset };
    let (version, rest) = rest.split_first_chunk().ok_or(truncated.clone())?;
    let version = u16::from_le_bytes(*version);
    if version != FORMAT_VERSION {
        return Err(FrameError::UnknownVersion { offset, version });
    }
    let (length, rest) = rest.split_first_chunk().ok_or(truncated.clone())?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| truncated.clone())?;
    rest.get(..length).ok_or(truncated)
}

#[cfg(test)]
mod tests {
    use super::{Draft, FrameError, read_frames};
    use crate::declare::TaskDescriptor;

    const TASK: TaskDescriptor = TaskDescriptor {
        name: "app.add",
        ..TaskDescriptor::DEFAULT
    };
    const DRAFT: Draft = Draft::new(&TASK);
    static FRAME: [u8; DRAFT.frame_len()] = DRAFT.finish(&TASK);

    #[test]
    fn frames_are_found_with_padding_between_them() {
        let section = [&FRAME[..], &[0; 5], &FRAME[..]].concat();
        let payloads = read_frames(&section).expect("two frames");
        assert_eq!(payloads, [&FRAME[14..], &FRAME[14..]]);
    }

    #[test]
    fn a_frame_longer_than_the_draft_has_room_for_is_whole() {
        const DOCS: &str = match str::from_utf8(&[b'x'; 5000]) {
            Ok(docs) => docs,
            Err(_) => panic!("ASCII"),
        };
        const LONG: TaskDescriptor = TaskDescriptor { docs: DOCS, ..TASK };
        const DRAFT: Draft = Draft::new(&LONG);
        static FRAME: [u8; DRAFT.frame_len()] = DRAFT.finish(&LONG);
        let payloads = read_frames(&FRAME).expect("one frame");
        assert!(
            payloads[0]
                .windows(5000)
                .any(|text| text == DOCS.as_bytes())
        );
    }

    #[test]
    fn an_empty_section_holds_nothing() {
        assert_eq!(read_frames(&[0; 3]), Ok(vec![]));
    }

    #[test]
    fn a_newer_format_is_refused_by_name() {
        let mut newer = FRAME;
        newer[8] = 2;
        let error = read_frames(&newer).expect_err("version 2");
        assert_eq!(
            error,
            FrameError::UnknownVersion {
                offset: 0,
                version: 2
            }
        );
    }

    #[test]
    fn every_truncation_is_refused() {
        for len in 1..FRAME.len() {
            assert!(read_frames(&FRAME[..len]).is_err(), "{len} bytes");
        }
    }

    #[test]
    fn foreign_bytes_are_refused() {
        assert_eq!(read_frames(b"\x01"), Err(FrameError::NoMagic { offset: 0 }));
    }
}
