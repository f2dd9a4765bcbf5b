//! Processes with a time limit: no process that a test starts outlives its deadline.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Only a hanging process reaches the deadline: it is many times longer than any test needs, even on a slow
/// machine under load.
pub const DEADLINE: Duration = Duration::from_secs(600);

/// A process that has ended, and its output.
///
/// Its display form has all of this, for the message of an assertion.
#[derive(Debug)]
pub struct Ended {
    /// The exit status.
    pub status: ExitStatus,
    /// The bytes on standard output.
    pub stdout: Vec<u8>,
    /// The text on standard error; bytes that are not UTF-8 are replaced.
    pub stderr: String,
    command: String,
}

impl Ended {
    /// Whether the exit code is 0.
    pub fn success(&self) -> bool {
        self.status.success()
    }

    /// The exit code; None for a process that a signal ended.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Standard output as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ended {
            status,
            stderr,
            command,
            ..
        } = self;
        write!(
            f,
            "{command}\n{status}\nstdout:\n{}\nstderr:\n{stderr}",
            self.text()
        )
    }
}

/// Runs a process to its end, with empty standard input.
///
/// # Panics
///
/// If it cannot be started, or takes longer than [`DEADLINE`]. Then it is killed.
///
/// ```no_run
/// let ended = flytekit_test_support::run(std::process::Command::new("app").arg("list"));
/// assert!(ended.success(), "{ended}");
/// ```
pub fn run(command: &mut Command) -> Ended {
    run_within(DEADLINE, command, |_| ())
}

/// Runs a build to its end, with empty standard input and without a time limit: it waits for other builds,
/// and for compilers.
///
/// # Panics
///
/// If it cannot be started.
///
/// ```no_run
/// let built = flytekit_test_support::build(std::process::Command::new("cargo").arg("build"));
/// assert!(built.success(), "{built}");
/// ```
pub fn build(command: &mut Command) -> Ended {
    // Build scripts that depend on these variables (such as `ring`'s) would run again, with everything that depends
    // on them, because they are those of the test's own package.
    for (name, _) in std::env::vars_os() {
        let own = name.to_str().unwrap_or_default();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    run_within(Duration::MAX, command, |_| ())
}

/// Runs a process to its end, and calls `meanwhile` with it once it is started.
///
/// # Panics
///
/// If it cannot be started, or takes longer than `deadline`. Then it is killed.
///
/// ```no_run
/// use std::process::Command;
/// use std::time::Duration;
///
/// let ended = flytekit_test_support::run_within(Duration::from_secs(5), Command::new("app").arg("list"), |child| {
///     println!("process {}", child.id());
/// });
/// ```
pub fn run_within(
    deadline: Duration,
    command: &mut Command,
    meanwhile: impl FnOnce(&mut Child),
) -> Ended {
    // The output goes to files, not pipes, because a grandchild could keep a pipe open for ever.
    let [mut stdout, mut stderr] =
        [(); 2].map(|()| tempfile::tempfile().expect("a temporary file"));
    command
        .stdin(Stdio::null())
        .stdout(shared(&stdout))
        .stderr(shared(&stderr));
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let started = Instant::now();
    meanwhile(&mut child);
    let status = loop {
        match child.try_wait().expect("a child can be waited for") {
            Some(status) => break status,
            None if started.elapsed() < deadline => thread::sleep(Duration::from_millis(5)),
            None => {
                child.kill().expect("a child can be killed");
                child.wait().expect("a killed child ends");
                panic!(
                    "{command:?} did not end within {deadline:?}:\n{}",
                    text(&mut stderr)
                );
            }
        }
    };
    Ended {
        status,
        stdout: content(&mut stdout),
        stderr: text(&mut stderr),
        command: format!("{command:?}"),
    }
}

/// Waits until a condition holds.
///
/// # Panics
///
/// If it does not hold within the limit.
///
/// ```
/// use std::time::Duration;
///
/// flytekit_test_support::eventually("nothing is left to do", Duration::from_secs(1), || true);
/// ```
pub fn eventually(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn shared(file: &File) -> Stdio {
    file.try_clone().expect("a file can be shared").into()
}

fn content(file: &mut File) -> Vec<u8> {
    let mut content = Vec::new();
    file.rewind()
        .and_then(|()| file.read_to_end(&mut content))
        .expect("a temporary file can be read");
    content
}

fn text(file: &mut File) -> String {
    String::from_utf8_lossy(&content(file)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_says_is_kept() {
        let ended = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]));
        assert_eq!(
            (ended.text().as_str(), ended.stderr.as_str()),
            ("out\n", "err\n")
        );
        assert_eq!(ended.code(), Some(3));
    }

    #[test]
    #[should_panic(expected = "did not end within")]
    fn a_process_that_takes_too_long_is_killed() {
        run_within(
            Duration::from_millis(100),
            Command::new("sleep").arg("60"),
            |_| (),
        );
    }
}
