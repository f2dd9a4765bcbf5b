//! Shows the progress of long transfers.

use std::fmt;
use std::io::{self, IsTerminal as _, Read};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::BinaryBytes;

use crate::meter::{Audience, Meter};

/// A transfer that ends sooner shows nothing.
const SOON: Duration = Duration::from_secs(2);

/// The progress of one transfer, of one file or of many.
#[derive(Debug)]
pub(super) struct TransferProgress {
    /// The operation, for example `upload model.bin to s3://bucket/model.bin`.
    name: String,
    all: Option<u64>,
    started: Instant,
    shown: Mutex<Shown>,
}

#[derive(Debug, Default)]
struct Shown {
    done: u64,
    meter: Meter,
}

impl TransferProgress {
    /// The progress of a transfer with this name; `all` is the number of bytes, if it is known.
    pub(super) fn new(name: impl fmt::Display, all: Option<u64>) -> Self {
        TransferProgress {
            name: name.to_string(),
            all,
            started: Instant::now(),
            shown: Mutex::default(),
        }
    }

    /// Adds to the number of transferred bytes.
    fn add(&self, bytes: usize) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.done += bytes as u64;
        if self.started.elapsed() < SOON {
            return;
        }
        let audience = Audience {
            name: &self.name,
            can_draw: io::stderr().is_terminal(),
        };
        let done = shown.done;
        let of = self
            .all
            .map_or_else(String::new, |all| format!(" of {}", BinaryBytes(all)));
        let what = format!("{}{of}", BinaryBytes(done));
        shown.meter.show(audience, done, self.all, &what);
    }

    /// Wraps a file to count the bytes that are read from it.
    pub(super) fn of<R: Read>(&self, file: R) -> impl Read {
        Counted {
            file,
            progress: self,
        }
    }
}

struct Counted<'a, R> {
    file: R,
    progress: &'a TransferProgress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.add(read);
        Ok(read)
    }
}
