//! Limits how much of an archive is read at a time: `tar` reads whole names and attributes of members into
//! memory, without saying how long they are.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};
use std::rc::Rc;

/// The maximum size before a member's content: names and attributes of thousands of characters.
pub(crate) const HEADER: u64 = 1 << 20;

/// How much may be read until the limit is set again. Clones share the limit.
#[derive(Clone, Debug, Default)]
pub struct Ration(Rc<Cell<u64>>);

impl Ration {
    /// A reader with this limit.
    pub fn of<R: Read>(&self, tar: R) -> Rationed<R> {
        Rationed {
            tar,
            ration: self.clone(),
        }
    }

    /// Allows reading the header of a member.
    pub fn header(&self) {
        self.0.set(HEADER);
    }

    /// Allows reading a member's content, which has its own limit.
    pub fn content(&self) {
        self.0.set(u64::MAX);
    }
}

/// A reader with a limit.
#[derive(Debug)]
pub struct Rationed<R> {
    tar: R,
    ration: Ration,
}

#[cfg(feature = "package")]
impl<R> Rationed<R> {
    /// The underlying reader, without the limit.
    pub(crate) fn into_rest(self) -> R {
        self.tar
    }
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.ration.0.get();
        if left == 0 && !buffer.is_empty() {
            let why = format!("the header of a member has more than {HEADER} bytes");
            return Err(io::Error::new(ErrorKind::InvalidData, why));
        }
        let room = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let read = self.tar.read(&mut buffer[..room])?;
        self.ration.0.set(left - read as u64);
        Ok(read)
    }
}
