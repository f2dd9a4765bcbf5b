//! Errors of reading and printing messages.

use std::fmt;

use crate::wire::ReadError;

/// Why bytes could not be read or printed as a message.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// This crate has no message with that name.
    UnknownMessage {
        /// The requested name.
        name: String,
    },
    /// The bytes are not a message of that type.
    Decode {
        /// Full name of the message.
        name: String,
        /// The problem with the bytes.
        reason: ReadError,
    },
    /// The message has no JSON form.
    Json {
        /// The full name of the message.
        name: String,
        /// The value without a JSON form.
        reason: NoJson,
    },
}

/// A value that JSON cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoJson {
    /// A timestamp before the year 1 or after 9999.
    Timestamp,
    /// A duration of more than 10,000 years, or with more nanoseconds than a second has.
    Duration,
    /// A NaN or infinite number in a `google.protobuf.Value`.
    Number,
}

impl fmt::Display for NoJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timestamp => "a timestamp lies outside of the years 1 to 9999",
            Self::Duration => "a duration is out of range",
            Self::Number => "a number is not finite",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMessage { name } => write!(
                f,
                "no message is called `{name}`; a full name is expected, such as `flyteidl.core.TaskTemplate`"
            ),
            Self::Decode { name, reason } => write!(f, "the bytes are not a `{name}`: {reason}"),
            Self::Json { name, reason } => write!(f, "this `{name}` has no JSON form: {reason}"),
        }
    }
}

impl std::error::Error for NoJson {}

impl std::error::Error for Error {}
