//! Failures of calls.

use std::error::Error;
use std::fmt;

use tonic::{Code, Status};

/// The failure of a connector's call: its origin and its message.
///
/// ```
/// use flytekit_connector::{Failure, FailureKind};
///
/// let failure = Failure::user("`workspace` is missing: name one in the task's configuration");
/// assert_eq!(failure.kind(), FailureKind::User);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: FailureKind,
    message: String,
}

/// The origin of a [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The task's fault: another try with the same task cannot help.
    User,
    /// The service's or the network's fault: another try may help.
    Unavailable,
    /// The connector has no such call.
    Unimplemented,
    /// The connector's fault, or an unexpected failure of the service.
    Internal,
}

impl Failure {
    /// A mistake in the task or in its configuration.
    pub fn user(message: impl Into<String>) -> Self {
        Failure::of(FailureKind::User, message)
    }

    /// A temporary failure.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Failure::of(FailureKind::Unavailable, message)
    }

    /// A call that the connector does not have.
    pub fn unimplemented(message: impl Into<String>) -> Self {
        Failure::of(FailureKind::Unimplemented, message)
    }

    /// Any other failure.
    pub fn internal(message: impl Into<String>) -> Self {
        Failure::of(FailureKind::Internal, message)
    }

    fn of(kind: FailureKind, message: impl Into<String>) -> Self {
        Failure {
            kind,
            message: message.into(),
        }
    }

    /// A failure of the same kind, with another message.
    #[must_use]
    pub fn with(&self, message: impl Into<String>) -> Self {
        Failure::of(self.kind, message)
    }

    /// The origin of the failure.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The gRPC status, with flytekit's message, for which people search logs.
    pub(crate) fn status(&self, operation: &str, task_type: &str) -> Status {
        let code = match self.kind {
            FailureKind::User => Code::InvalidArgument,
            FailureKind::Unavailable => Code::Unavailable,
            FailureKind::Unimplemented => Code::Unimplemented,
            FailureKind::Internal => Code::Internal,
        };
        let message = &self.message;
        Status::new(
            code,
            format!("failed to {operation} {task_type} task with error:\n {message}"),
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)
    }
}

impl Error for Failure {}
