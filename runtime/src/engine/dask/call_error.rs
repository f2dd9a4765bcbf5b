//! Failures of calls, and the errors that a task sees.

use std::backtrace::Backtrace;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::record::{decode, encode};
use crate::console::redacted;
use crate::ends::Ends;
use crate::error::{Error, Origin, Verdict};

/// Why a function failed on a worker, in the form that travels back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FunctionFailure {
    /// The function's name. Calls that need the result of this call fail with the same failure.
    pub(super) function: String,
    /// The worker's address; empty in this process.
    pub(super) worker: String,
    /// The index of the item in a batch.
    pub(super) item: Option<u64>,
    pub(super) code: String,
    pub(super) is_system: bool,
    pub(super) is_recoverable: bool,
    pub(super) message: String,
    /// The location in the source.
    pub(super) location: Option<String>,
    /// Where the error was raised, its causes, and the backtrace.
    pub(super) trace: String,
}

/// Longer messages and traces are cut, because they travel through the scheduler.
const TEXT: usize = 16 << 10;

impl FunctionFailure {
    pub(super) fn new(function: &str, worker: &str, item: Option<u64>, error: &Error) -> Self {
        FunctionFailure {
            function: function.to_owned(),
            worker: worker.to_owned(),
            item,
            code: error.code().to_owned(),
            is_system: error.origin() == Origin::System,
            is_recoverable: error.is_recoverable(),
            message: cut(|out| write!(out, "{error}")),
            location: error.location.map(ToString::to_string),
            trace: cut(|out| error.write_trace(out)),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Encoding cannot fail: there are only strings and numbers, and a vector grows.
        let _ = encode(&mut bytes, self);
        bytes
    }
}

/// Removes secrets, which the receiver may not know.
fn cut(write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) -> String {
    Ends::of(write).shown(TEXT, |text| redacted(text).into_owned())
}

/// How a call failed.
#[derive(Clone, Debug)]
pub(super) enum CallError {
    /// The function returned an error or panicked.
    Function(Box<FunctionFailure>),
    /// The call was cancelled.
    Cancelled,
    /// The executable on a worker cannot be used.
    Program(String),
    /// Every attempt of the call ended without an answer, or there was another failure.
    Other(String),
}

impl CallError {
    /// The failure that the Dask client reports, with the body of its frame.
    pub(super) fn told(kind: &str, message: String, worker: Option<&str>, body: &[u8]) -> Self {
        let on_worker = |message: String| match worker {
            Some(worker) if !message.contains(worker) => format!("{message} (on {worker})"),
            _ => message,
        };
        match kind {
            "function" => match decode::<FunctionFailure>(body) {
                Ok(failure) => CallError::Function(Box::new(failure)),
                Err(_) => CallError::Other(on_worker(message)),
            },
            "cancelled" => CallError::Cancelled,
            "program" => CallError::Program(on_worker(message)),
            _ => CallError::Other(on_worker(message)),
        }
    }

    /// The error of a call of this function; `items` are the items of a batch.
    pub(super) fn into_error(self, function: &str, items: Option<&Range<u64>>) -> Error {
        match self {
            CallError::Function(failure) => of_function(items, *failure),
            CallError::Cancelled => Error::user(format!("the call of `{function}` was cancelled")),
            CallError::Program(message) => {
                Error::user(format!("`{function}` cannot be called: {message}"))
            }
            CallError::Other(message) => {
                let items = items.map_or_else(String::new, |items| {
                    format!(
                        " for the items {} to {}",
                        items.start,
                        items.end.saturating_sub(1)
                    )
                });
                Error::system(format!(
                    "`{function}` could not be called{items}: {message}"
                ))
            }
        }
    }
}

/// The function's own error, with its location.
fn of_function(items: Option<&Range<u64>>, failure: FunctionFailure) -> Error {
    let item = failure.item.zip(items);
    let item = item.map(|(item, items)| format!(" at item {}", items.start + item));
    let is_elsewhere = !failure.worker.is_empty();
    let worker = is_elsewhere.then(|| format!(" on the worker {}", failure.worker));
    let location = failure.location.map(|location| format!(" ({location})"));
    let place: String = [item, worker, location].into_iter().flatten().collect();
    let message = format!("`{}` failed{place}: {}", failure.function, failure.message);
    Error {
        verdict: Some(Verdict {
            code: known_code(&failure.code),
            origin: if failure.is_system {
                Origin::System
            } else {
                Origin::User
            },
            recoverable: failure.is_recoverable,
        }),
        message: message.clone(),
        source: Some(Box::new(OnWorker {
            message,
            trace: Trace(failure.trace),
        })),
        location: None,
        backtrace: Backtrace::disabled(),
    }
}

/// The code of a remote error, as one of this crate's codes.
fn known_code(code: &str) -> &'static str {
    const CODES: [&str; 4] = ["USER:BadInput", "USER:Panic", "USER:Recoverable", "SYSTEM"];
    let known = CODES.into_iter().find(|known| *known == code);
    known.unwrap_or("USER:RuntimeError")
}

/// The error of a function on a worker, whose source is the trace from the worker.
#[derive(Debug)]
struct OnWorker {
    message: String,
    trace: Trace,
}

#[derive(Debug)]
struct Trace(String);

impl fmt::Display for OnWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for OnWorker {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        (!self.trace.0.is_empty()).then_some(&self.trace)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "on the worker, {}", self.0.trim_end())
    }
}

impl std::error::Error for Trace {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RecoverableError;

    fn arrived(error: &Error, items: Option<&Range<u64>>) -> Error {
        let failure = FunctionFailure::new("app.f", "tcp://10.0.0.1:4000", items.map(|_| 3), error);
        let body = failure.to_bytes();
        CallError::told("function", String::new(), None, &body).into_error("app.needs_f", items)
    }

    #[test]
    fn a_functions_error_arrives_as_that_error() {
        let error = arrived(
            &Error::from(RecoverableError::new("busy")),
            Some(&(100..200)),
        );
        let text = error.to_string();
        assert!(
            text.starts_with("`app.f` failed at item 103 on the worker tcp://10.0.0.1:4000 (")
                && text.contains("call_error.rs:")
                && text.ends_with("): busy"),
            "{text}"
        );
        assert!(error.is_recoverable() && error.code() == "USER:Recoverable");
        let told = format!("{error:?}");
        assert!(told.contains("on the worker, raised at "), "{told}");
        let system = arrived(&Error::system("no disk"), None);
        assert!(system.origin() == Origin::System && !system.to_string().contains("item"));
    }

    #[test]
    fn what_is_not_the_functions_doing_names_worker_and_items() {
        let worker = Some("tcp://a:1");
        let crashed = CallError::told("crashed", "killed by signal 9".to_owned(), worker, b"");
        let error = crashed.into_error("app.f", Some(&(0..10)));
        assert_eq!(
            error.to_string(),
            "`app.f` could not be called for the items 0 to 9: killed by signal 9 (on tcp://a:1)"
        );
        assert!(error.is_recoverable());
    }

    #[test]
    fn failures_come_back_and_are_short() {
        let error = Error::system("ä".repeat(TEXT));
        let failure = FunctionFailure::new("app.f", "tcp://127.0.0.1:1", Some(7), &error);
        assert!(failure.message.len() < TEXT + 100 && failure.message.contains("are left out"));
        assert!(failure.trace.contains("raised at "));
        assert_eq!(
            decode::<FunctionFailure>(&failure.to_bytes()).unwrap(),
            failure
        );
    }
}
