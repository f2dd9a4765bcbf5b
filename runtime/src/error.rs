//! Errors of tasks, and whose fault they are.

mod verdict;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

pub(crate) use verdict::{Verdict, is_of_machine};

use crate::console::was_unread;

/// A task's result; `?` converts any error to an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// Whose fault a failure is: `flyteidl.core.ExecutionError.ErrorKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// The task's code or its inputs.
    User,
    /// The platform, the engine or the runtime.
    System,
}

/// Why a task failed.
///
/// `?` converts any error to this type, and records the location:
///
/// ```
/// fn parse(text: &str) -> flytekit::Result<i64> {
///     Ok(text.trim().parse::<i64>()?)
/// }
/// assert!(parse("seven").is_err());
/// ```
///
/// Like other errors of this kind it does not implement [`std::error::Error`], so that `?` can convert every
/// such error.
pub struct Error {
    /// None if the source decides: that runs other code, so it is only asked when necessary.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) message: String,
    pub(crate) source: Option<Source>,
    pub(crate) location: Option<&'static Location<'static>>,
    pub(crate) backtrace: Backtrace,
}

impl Error {
    /// An error of the user, and final: the message says what to do.
    #[track_caller]
    pub fn user(message: impl Into<String>) -> Self {
        Error::new(Some(Verdict::USER), message.into(), None)
    }

    /// An error in the user's input: a missing, surplus or mistyped input.
    #[track_caller]
    pub fn bad_input(message: impl Into<String>) -> Self {
        Error::new(Some(Verdict::BAD_INPUT), message.into(), None)
    }

    /// An error outside of the task: an engine or the platform failed, and a retry may help.
    #[track_caller]
    pub fn system(message: impl Into<String>) -> Self {
        Error::new(Some(Verdict::SYSTEM), message.into(), None)
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Makes the error final, no matter whose fault it is: another try would give the same.
    #[cfg(feature = "fast")]
    #[must_use]
    pub(crate) fn finally(mut self) -> Self {
        self.verdict = Some(Verdict {
            recoverable: false,
            ..self.verdict()
        });
        self
    }

    /// A panic of the task's function, with the backtrace of its location.
    pub(crate) fn panic(
        message: &str,
        location: Option<&str>,
        backtrace: Option<Backtrace>,
    ) -> Self {
        let place = location.map_or_else(String::new, |place| format!(" at {place}"));
        let why = if was_unread(message) { UNREAD } else { "" };
        Error {
            verdict: Some(Verdict::of_panic(message)),
            message: format!("panicked{place}: {message}{why}"),
            source: None,
            location: None,
            backtrace: backtrace.unwrap_or_else(Backtrace::disabled),
        }
    }

    #[track_caller]
    fn new(verdict: Option<Verdict>, message: String, source: Option<Source>) -> Self {
        Error {
            verdict,
            message,
            source,
            location: Some(Location::caller()),
            backtrace: Backtrace::capture(),
        }
    }

    /// An error of another type, which `?` has converted.
    #[track_caller]
    fn from_boxed(source: Source) -> Self {
        Error::new(None, source.to_string(), Some(source))
    }

    /// The first error of type `E` in the chain of causes, for an [`Engine`](crate::engine::Engine) to
    /// explain.
    pub fn find_cause<E: StdError + 'static>(&self) -> Option<&E> {
        chain(self.cause()).find_map(|error| error.downcast_ref())
    }

    /// The cause, if there is one.
    pub fn cause(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.source.as_deref()?;
        let explained = source.downcast_ref::<Explained>();
        Some(explained.map_or(source, |explained| &*explained.source))
    }

