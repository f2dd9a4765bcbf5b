//! Errors of calls to Flyte Admin.

use std::fmt;

use tonic::Code;

use super::auth::SignInError;
use super::failure::FailedCall;

/// The error of a call of Flyte Admin.
#[derive(Clone, Debug)]
pub(crate) struct AdminError {
    what: String,
    endpoint: String,
    code: Code,
    message: String,
    advice: Option<String>,
    attempts: u32,
    /// Whether an earlier attempt may have succeeded.
    may_be_done: bool,
}

impl AdminError {
    /// The error of a call that failed for good.
    pub(super) fn of_call(what: &str, endpoint: &impl fmt::Display, failure: FailedCall) -> Self {
        AdminError {
            what: format!("{} at", what.replace('_', " ")),
            endpoint: endpoint.to_string(),
            code: failure.code,
            message: failure.message,
            advice: failure.advice,
            attempts: 1,
            may_be_done: false,
        }
    }

    /// The error of settings with which no call can be made.
    pub(super) fn of_endpoint(endpoint: &str, error: &impl fmt::Display) -> Self {
        AdminError {
            what: "connect to".to_owned(),
            endpoint: endpoint.to_owned(),
            code: Code::InvalidArgument,
            message: error.to_string(),
            advice: None,
            attempts: 1,
            may_be_done: false,
        }
    }

    /// The error of a failed sign-in.
    pub(super) fn of_sign_in(endpoint: &impl fmt::Display, error: SignInError) -> Self {
        AdminError {
            what: "sign in to".to_owned(),
            endpoint: endpoint.to_string(),
            code: Code::Unauthenticated,
            message: error.message,
            advice: Some(error.advice),
            attempts: 1,
            may_be_done: false,
        }
    }

    /// This error with advice.
    pub(super) fn advising(mut self, advice: &str) -> Self {
        self.advice = Some(advice.to_owned());
        self
    }

    /// This error after a number of attempts.
    pub(super) fn after(mut self, attempts: u32, may_be_done: bool) -> Self {
        self.attempts = attempts;
        self.may_be_done = may_be_done;
        self
    }

    /// The gRPC code of the failure.
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// Whether the entity exists because an earlier attempt, whose answer was lost, created it.
    pub(crate) fn is_echo(&self) -> bool {
        self.code == Code::AlreadyExists && self.may_be_done
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot {} `{}`: {}",
            self.what, self.endpoint, self.message
        )?;
        if self.attempts > 1 {
            write!(f, ", in {} attempts", self.attempts)?;
        }
        match &self.advice {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for AdminError {}
