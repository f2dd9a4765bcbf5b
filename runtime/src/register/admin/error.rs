//! What goes wrong with Flyte Admin.

use std::fmt;

use tonic::{Code, Status};

/// Why a call of Flyte Admin failed.
#[derive(Clone, Debug)]
pub(crate) struct AdminError {
    what: String,
    code: Code,
    message: String,
}

impl AdminError {
    pub(super) fn of_call(what: &str, status: &Status) -> Self {
        AdminError {
            what: what.to_owned(),
            code: status.code(),
            message: status.message().to_owned(),
        }
    }

    pub(super) fn of_endpoint(endpoint: &str, error: &impl fmt::Display) -> Self {
        AdminError {
            what: format!("connect to `{endpoint}`"),
            code: Code::InvalidArgument,
            message: error.to_string(),
        }
    }

    /// What kind of failure it is.
    pub(crate) fn code(&self) -> Code {
        self.code
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {} ({})", self.what, self.message, self.code)
    }
}

impl std::error::Error for AdminError {}
