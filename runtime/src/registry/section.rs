//! Reads the frames of a section, in every format that was ever written.

use std::fmt;

use super::frame::{EntityKind, FORMAT_VERSION, MAGIC, Release, SECTION};

/// An entity in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame<'a> {
    /// The offset from the section's start.
    pub offset: usize,
    /// The version of the format.
    pub format: u16,
    /// The kind of entity.
    pub kind: EntityKind,
    /// The message of the entity, whose type depends on the kind.
    pub payload: &'a [u8],
}

/// Why a section cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// The bytes at this offset are not a frame.
    NoMagic {
        /// The offset from the section's start.
        offset: usize,
    },
    /// The frame has a format that a newer version writes.
    UnknownFormat {
        /// The offset from the section's start.
        offset: usize,
        /// The version of the format.
        format: u16,
        /// The version that wrote it.
        writer: Release,
    },
    /// The frame has a kind that only a newer version knows.
    UnknownKind {
        /// The offset from the section's start.
        offset: usize,
        /// The number of the kind.
        kind: u16,
        /// The version that wrote it.
        writer: Release,
    },
    /// The section ends inside the frame.
    Truncated {
        /// The offset from the section's start.
        offset: usize,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::NoMagic { offset } => {
                write!(
                    f,
                    "byte {offset} of section `{SECTION}` does not begin an entity's frame"
                )
            }
            FrameError::UnknownFormat {
                offset,
                format,
                writer,
            } => write!(
                f,
                "the frame at byte {offset} has format version {format}, which flytekit {writer} \
                 writes; flytekit {} reads the versions 1 to {FORMAT_VERSION}: use {writer} or a \
                 newer one",
                Release::CURRENT,
            ),
            FrameError::UnknownKind {
                offset,
                kind,
                writer,
            } => write!(
                f,
                "the frame at byte {offset} holds an entity of kind {kind}, which flytekit {writer} \
                 writes; flytekit {} does not know it: use {writer} or a newer one",
                Release::CURRENT,
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

/// The frames of a section, in order.
///
/// # Errors
///
/// If the bytes are not frames, or have an unknown format or kind.
pub fn read_frames(section: &[u8]) -> Result<Vec<Frame<'_>>, FrameError> {
    let mut bytes = Bytes {
        section,
        at: 0,
        frame: 0,
    };
    let mut frames = Vec::new();
    while bytes.skip_padding() {
        frames.push(read_frame(&mut bytes)?);
    }
    Ok(frames)
}

fn read_frame<'a>(bytes: &mut Bytes<'a>) -> Result<Frame<'a>, FrameError> {
    bytes.begin()?;
    let format = bytes.number()?;
    let kind = match format {
        1 => EntityKind::Task,
        _ => read_kind(bytes, format)?,
    };
    Ok(Frame {
        offset: bytes.frame,
        format,
        kind,
        payload: bytes.payload()?,
    })
}

/// Reads the kind of a frame that names its writer.
fn read_kind(bytes: &mut Bytes<'_>, format: u16) -> Result<EntityKind, FrameError> {
    let offset = bytes.frame;
    let writer = Release {
        major: bytes.number()?,
        minor: bytes.number()?,
        patch: bytes.number()?,
    };
    if format != FORMAT_VERSION {
        return Err(FrameError::UnknownFormat {
            offset,
            format,
            writer,
        });
    }
    let kind = bytes.number()?;
    EntityKind::of(kind).ok_or(FrameError::UnknownKind {
        offset,
        kind,
        writer,
    })
}

/// A section that is being read.
struct Bytes<'a> {
    section: &'a [u8],
    /// The current offset.
    at: usize,
    /// The offset of the current frame.
    frame: usize,
}

