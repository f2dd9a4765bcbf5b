//! What a task fails with, and whose fault it is.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

#[cfg(feature = "spark")]
use crate::spark::Failure;

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
        Error::new(
            "USER:RuntimeError",
            Origin::User,
            false,
            message.into(),
            None,
        )
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

    /// Final, whoever's fault it is: another try gives the same.
    #[cfg(feature = "fast")]
    #[must_use]
    pub(crate) fn finally(mut self) -> Self {
        self.recoverable = false;
        self
    }

    /// A panic of the task's function; the backtrace is the one of where it was.
    pub(crate) fn panic(
        message: &str,
        location: Option<&str>,
        backtrace: Option<Backtrace>,
    ) -> Self {
        let place = location.map_or_else(String::new, |place| format!(" at {place}"));
        Error {
            code: "USER:Panic",
            origin: Origin::User,
            recoverable: false,
            message: format!("panicked{place}: {message}"),
            source: None,
            location: None,
            backtrace: backtrace.unwrap_or_else(Backtrace::disabled),
        }
    }

    #[track_caller]
    fn new(
        code: &'static str,
        origin: Origin,
        recoverable: bool,
        message: String,
        source: Option<Source>,
    ) -> Self {
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

    /// An error of another type, which `?` turned into this one.
    #[track_caller]
    fn from_boxed(source: Source) -> Self {
        #[cfg(feature = "spark")]
        let source = match Error::of_spark(source) {
            Ok(error) => return error,
            Err(source) => source,
        };
        let message = source.to_string();
        if is_recoverable(&*source) {
            return Error::new(
                "USER:Recoverable",
                Origin::User,
                true,
                message,
                Some(source),
            );
        }
        Error::new(
            "USER:RuntimeError",
            Origin::User,
            false,
            message,
            Some(source),
        )
    }

    /// The error of a failed Spark operation; gives back any other one.
    #[cfg(feature = "spark")]
    #[track_caller]
    fn of_spark(source: Source) -> Result<Self, Source> {
        match Failure::find(&*source) {
            Some(failure) => Ok(Error::of_failure(failure, source)),
            None => Err(source),
        }
    }

    #[cfg(feature = "spark")]
    #[track_caller]
    fn of_failure(failure: Failure, source: Source) -> Self {
        let Failure {
            mut code,
            origin,
            mut recoverable,
            message,
        } = failure;
        if is_recoverable(&*source) && !recoverable {
            (code, recoverable) = ("USER:Recoverable", true);
        }
        let source = Explained {
            message: message.clone(),
            source,
        };
        Error::new(code, origin, recoverable, message, Some(Box::new(source)))
    }

    /// The error with what Spark's server knows beyond its text. Asks the server, which must still
    /// have the session.
    #[cfg(feature = "spark")]
    #[must_use]
    pub(crate) fn with_spark_details(mut self) -> Self {
        let explained = self
            .source
            .take()
            .map(<dyn StdError + Send + Sync>::downcast);
        let explained: Explained = match explained {
            Some(Ok(explained)) => *explained,
            Some(Err(source)) => return self.with_source(source),
            None => return self,
        };
        match Failure::find_with_details(&*explained.source) {
            Some(failure) => Error {
                location: self.location,
                backtrace: self.backtrace,
                ..Error::of_failure(failure, explained.source)
            },
            None => self.with_source(Box::new(explained) as Source),
        }
    }

    /// The error that a task's function returned, whatever type it has there; nobody knows where
    /// it was raised unless it is an [`Error`] already.
    pub(crate) fn returned(source: Source) -> Self {
        match source.downcast::<Boxed>() {
            Ok(boxed) => boxed.0,
            Err(source) => Error {
                location: None,
                ..Error::from_boxed(source)
            },
        }
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
        let raised = |location| format!("raised at {location}\n");
        let mut trace = self.location.map_or_else(String::new, raised);
        let source = self.source.as_ref().and_then(|source| source.source());
        let mut said = self.message.clone();
        for error in chain(source).filter(|error| !is_silent(*error)) {
            let text = error.to_string();
            if text != said {
                trace.extend(["caused by: ", &text, "\n"]);
                said = text;
            }
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

/// So that `?` takes it in a function that returns `Box<dyn Error + Send + Sync>`. As a task's
/// result it is unpacked again, and nothing of it is lost.
impl From<Error> for Box<dyn StdError + Send + Sync + 'static> {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}

/// An [`Error`] where a [`std::error::Error`] is wanted.
struct Boxed(Error);

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl StdError for Boxed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().and_then(|source| source.source())
    }
}

/// An error whose message says more, or less, than the one that it explains.
#[cfg(feature = "spark")]
#[derive(Debug)]
struct Explained {
    message: String,
    source: Source,
}

#[cfg(feature = "spark")]
impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(feature = "spark")]
impl StdError for Explained {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// An error, what caused it, and so on.
fn chain<'a>(
    error: Option<&'a (dyn StdError + 'static)>,
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error, |&error| error.source())
}

/// Whether an error, or what caused it, asks for another try: context put around a
/// [`RecoverableError`] does not change what Flyte should do.
fn is_recoverable(error: &(dyn StdError + 'static)) -> bool {
    chain(Some(error)).any(|error| error.is::<RecoverableError>() || error.is::<Cause>())
}

/// Whether an error says nothing to people.
fn is_silent(error: &(dyn StdError + 'static)) -> bool {
    error
        .downcast_ref()
        .is_some_and(|cause| matches!(cause, Cause(None)))
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
    cause: Cause,
}

/// What caused a [`RecoverableError`], if it is known.
///
/// It is the error's source in either case: `anyhow` turns an error into a boxed one whose type
/// nobody can ask for, but whose source is that of the original.
#[derive(Debug)]
struct Cause(Option<Source>);

impl RecoverableError {
    /// With a message for people.
    pub fn new(message: impl Into<String>) -> Self {
        RecoverableError {
            message: message.into(),
            cause: Cause(None),
        }
    }

    /// Around the error that caused it.
    pub fn from_source(source: impl Into<Source>) -> Self {
        let source = source.into();
        RecoverableError {
            message: source.to_string(),
            cause: Cause(Some(source)),
        }
    }
}

impl fmt::Display for RecoverableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for RecoverableError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(source) => fmt::Display::fmt(source, f),
            None => f.write_str("another try may succeed"),
        }
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.as_ref().and_then(|source| source.source())
    }
}
