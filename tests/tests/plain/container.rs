//! A task's container as a process: its flags, its inputs, and the files that it leaves.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use flytekit::types::{OutputsWriter, ValueError};
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::{ContainerError, ErrorDocument, LiteralMap};
use flytekit_tests::{DEADLINE, Ended, run_within};
use prost::Message;
use tempfile::TempDir;

/// A container of a task of the fixture, before its run.
pub(crate) struct Container {
    folder: TempDir,
    pub(crate) prefix: PathBuf,
    pub(crate) command: Command,
}

impl Container {
    /// Creates a container with the flags of the task's template, without inputs.
    pub(crate) fn of(task: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let prefix = folder.path().join("prefix/of/outputs");
        Container::with_prefix(task, folder, prefix)
    }

    /// Creates a container for a task of another program.
    pub(crate) fn of_program(program: &Path, task: &str) -> Self {
        let mut container = Container::of(task);
        let command = container.command;
        container.command = Command::new(program);
        container.command.args(command.get_args());
        container
    }

    pub(crate) fn with_prefix(task: &str, folder: TempDir, prefix: PathBuf) -> Self {
        let mut command = execute(task, folder.path().join("inputs.pb"), &prefix);
        command
            .arg("--raw-output-data-prefix")
            .arg(folder.path().join("raw"));
        command
            .arg("--checkpoint-path")
            .arg(folder.path().join("checkpoint"));
        command.args(["--prev-checkpoint", "\"\""]);
        Container {
            folder,
            prefix,
            command,
        }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Changes the value of a flag.
    pub(crate) fn flag(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let words = self.command.get_args().map(ToOwned::to_owned);
        let mut words: Vec<_> = words.collect();
        let flag = words.iter().position(|word| word == name).expect("a flag");
        value.as_ref().clone_into(&mut words[flag + 1]);
        let environment = self.command.get_envs();
        let environment =
            environment.map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)));
        let environment: Vec<_> = environment.collect();
        self.command = Command::new(self.command.get_program());
        self.command.args(words);
        for (name, value) in environment {
            match value {
                Some(value) => self.command.env(name, value),
                None => self.command.env_remove(name),
            };
        }
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn bytes(self, inputs: &[u8]) -> Self {
        fs::write(self.path("inputs.pb"), inputs).expect("a file");
        self
    }

    pub(crate) fn inputs(
        self,
        write: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
    ) -> Self {
        let mut literals = OutputsWriter::new();
        write(&mut literals).expect("values that Flyte has");
        self.bytes(&literals.finish())
    }

    /// Sets the only input, `text`.
    pub(crate) fn text(self, text: &str) -> Self {
        self.inputs(|inputs| inputs.output("text", &text.to_owned()))
    }

    pub(crate) fn run(self) -> Run {
        self.run_and(|_| ())
    }

    pub(crate) fn run_and(mut self, meanwhile: impl FnOnce(&mut Child)) -> Run {
        let ended = run_within(DEADLINE, &mut self.command, meanwhile);
        self.ended(ended)
    }

    /// The run, from its ended command.
    pub(crate) fn ended(self, ended: Ended) -> Run {
        let (decks, files) = files(&self.prefix)
            .into_iter()
            .partition::<Vec<_>, _>(|(name, _)| name == "deck.html");
        let left_one = matches!(files.as_slice(), [] | [(_, _)]);
        assert!(
            left_one,
            "more than one file: {:?}\n{ended}",
            files.iter().map(|(name, _)| name).collect::<Vec<_>>()
        );
        Run {
            ended,
            files,
            deck: decks.into_iter().next().map(|(_, page)| page),
            _folder: self.folder,
        }
    }
}

/// `execute` with the required flags, without the user's own settings.
pub(crate) fn execute(task: &str, inputs: impl AsRef<OsStr>, prefix: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fixture"));
    command.args(["execute", "--task", task]);
    command
        .arg("--inputs")
        .arg(inputs)
        .arg("--output-prefix")
        .arg(prefix);
    for setting in [
        "FLYTE_FAIL_ON_ERROR",
        "FLYTEKIT_LOG",
        "RUST_LOG",
        "RUST_BACKTRACE",
        "SPARK_REMOTE",
    ] {
        command.env_remove(setting);
    }
    command
}

/// The files in a folder, with hidden ones; empty if there is no folder.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries = entries.map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| {
            (
                entry.file_name().into_string().expect("text"),
                fs::read(entry.path()).expect("a file"),
            )
        })
        .collect()
}

/// A container that has ended.
pub(crate) struct Run {
    pub(crate) ended: Ended,
    /// The files, without `deck.html`.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) deck: Option<Vec<u8>>,
    _folder: TempDir,
}

impl Run {
    pub(crate) fn file(&self, name: &str) -> &[u8] {
        match self.files.as_slice() {
            [(left, bytes)] if left == name => bytes,
            _ => panic!("no {name}: {:?}\n{}", self.files, self.ended),
        }
    }

    pub(crate) fn outputs(&self) -> LiteralMap {
        assert!(self.ended.success(), "{}", self.ended);
        LiteralMap::decode(self.file("outputs.pb")).expect("a LiteralMap")
    }

    pub(crate) fn document(&self) -> ContainerError {
        let document = ErrorDocument::decode(self.file("error.pb")).expect("an ErrorDocument");
        document.error.expect("an error")
    }

    /// The error document, checked to be final.
    pub(crate) fn user_error(&self, code: &str) -> ContainerError {
        self.error(code, Kind::NonRecoverable, ErrorKind::User)
    }

    /// The error document, checked to be the system's.
    pub(crate) fn system_error(&self) -> ContainerError {
        self.error("SYSTEM", Kind::Recoverable, ErrorKind::System)
    }

    pub(crate) fn error(&self, code: &str, kind: Kind, origin: ErrorKind) -> ContainerError {
        assert!(self.ended.success(), "{}", self.ended);
        let error = self.document();
        assert_eq!(
            (error.code.as_str(), error.kind(), error.origin()),
            (code, kind, origin),
            "{}",
            error.message
        );
        assert!(
            error
                .timestamp
                .is_some_and(|timestamp| timestamp.seconds > 1_700_000_000)
        );
        error
    }
}

#[track_caller]
pub(crate) fn assert_says(error: &ContainerError, parts: &[&str]) {
    for part in parts {
        assert!(
            error.message.contains(part),
            "no {part:?} in:\n{}",
            error.message
        );
    }
}
