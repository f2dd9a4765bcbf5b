//! The output of a program: it is passed on as it comes, and its end is kept.

use std::io::{self, Read, Write};
use std::process::ExitStatus;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::deadline::Deadline;
use super::log::LastLines;
use crate::error::Error;

/// How many bytes of a line are examined.
const LINE: usize = 16 * 1024;

/// The output of a process.
#[derive(Debug)]
pub(super) struct Output {
    /// Whether a line may say why the program failed.
    tells: fn(&str) -> bool,
    last: Arc<Mutex<LastLines>>,
    pipes: Vec<Receiver<()>>,
}

impl Output {
    /// An empty output. Only lines that `tells` accepts are kept.
    pub(super) fn new(tells: fn(&str) -> bool) -> Self {
        Output {
            tells,
            last: Arc::default(),
            pipes: Vec::new(),
        }
    }

    /// Passes on the bytes of `pipe`, on a thread of its own.
    pub(super) fn follow(
        &mut self,
        mut pipe: impl Read + Send + 'static,
        mut to: impl Write + Send + 'static,
    ) {
        let (tells, last) = (self.tells, Arc::clone(&self.last));
        let (ended, pipe_ended) = mpsc::channel();
        self.pipes.push(pipe_ended);
        thread::spawn(move || {
            if let Err(error) = hand_on(&mut pipe, &mut to, tells, &last) {
                tracing::warn!(%error, "the program's output cannot be read");
            }
            // If the process has left a child that keeps the pipe open, nobody waits any more.
            let _ = ended.send(());
        });
    }

    /// Waits for the end of the output, at most for `limit`: a child that the process has left behind may
    /// keep the output open.
    pub(super) fn finish(&self, limit: Duration) {
        let deadline = Deadline::after(limit);
        for pipe in &self.pipes {
            let _ = pipe.recv_timeout(deadline.left());
        }
    }

    /// The last lines that were kept, indented.
    pub(super) fn last_lines(&self) -> String {
        lock(&self.last).text()
    }
}

/// The error of a program that ended with `status`, with `message` and the program's last lines.
pub(super) fn failed(mut message: String, status: ExitStatus, last_lines: &str) -> Error {
    if !last_lines.is_empty() {
        message.push_str("; its output ends with:\n");
        message.push_str(last_lines);
    }
    // A program that was killed has not failed by itself.
    if status.code().is_some() {
        Error::user(message)
    } else {
        Error::system(message)
    }
}

fn hand_on(
    pipe: &mut impl Read,
    to: &mut impl Write,
    tells: fn(&str) -> bool,
    last: &Mutex<LastLines>,
) -> io::Result<()> {
    let mut buffer = [0; 8192];
    let mut line = Vec::new();
    loop {
        let count = match pipe.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = &buffer[..count];
        // If the reader of this process's output is gone, the program continues.
        let _ = to.write_all(bytes).and_then(|()| to.flush());
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(&part[..part.len().min(LINE - line.len().min(LINE))]);
            if part.ends_with(b"\n") {
                note(last, tells, &line);
                line.clear();
            }
        }
    }
    note(last, tells, &line);
    Ok(())
}

fn note(last: &Mutex<LastLines>, tells: fn(&str) -> bool, line: &[u8]) {
    let line = String::from_utf8_lossy(line);
    if !line.trim().is_empty() && tells(&line) {
        lock(last).push(&line);
    }
}

fn lock(last: &Mutex<LastLines>) -> MutexGuard<'_, LastLines> {
    last.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_handed_on_and_reasons_are_kept() {
        let long = "x".repeat(3 * LINE);
        let text =
            format!("26/11/21 12:00:00 INFO SparkContext: Running\nException: why\n\n{long}\nlast");
        let (mut to, last) = (Vec::new(), Mutex::default());
        let tells = |line: &str| !line.contains("INFO");
        hand_on(&mut text.as_bytes(), &mut to, tells, &last).unwrap();
        assert_eq!(to, text.as_bytes());
        let kept = lock(&last).text();
        let kept: Vec<_> = kept.lines().collect();
        assert_eq!(
            (kept.len(), kept[0], kept[2]),
            (3, "  Exception: why", "  last")
        );
    }

    #[test]
    fn a_pipe_that_stays_open_is_not_waited_for() {
        let (reader, _writer) = io::pipe().unwrap();
        let mut output = Output::new(|_| true);
        output.follow(reader, io::sink());
        output.finish(Duration::from_millis(20));
        assert_eq!(output.last_lines(), "");
    }
}
