//! A row of the matrix, which is a test too.

use std::fmt;

use flytekit_proto::flyteidl::core::ContainerError;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;

use crate::container::{Run, assert_says};

/// What happens, and how the container ends then.
pub(super) struct Row {
    /// As the document says it.
    pub(super) what: &'static str,
    pub(super) end: End,
}

/// How a container ends.
#[derive(Clone, Copy)]
pub(super) struct End {
    exit: Exit,
    document: Document,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Exit {
    Code(i32),
    /// A signal that nobody has taken care of.
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

    /// With an error that is the user's, and final.
    pub(super) const fn user(code: &'static str) -> Self {
        End::error(code, ErrorKind::User, false)
    }

    /// With an error that is the user's, who wants another try.
    pub(super) const fn user_again(code: &'static str) -> Self {
        End::error(code, ErrorKind::User, true)
    }

    /// With an error of the platform, where another try may help.
    pub(super) const SYSTEM: End = End::error("SYSTEM", ErrorKind::System, true);

    /// With an error of the platform, where another try gives the same.
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
    /// Checks that a container ended as the row says, and that its words are all there: in the
    /// document, or on standard error where there is none.
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

/// Makes each fault a test and a row: the words of the document, how the container ends, the
/// container that it happens to, and what it says then. No container where the machine has no means for it.
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