impl<'a> Bytes<'a> {
    fn rest(&self) -> &'a [u8] {
        self.section.get(self.at..).unwrap_or_default()
    }

    /// Skips padding, and returns whether a byte follows.
    fn skip_padding(&mut self) -> bool {
        let padding = self.rest().iter().position(|byte| *byte != 0);
        self.at += padding.unwrap_or_default();
        padding.is_some()
    }

    /// Begins a frame.
    fn begin(&mut self) -> Result<(), FrameError> {
        self.frame = self.at;
        if !self.rest().starts_with(&MAGIC) {
            return Err(FrameError::NoMagic { offset: self.at });
        }
        self.at += MAGIC.len();
        Ok(())
    }

    fn number(&mut self) -> Result<u16, FrameError> {
        self.array().map(u16::from_le_bytes)
    }

    /// Reads a length and as many bytes.
    fn payload(&mut self) -> Result<&'a [u8], FrameError> {
        let length = self.array().map(u32::from_le_bytes)?;
        let payload = usize::try_from(length).ok();
        let payload = payload.and_then(|length| self.rest().get(..length));
        let payload = payload.ok_or(self.truncated())?;
        self.at += payload.len();
        Ok(payload)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let array = self.rest().first_chunk().ok_or(self.truncated())?;
        self.at += N;
        Ok(*array)
    }

    fn truncated(&self) -> FrameError {
        FrameError::Truncated { offset: self.frame }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::TaskDescriptor;
    use crate::registry::{Declaration, Draft};

    const TASK: TaskDescriptor = TaskDescriptor {
        name: "app.add",
        ..TaskDescriptor::DEFAULT
    };
    const DRAFT: Draft = Draft::new(Declaration::Task(&TASK));
    static FRAME: [u8; DRAFT.frame_len()] = DRAFT.finish(Declaration::Task(&TASK));

    const FORMAT: usize = 8;
    const WRITER: usize = 10;
    const KIND: usize = 16;
    const PAYLOAD: usize = 22;

    fn found(offset: usize) -> Frame<'static> {
        Frame {
            offset,
            format: FORMAT_VERSION,
            kind: EntityKind::Task,
            payload: &FRAME[PAYLOAD..],
        }
    }

    #[test]
    fn frames_are_found_with_padding_between_them() {
        let section = [&FRAME[..], &[0; 5], &FRAME[..]].concat();
        let frames = read_frames(&section).expect("two frames");
        assert_eq!(frames, [found(0), found(FRAME.len() + 5)]);
    }

    #[test]
    fn a_frame_longer_than_the_draft_has_room_for_is_whole() {
        const DOCS: &str = match str::from_utf8(&[b'x'; 5000]) {
            Ok(docs) => docs,
            Err(_) => panic!("ASCII"),
        };
        const LONG: TaskDescriptor = TaskDescriptor { docs: DOCS, ..TASK };
        const DRAFT: Draft = Draft::new(Declaration::Task(&LONG));
        static FRAME: [u8; DRAFT.frame_len()] = DRAFT.finish(Declaration::Task(&LONG));
        let frames = read_frames(&FRAME).expect("one frame");
        let mut texts = frames[0].payload.windows(DOCS.len());
        assert!(texts.any(|text| text == DOCS.as_bytes()));
    }

    #[test]
    fn an_empty_section_holds_nothing() {
        assert_eq!(read_frames(&[0; 3]), Ok(vec![]));
    }

    #[test]
    fn a_frame_of_the_first_format_is_a_task() {
        let old = [&MAGIC[..], &[1, 0], &[3, 0, 0, 0], b"abc"].concat();
        let expected = Frame {
            offset: 2,
            format: 1,
            kind: EntityKind::Task,
            payload: b"abc",
        };
        let section = [&[0, 0], &old[..]].concat();
        assert_eq!(read_frames(&section), Ok(vec![expected]));
        for len in 1..old.len() {
            let truncated = read_frames(&old[..len]);
            assert!(truncated.is_err(), "{len} bytes");
        }
    }

    /// The error about a newer version's frame names that version.
    #[test]
    fn a_newer_format_or_kind_is_refused_with_its_writer() {
        let newer = |at: usize, number: u16| {
            let mut frame = FRAME;
            frame[WRITER..KIND].copy_from_slice(&[3, 0, 14, 0, 15, 0]);
            frame[at..at + 2].copy_from_slice(&number.to_le_bytes());
            read_frames(&frame).expect_err("it is newer")
        };
        let writer = Release {
            major: 3,
            minor: 14,
            patch: 15,
        };
        let (offset, next_format) = (0, FORMAT_VERSION + 1);
        let next_kind = EntityKind::LaunchPlan as u16 + 1;
        let format = FrameError::UnknownFormat {
            offset,
            format: next_format,
            writer,
        };
        let kind = FrameError::UnknownKind {
            offset,
            kind: next_kind,
            writer,
        };
        assert_eq!(newer(FORMAT, next_format), format);
        assert_eq!(newer(KIND, next_kind), kind);
        assert!(matches!(newer(KIND, 0), FrameError::UnknownKind { .. }));
        assert!(matches!(newer(FORMAT, 0), FrameError::UnknownFormat { .. }));
        for error in [format, kind] {
            let words = error.to_string();
            assert!(words.ends_with(": use 3.14.15 or a newer one"), "{words}");
        }
    }

    #[test]
    fn a_frame_says_what_wrote_it() {
        let written = [WRITER, WRITER + 2, WRITER + 4].map(|at| u16::from(FRAME[at]));
        let Release {
            major,
            minor,
            patch,
        } = Release::CURRENT;
        assert_eq!(written, [major, minor, patch]);
        assert!(env!("CARGO_PKG_VERSION").starts_with(&Release::CURRENT.to_string()));
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
