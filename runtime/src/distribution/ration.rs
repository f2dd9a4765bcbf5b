//! How much of an archive is read at a time: `tar` takes names and attributes of members whole into
//! memory, and says of none how long it is before it has.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};
use std::rc::Rc;

/// The most that stands before a member's content: names and attributes of thousands of characters.
pub(crate) const HEADER: u64 = 1 << 20;

/// How much may be read until the next word. Clones are one ration.
#[derive(Clone, Debug, Default)]
pub struct Ration(Rc<Cell<u64>>);

impl Ration {
    /// A reader that goes as far as this says.
    pub fn of<R: Read>(&self, tar: R) -> Rationed<R> {
        Rationed {
            tar,
            ration: self.clone(),
        }
    }

    /// Lets what stands before a member be read.
    pub fn header(&self) {
        self.0.set(HEADER);
    }

    /// Lets a member's content be read, which has its own limit.
    pub fn content(&self) {
        self.0.set(u64::MAX);
    }
}

/// A reader that goes as far as its ration.
#[derive(Debug)]
pub struct Rationed<R> {
    tar: R,
    ration: Ration,
}

#[cfg(feature = "package")]
impl<R> Rationed<R> {
    /// What is left, to be read without one.
    pub(crate) fn into_rest(self) -> R {
        self.tar
    }
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.ration.0.get();
        if left == 0 && !buffer.is_empty() {
            let why = format!("what stands before a member has more than {HEADER} bytes");
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