    /// This failure in the words of `explanation`, which also says whose fault it is, and whether another try
    /// may help. The location and the causes are kept, and so is a request for another try.
    ///
    /// ```
    /// use flytekit::Error;
    ///
    /// let error = Error::from(std::io::Error::other("connection reset"));
    /// let error = error.explained(Error::system("the cluster is lost"));
    /// assert_eq!(error.to_string(), "the cluster is lost");
    /// assert_eq!(error.cause().unwrap().to_string(), "connection reset");
    /// ```
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an explanation is made where it is given"
    )]
    pub fn explained(self, explanation: Error) -> Self {
        let message = explanation.to_string();
        let mut verdict = explanation.verdict();
        if self.is_recoverable() && !verdict.recoverable {
            verdict = Verdict {
                origin: verdict.origin,
                ..Verdict::AGAIN
            };
        }
        let source = self.source.unwrap_or_else(|| Said(self.message).into());
        let source = Explained {
            message: message.clone(),
            source,
        };
        Error {
            verdict: Some(verdict),
            message,
            source: Some(Box::new(source)),
            location: self.location,
            backtrace: self.backtrace,
        }
    }

    /// This failure in other words, without changing whose fault it is: see [`explained`](Self::explained).
    ///
    /// ```
    /// use flytekit::{Error, Origin};
    ///
    /// let error = Error::system("disk full");
    /// let message = format!("cannot get the database: {error}");
    /// let error = error.said_as(message);
    /// assert_eq!(error.to_string(), "cannot get the database: disk full");
    /// assert_eq!(error.origin(), Origin::System);
    /// ```
    #[must_use]
    pub fn said_as(self, message: String) -> Self {
        let explanation = match self.origin() {
            Origin::User => Error::user(message),
            Origin::System => Error::system(message),
        };
        self.explained(explanation)
    }

    /// This error with another location: for a library, because a user cannot change the library's own file.
    ///
    /// ```
    /// use std::panic::Location;
    ///
    /// #[track_caller]
    /// fn open(name: &str) -> flytekit::Result<()> {
    ///     let caller = Location::caller();
    ///     let opened = std::fs::read(name).map(drop);
    ///     opened.map_err(|error| flytekit::Error::from(error).raised_at(caller))
    /// }
    ///
    /// let error = open("/no/such/file").unwrap_err();
    /// assert!(format!("{error:?}").contains("raised at"));
    /// ```
    #[must_use]
    pub fn raised_at(mut self, place: &'static Location<'static>) -> Self {
        self.location = Some(place);
        self
    }

    /// This error with the location of the call of a public function of this crate, if it was raised inside
    /// the crate.
    #[cfg(any(feature = "spark", feature = "dask"))]
    pub(crate) fn raised_by(self, caller: &'static Location<'static>) -> Self {
        let own = file!().trim_end_matches("error.rs");
        let is_within = |location: &Location<'_>| location.file().starts_with(own);
        if self.location.is_none_or(is_within) {
            self.raised_at(caller)
        } else {
            self
        }
    }

    /// Whether this error has an explanation of its own. An error of another type that `?` has converted only
    /// repeats its source.
    pub(crate) fn is_explained(&self) -> bool {
        self.source
            .as_ref()
            .is_none_or(|source| source.is::<Explained>() || source.to_string() != self.message)
    }

    /// The error that a task's function returned, of whatever type. Its location is unknown unless it is an
    /// [`Error`] already.
    pub(crate) fn returned(source: Source) -> Self {
        match source.downcast::<Boxed>() {
            Ok(boxed) => boxed.0,
            Err(source) => Error {
                location: None,
                ..Error::from_boxed(source)
            },
        }
    }

    /// The classification for Flyte.
    pub(crate) fn verdict(&self) -> Verdict {
        let of_cause = || self.source.as_deref().map(|source| Verdict::of(source));
        self.verdict.or_else(of_cause).unwrap_or(Verdict::USER)
    }

    /// The error code that Flyte shows.
    pub fn code(&self) -> &str {
        self.verdict().code
    }

    /// Whose fault it is.
    pub fn origin(&self) -> Origin {
        self.verdict().origin
    }

    /// Whether Flyte should try again, within the task's `retries`.
    pub fn is_recoverable(&self) -> bool {
        self.verdict().recoverable
    }

    /// Writes the details beyond the message: location, causes, and backtrace.
    pub(crate) fn write_trace(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        if let Some(location) = self.location {
            writeln!(out, "raised at {location}")?;
        }
        let source = self.source.as_ref().and_then(|source| source.source());
        let mut said = self.message.clone();
        let mut causes = chain(source);
        for error in causes
            .by_ref()
            .take(MOST_CAUSES)
            .filter(|error| !is_silent(*error))
        {
            let text = error.to_string();
            if text != said {
                writeln!(out, "caused by: {text}")?;
                said = text;
            }
        }
        if causes.next().is_some() {
            writeln!(out, "and so on: more than {MOST_CAUSES} causes")?;
        }
        if self.backtrace.status() == BacktraceStatus::Captured {
            write!(out, "{}", self.backtrace)?;
        }
        Ok(())
    }
}

/// The result of a public function of this crate, with the location of its call.
#[cfg(any(feature = "spark", feature = "dask"))]
pub(crate) trait RaisedHere {
    /// Replaces the location of an error by the location where the calling function was called; both
    /// functions have to be `#[track_caller]`.
    #[must_use]
    fn raised_here(self) -> Self;
}

#[cfg(any(feature = "spark", feature = "dask"))]
impl<T> RaisedHere for Result<T> {
    #[track_caller]
    fn raised_here(self) -> Self {
        let caller = Location::caller();
        self.map_err(|error| error.raised_by(caller))
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
        writeln!(f, "{}: {self}", self.code())?;
        self.write_trace(f)
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        Error::from_boxed(Box::new(error))
    }
}

/// Lets `?` convert it in a function that returns `Box<dyn Error + Send + Sync>`. A task's result is
/// converted back, without any loss.
impl From<Error> for Box<dyn StdError + Send + Sync + 'static> {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}

/// An [`Error`] as a [`std::error::Error`].
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

/// An error whose message explains its source in other words.
#[derive(Debug)]
struct Explained {
    message: String,
    source: Source,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Explained {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// The message of an error without another source.
#[derive(Debug)]
struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Said {}

/// The maximum number of causes in a message.
const MOST_CAUSES: usize = 50;

/// The explanation of a panic in printing, where a Unix program would end silently.
const UNREAD: &str = "; nobody reads any more what this process prints, as when the container's log has lost \
    its reader";

/// An error, its cause, and so on. A chain that leads back to itself is cut here.
pub(crate) fn chain<'a>(
    error: Option<&'a (dyn StdError + 'static)>,
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    const LONGEST: usize = 1000;
    std::iter::successors(error, |&error| error.source()).take(LONGEST)
}

/// Whether an error has no text for people.
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

/// The cause of a [`RecoverableError`], if it is known.
///
/// It is always present as the error's source: `anyhow` converts an error to a boxed one whose type cannot be
/// queried, but whose source is the original's.
#[derive(Debug)]
struct Cause(Option<Source>);

impl RecoverableError {
    /// Creates an error with a message for people.
    pub fn new(message: impl Into<String>) -> Self {
        RecoverableError {
            message: message.into(),
            cause: Cause(None),
        }
    }

    /// Wraps the error that caused it.
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
