//! What a task fails with, and whose fault it is.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

/// A task's result; [`Error`] takes any error by `?`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// Whose fault a failure is: `flyteidl.core.ExecutionError.ErrorKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The task's code or its inputs.
    User,
    /// The platform, the engine or the runtime.
    System,
}

/// Why a task failed.
///
/// Any error becomes one by `?`, with the place where that happened:
///
/// ```
/// fn parse(text: &str) -> flytekit::Result<i64> {
///     Ok(text.trim().parse::<i64>()?)
/// }
/// assert!(parse("seven").is_err());
/// ```
///
/// Like other errors of this kind it is not itself a [`std::error::Error`], so that `?` can turn
/// every such error into it.
pub struct Error {
    pub(crate) code: &'static str,
    pub(crate) origin: Origin,
    pub(crate) recoverable: bool,
    pub(crate) message: String,
    pub(crate) source: Option<Source>,
    pub(crate) location: Option<&'static Location<'static>>,
    pub(crate) backtrace: Backtrace,
}

impl Error {
    /// The user's fault, and final: the message says what to do.
    #[track_caller]
    pub fn user(message: impl Into<String>) -> Self {
        Error::new("USER:RuntimeError", Origin::User, false, message.into(), None)
    }

    /// The user's fault in what was given: a missing, surplus or mistyped input.
    #[track_caller]
    pub fn bad_input(message: impl Into<String>) -> Self {
        Error::new("USER:BadInput", Origin::User, false, message.into(), None)
    }

    /// Nobody's fault in the task: an engine or the platform failed, and a retry may help.
    #[track_caller]
    pub fn system(message: impl Into<String>) -> Self {
        Error::new("SYSTEM", Origin::System, true, message.into(), None)
    }

    /// What caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// A panic of the task's function.
    pub(crate) fn panic(message: String, location: Option<String>) -> Self {
        let place = location.map_or_else(String::new, |place| format!(" at {place}"));
        let mut error = Error::new("USER:Panic", Origin::User, false, format!("panicked{place}: {message}"), None);
        error.location = None;
        error
    }

    #[track_caller]
    fn new(code: &'static str, origin: Origin, recoverable: bool, message: String, source: Option<Source>) -> Self {
        Error {
            code,
            origin,
            recoverable,
            message,
            source,
            location: Some(Location::caller()),
            backtrace: Backtrace::capture(),
        }
    }

    /// The error of a task's function, whatever type it has there.
    #[track_caller]
    fn from_boxed(source: Source) -> Self {
        let message = source.to_string();
        if source.downcast_ref::<RecoverableError>().is_some() {
            return Error::new("USER:Recoverable", Origin::User, true, message, Some(source));
        }
        Error::new("USER:RuntimeError", Origin::User, false, message, Some(source))
    }

    /// The error code, as Flyte shows it.
    pub fn code(&self) -> &str {
        self.code
    }

    /// Whose fault it is.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether Flyte should try again, within the task's `retries`.
    pub fn is_recoverable(&self) -> bool {
        self.recoverable
    }

    /// What is known beyond the message: where it was raised, what caused it, the backtrace.
    pub(crate) fn trace(&self) -> String {
        let mut trace = String::new();
        if let Some(location) = self.location {
            trace.push_str(&format!("raised at {location}\n"));
        }
        let mut cause = self.source.as_ref().and_then(|source| source.source());
        while let Some(error) = cause {
            trace.push_str(&format!("caused by: {error}\n"));
            cause = error.source();
        }
        if self.backtrace.status() == BacktraceStatus::Captured {
            trace.push_str(&self.backtrace.to_string());
        }
        trace
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) if source.to_string() != self.message => write!(f, ": {source}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {self}", self.code)?;
        f.write_str(&self.trace())
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        Error::from_boxed(Box::new(error))
    }
}

/// An error that asks Flyte to try again, within the task's `retries`.
///
/// ```
/// use flytekit::RecoverableError;
/// fn fetch() -> flytekit::Result<i64> {
///     Err(RecoverableError::new("the service is restarting").into())
/// }
/// assert!(fetch().unwrap_err().is_recoverable());
/// ```
#[derive(Debug)]
pub struct RecoverableError {
    message: String,
    source: Option<Source>,
}

impl RecoverableError {
    /// With a message for people.
    pub fn new(message: impl Into<String>) -> Self {
        RecoverableError { message: message.into(), source: None }
    }

    /// Around the error that caused it.
    pub fn from_source(source: impl Into<Source>) -> Self {
        let source = source.into();
        RecoverableError { message: source.to_string(), source: Some(source) }
    }
}

impl fmt::Display for RecoverableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for RecoverableError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
