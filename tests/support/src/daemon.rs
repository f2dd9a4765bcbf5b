//! Processes in the background.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::DEADLINE;

/// A process in the background that ends with this value, and with the test's process.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    /// Closed to end it.
    stdin: Option<ChildStdin>,
    log: PathBuf,
}

/// Starts a program, and ends it when standard input ends: politely, so that it can end its own
/// children, then not. One that is stopped cannot hear that it shall end until it goes on.
const UNTIL_END_OF_INPUT: &str = r#"
"$@" </dev/null & child=$!
read -r line
kill "$child"; kill -s CONT "$child"
waits=0
while kill -s 0 "$child" && [ "$waits" -lt 100 ]; do sleep 0.1; waits=$((waits + 1)); done
kill -s KILL "$child"
[ "$0" = sh ] || rm -rf -- "$0"
"#;

impl Daemon {
    /// Starts a program, all of whose output goes to this file.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
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

    /// The same, with a folder that is removed afterwards: one in a static is never dropped.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
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

    /// The process that starts and ends the program, which is its only child until then.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has said.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What follows these words in its log, once they are there.
    ///
    /// # Panics
    ///
    /// When they do not come.
    pub fn says(&self, words: &str) -> String {
        let start = Instant::now();
        loop {
            let log = self.log();
            // The line is whole when the next one has begun.
            if let Some(rest) = after(&log, words) {
                return rest.to_owned();
            }
            assert!(start.elapsed() < DEADLINE, "no `{words}` in:\n{log}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // It has been told to end; nothing more can be done here.
        let _ = self.child.wait();
    }
}

/// The rest of the first whole line that has these words.
pub fn after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(words)?;
    let (rest, _) = rest.split_once('\n')?;
    Some(rest.trim())
}
