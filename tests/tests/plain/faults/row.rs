//! A row of the matrix, which is also a test.

use std::fmt;

use flytekit_proto::flyteidl::core::ContainerError;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;

use crate::container::{Run, assert_says};

/// A fault, and the resulting end of the container.
pub(super) struct Row {
    /// The words of the document.
    pub(super) what: &'static str,
    pub(super) end: End,
}

/// The end of a container.
#[derive(Clone, Copy)]
pub(super) struct End {
    exit: Exit,
    document: Document,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Exit {
    Code(i32),
    /// A signal that nobody has handled.
    Signal(i32),
}

#[derive(Clone, Copy)]
enum Document {
    Outputs,
    Nothing,
    Error {
        code: &'static str,
        kind: ErrorKind,
        recoverable: bool,
    },
}

impl End {
    /// With `outputs.pb`.
    pub(super) const OUTPUTS: End = End::new(Document::Outputs);

    /// With a final error of the user.
    pub(super) const fn user(code: &'static str) -> Self {
        End::error(code, ErrorKind::User, false)
    }

    /// With a recoverable error of the user.
    pub(super) const fn user_again(code: &'static str) -> Self {
        End::error(code, ErrorKind::User, true)
    }

    /// With a recoverable error of the platform.
    pub(super) const SYSTEM: End = End::error("SYSTEM", ErrorKind::System, true);

    /// With a final error of the platform.
    pub(super) const SYSTEM_FINALLY: End = End::error("SYSTEM", ErrorKind::System, false);

    /// With neither outputs nor an error.
    pub(super) const NOTHING: End = End::new(Document::Nothing);

    const fn error(code: &'static str, kind: ErrorKind, recoverable: bool) -> Self {
        End::new(Document::Error {
            code,
            kind,
            recoverable,
        })
    }

    const fn new(document: Document) -> Self {
        End {
            exit: Exit::Code(0),
            document,
        }
    }

    /// With another exit code.
    pub(super) const fn exit(mut self, code: i32) -> Self {
        self.exit = Exit::Code(code);
        self
    }

    /// By a signal.
    pub(super) const fn signal(mut self, signal: i32) -> Self {
        self.exit = Exit::Signal(signal);
        self
    }

    /// The row's cells after the first: exit code, document, kind, recoverable.
    pub(super) fn cells(self) -> [String; 4] {
        let (document, kind, recoverable) = match self.document {
            Document::Outputs => ("`outputs.pb`".to_owned(), "", ""),
            Document::Nothing => ("none".to_owned(), "", ""),
            Document::Error {
                code,
                kind,
                recoverable,
            } => (
                format!("`{code}`"),
                kind.as_str_name(),
                if recoverable { "yes" } else { "no" },
            ),
        };
        [
            self.exit.to_string(),
            document,
            kind.to_owned(),
            recoverable.to_owned(),
        ]
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exit::Code(code) => code.fmt(f),
            Exit::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

impl Row {
    /// Checks that a container ended like the row, and that all words are in the document, or on standard
    /// error if there is no document.
    #[track_caller]
    pub(super) fn check(&self, run: &Run, says: &[&str]) {
        assert_eq!(exit(run), Some(self.end.exit.to_string()), "{}", run.ended);
        match self.end.document {
            Document::Outputs => _ = run.file("outputs.pb"),
            Document::Nothing => {
                assert!(run.files.is_empty(), "{:?}\n{}", run.files, run.ended);
                for part in says {
                    assert!(
                        run.ended.stderr.contains(part),
                        "no {part:?} in:\n{}",
                        run.ended
                    );
                }
            }
            Document::Error { .. } => {
                let error = run.document();
                assert_eq!(cells_of(&error), self.end.cells()[1..], "{}", error.message);
                assert_says(&error, says);
            }
        }
    }
}

fn exit(run: &Run) -> Option<String> {
    let status = run.ended.status;
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(Exit::Signal);
    let exit = status.code().map(Exit::Code).or(signal)?;
    Some(exit.to_string())
}

fn cells_of(error: &ContainerError) -> [String; 3] {
    use flytekit_proto::flyteidl::core::container_error::Kind;
    let recoverable = match error.kind() {
        Kind::Recoverable => "yes",
        Kind::NonRecoverable => "no",
    };
    [
        format!("`{}`", error.code),
        error.origin().as_str_name().to_owned(),
        recoverable.to_owned(),
    ]
}

/// Makes each fault a test and a row: the words of the document, the end of the container, the container, and
/// the words of its error. There is no container if the machine lacks the means for it.
macro_rules! faults {
    ($($name:ident: $what:literal => $end:expr, $run:expr, $says:expr;)+) => {
        pub(super) const ROWS: &[$crate::faults::row::Row] = &[$(
            $crate::faults::row::Row { what: $what, end: $end }
        ),+];

        $(
            #[test]
            fn $name() {
                let row = $crate::faults::row::Row { what: $what, end: $end };
                if let Some(run) = Option::from($run) {
                    row.check(&run, &$says);
                }
            }
        )+
    };
}

pub(super) use faults;
