//! Background processes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::DEADLINE;

/// A background process that ends when this value is dropped, and with the test's process.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    /// The standard input; closing it ends the process.
    stdin: Option<ChildStdin>,
    log: PathBuf,
}

/// Starts a program, and ends it when standard input ends: first politely, so that it can end its own
/// children, then by force. A stopped program cannot react until it continues.
const UNTIL_END_OF_INPUT: &str = r#"
"$@" </dev/null & child=$!
read -r line
kill "$child"; kill -s CONT "$child"
waits=0
while kill -s 0 "$child" && [ "$waits" -lt 500 ]; do sleep 0.02; waits=$((waits + 1)); done
kill -s KILL "$child"
[ "$0" = sh ] || rm -rf -- "$0"
"#;

impl Daemon {
    /// Starts a program whose output goes to this file.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    ///
    /// ```no_run
    /// use flytekit_test_support::Daemon;
    ///
    /// let server = Daemon::start(&std::process::Command::new("server"), "/tmp/log".into());
    /// let port = server.says("listens on port ");
    /// ```
    pub fn start(program: &Command, log: PathBuf) -> Self {
        Daemon::start_in(Path::new("sh"), program, log)
    }

    /// Like [`Self::start`], with a folder that is removed afterwards, because a value in a static is never
    /// dropped.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn start_in(folder: &Path, program: &Command, log: PathBuf) -> Self {
        let output = File::create(&log).expect("a log");
        let mut command = Command::new("sh");
        command.args(["-c", UNTIL_END_OF_INPUT]).arg(folder);
        command.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a log"))
            .stderr(output)
            .spawn()
            .expect("a shell");
        let stdin = child.stdin.take();
        Daemon { child, stdin, log }
    }

    /// The id of the process that starts and ends the program, which is its only child until then.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The text after these words in the log, once they are there.
    ///
    /// # Panics
    ///
    /// If they do not appear.
    pub fn says(&self, words: &str) -> String {
        let start = Instant::now();
        loop {
            let log = self.log();
            // The line is complete when the next one has begun.
            if let Some(rest) = after(&log, words) {
                return rest.to_owned();
            }
            assert!(start.elapsed() < DEADLINE, "no `{words}` in:\n{log}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // The process has been told to end; nothing more can be done here.
        let _ = self.child.wait();
    }
}

/// The rest of the first complete line that contains these words.
pub fn after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(words)?;
    let (rest, _) = rest.split_once('\n')?;
    Some(rest.trim())
}
