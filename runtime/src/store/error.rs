//! The errors of reading and writing files and objects.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::error::{RecoverableError, is_of_machine};

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// Why bytes could not be read or written: the operation and its URI, the answer, the advice.
///
/// If a task returns this error, Flyte retries the task if another try may help.
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
    /// A [`RecoverableError`] if another try may help.
    source: Option<Source>,
}

/// The kinds of failures that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StoreErrorKind {
    /// There is nothing at the URI.
    NotFound,
    /// The caller has no permission.
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

    /// The error of a request that is itself wrong.
    pub(crate) fn refused(tried: impl fmt::Display, why: impl fmt::Display) -> Self {
        StoreError::new(StoreErrorKind::Other, tried, why)
    }

    /// The error of the operating system for a file.
    pub(crate) fn of_file(tried: impl fmt::Display, error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => StoreErrorKind::NotFound,
            _ => StoreErrorKind::Other,
        };
        StoreError::new(kind, tried, &error).caused_by(error)
    }

    /// The cause of this error.
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

    /// Whether another try may help, for example if a server does not answer, or a disk is full.
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

/// For code that reads and writes through the standard library's traits.
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
