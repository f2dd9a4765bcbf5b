//! What can go wrong with bytes that lie elsewhere.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::error::{RecoverableError, is_of_machine};

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// Why bytes could not be read or written: what was tried with which URI, what came, what to do.
///
/// As the error of a task it is one that Flyte retries if another try may help.
///
/// ```
/// let error = flytekit::store::read("/no/such/file").expect_err("there is none");
/// assert!(error.is_not_found());
/// assert!(error.to_string().starts_with("cannot read /no/such/file: "));
/// ```
#[derive(Debug)]
pub struct StoreError {
    message: String,
    kind: StoreErrorKind,
    /// A [`RecoverableError`] where another try may help.
    source: Option<Source>,
}

/// What came, as far as somebody may want to do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreErrorKind {
    /// There is nothing.
    NotFound,
    /// It is not for whoever asks.
    #[cfg(feature = "object-store")]
    Denied,
    Other,
}

impl StoreError {
    pub(super) fn new(
        kind: StoreErrorKind,
        tried: impl fmt::Display,
        why: impl fmt::Display,
    ) -> Self {
        StoreError {
            message: format!("cannot {tried}: {why}"),
            kind,
            source: None,
        }
    }

    /// Something in what was asked for.
    pub(crate) fn refused(tried: impl fmt::Display, why: impl fmt::Display) -> Self {
        StoreError::new(StoreErrorKind::Other, tried, why)
    }

    /// What the operating system says of a file.
    pub(crate) fn of_file(tried: impl fmt::Display, error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => StoreErrorKind::NotFound,
            _ => StoreErrorKind::Other,
        };
        StoreError::new(kind, tried, &error).caused_by(error)
    }

    /// What caused it.
    pub(crate) fn into_source(self) -> Option<Source> {
        self.source
    }

    pub(super) fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    #[cfg(feature = "object-store")]
    pub(super) fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Whether there is nothing at the URI.
    ///
    /// ```
    /// let error = flytekit::store::read("/").expect_err("a folder");
    /// assert!(!error.is_not_found());
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.kind == StoreErrorKind::NotFound
    }

    /// Whether another try may help, as with a server that does not answer, or a disk that is full.
    ///
    /// ```
    /// let error = flytekit::store::read("/no/such/file").expect_err("there is none");
    /// assert!(!error.is_recoverable());
    /// ```
    pub fn is_recoverable(&self) -> bool {
        let source = self.source.as_deref();
        source.is_some_and(|source| {
            source.is::<RecoverableError>() || source.downcast_ref().is_some_and(is_of_machine)
        })
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

/// For what reads and writes by the standard library's traits.
impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        let kind = if error.is_not_found() {
            io::ErrorKind::NotFound
        } else {
            io::ErrorKind::Other
        };
        io::Error::new(kind, error)
    }
}
