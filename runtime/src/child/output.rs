//! The output of programs.

use std::io::{self, ErrorKind, Read};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::group::Group;

/// How long the rest of a program's output may take to arrive: a process that it left behind, in a group of
/// its own, may keep the pipe open.
const REST: Duration = Duration::from_secs(1);

/// The limits of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long it may run.
    pub(crate) time: Duration,
    /// How many bytes it may print. Further bytes on standard error are dropped.
    pub(crate) bytes: usize,
}

/// Runs a program without input, and returns its output.
///
/// # Errors
///
/// If it does not start, takes longer than the limit (`TimedOut`), or prints more (`FileTooLarge`). It has
/// then ended, with all processes that it has started.
pub(crate) fn output(command: &mut Command, limits: &Limits) -> io::Result<Output> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Group::start(command)?.output(limits)
}

impl Group {
    /// Waits for the end of a child that was just started, and returns the output of its pipes.
    ///
    /// # Errors
    ///
    /// Like [`output`].
    pub(crate) fn output(mut self, limits: &Limits) -> io::Result<Output> {
        let started = Instant::now();
        let stdout = Pipe::follow(self.child().stdout.take(), limits.bytes);
        let stderr = Pipe::follow(self.child().stderr.take(), limits.bytes);
        let status =
            self.wait_while(|| started.elapsed() < limits.time && !stdout.kept().is_cut)?;
        if status.is_some() {
            stdout.finish();
            stderr.finish();
        }
        if stdout.kept().is_cut {
            let why = format!("it prints more than {} bytes", limits.bytes);
            return Err(io::Error::new(ErrorKind::FileTooLarge, why));
        }
        let Some(status) = status else {
            let why = format!("it has not ended within {} s", limits.time.as_secs_f32());
            return Err(io::Error::new(ErrorKind::TimedOut, why));
        };
        let [stdout, stderr] = [stdout, stderr].map(|pipe| std::mem::take(&mut pipe.kept().bytes));
        Ok(Output {
            status,
            stdout,
            stderr,
        })
    }
}

/// A pipe that a thread of its own reads.
struct Pipe {
    kept: Arc<Mutex<Kept>>,
    ended: Receiver<()>,
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Pipe {
    fn follow(pipe: Option<impl Read + Send + 'static>, most: usize) -> Self {
        let kept = Arc::default();
        let (end, ended) = mpsc::channel();
        if let Some(pipe) = pipe {
            let kept = Arc::clone(&kept);
            thread::spawn(move || {
                drain(pipe, &kept, most);
                // If only a process that was left behind keeps the pipe open, nobody waits any more.
                let _ = end.send(());
            });
        }
        Pipe { kept, ended }
    }

    /// Waits for the rest of the output.
    fn finish(&self) {
        let _ = self.ended.recv_timeout(REST);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        lock(&self.kept)
    }
}

/// Reads to the end, so that the writer never blocks, and keeps the beginning.
fn drain(mut pipe: impl Read, kept: &Mutex<Kept>, most: usize) {
    let mut block = [0; 8192];
    loop {
        let read = match pipe.read(&mut block) {
            Ok(0) => return,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        let mut kept = lock(kept);
        let room = most.saturating_sub(kept.bytes.len());
        kept.bytes.extend_from_slice(&block[..read.min(room)]);
        kept.is_cut |= read > room;
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        time: Duration::from_secs(60),
        bytes: 1000,
    };

    fn shell(script: &str, limits: Limits) -> io::Result<Output> {
        output(Command::new("sh").args(["-c", script]), &limits)
    }

    /// Whether a process with this id runs, and is not a zombie.
    fn is_running(id: &str) -> bool {
        let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let state = state.rsplit(") ").next().unwrap_or_default();
        !state.is_empty() && !state.starts_with('Z')
    }

    #[test]
    fn what_it_prints_is_kept() {
        let output = shell("echo out; echo err >&2; exit 3", LIMITS).unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (&*output.stdout, &*output.stderr),
            (&b"out\n"[..], &b"err\n"[..])
        );
        let error = output_of_missing().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    fn output_of_missing() -> io::Result<Output> {
        output(&mut Command::new("/no/such/program"), &LIMITS)
    }

    #[test]
    fn a_program_that_hangs_ends_with_what_it_started() {
        let limits = Limits {
            time: Duration::from_millis(300),
            ..LIMITS
        };
        let folder = tempfile::tempdir().unwrap();
        let ids = folder.path().join("ids");
        let script = format!("sleep 600 & echo $! $$ > {}; sleep 600", ids.display());
        let error = shell(&script, limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
        if cfg!(target_os = "linux") {
            let ids = std::fs::read_to_string(ids).unwrap();
            for id in ids.split_whitespace() {
                let gone = crate::child::tests::soon(|| !is_running(id));
                assert!(gone, "{id} is still there");
            }
        }
    }

    #[test]
    fn what_it_leaves_behind_is_not_waited_for() {
        let started = Instant::now();
        let output = shell("sleep 600 & echo $!", LIMITS).unwrap();
        assert!(started.elapsed() < LIMITS.time);
        let id = String::from_utf8(output.stdout).unwrap();
        let id = id.trim();
        assert!(!id.is_empty());
        if cfg!(target_os = "linux") {
            assert!(
                crate::child::tests::soon(|| !is_running(id)),
                "{id} is still there"
            );
        }
    }

    #[test]
    fn more_than_it_may_print_ends_it() {
        let error = shell("yes", LIMITS).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "it prints more than 1000 bytes");
        // A pipe that nobody reads would block the program.
        let output = shell("yes | head -c 3000000 >&2; echo done", LIMITS).unwrap();
        assert_eq!(
            (&*output.stdout, output.stderr.len()),
            (&b"done\n"[..], 1000)
        );
    }
}
