//! Errors of uploads, without the signatures that would let others upload.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::time::Duration;

use indicatif::BinaryBytes;
use reqwest::{StatusCode, Url};

use crate::console::Foreign;
use crate::register::admin::AdminError;

/// The maximum length of the quoted part of an answer.
const LONGEST_MESSAGE: usize = 300;

/// The reason why a file was not uploaded.
#[derive(Debug)]
pub(crate) struct UploadError {
    name: String,
    size: u64,
    why: Why,
}

#[derive(Debug)]
pub(super) enum Why {
    /// Flyte provided no location.
    Location(AdminError),
    /// Flyte provided an invalid location.
    NoPlace(&'static str),
    /// The store refused the file.
    Store {
        host: String,
        failure: FailedPut,
        attempts: u32,
    },
}

/// The failure of one attempt.
#[derive(Debug)]
pub(super) enum FailedPut {
    /// The file cannot be read.
    File(io::Error),
    /// There was no connection, or it broke.
    Connection(String),
    /// Nothing was sent or received for this time.
    Silence(Duration),
    /// The store answered with this status.
    Status { status: StatusCode, text: String },
}

impl UploadError {
    pub(super) fn new(name: &str, size: u64, why: Why) -> Self {
        UploadError {
            name: name.to_owned(),
            size,
            why,
        }
    }
}

impl FailedPut {
    /// The client's error, without the URL.
    pub(super) fn connection(error: &reqwest::Error) -> Self {
        let mut deepest = error.source();
        while let Some(source) = deepest.and_then(|error| error.source()) {
            deepest = Some(source);
        }
        let words = deepest.map_or_else(|| "it broke".to_owned(), ToString::to_string);
        FailedPut::Connection(Foreign(&words).to_string())
    }

    /// An answer's status and message. Stores may quote the signed request in it.
    pub(super) fn status(status: StatusCode, answer: &str, url: &Url) -> Self {
        let element = |name: &str| {
            let (_, rest) = answer.split_once(&format!("<{name}>"))?;
            Some(rest.split_once("</")?.0)
        };
        let mut text = match (element("Code"), element("Message")) {
            (None, None) if answer.trim_start().starts_with('<') => String::new(),
            (None, None) => answer.trim().to_owned(),
            (code, message) => [code, message].map(Option::unwrap_or_default).join(": "),
        };
        for (_, value) in url.query_pairs().filter(|(_, value)| !value.is_empty()) {
            text = text.replace(&*value, "…");
        }
        if let Some((end, _)) = text.char_indices().nth(LONGEST_MESSAGE) {
            text.truncate(end);
            text.push('…');
        }
        FailedPut::Status {
            status,
            text: Foreign(&text).to_string(),
        }
    }

    /// Whether the next attempt may succeed without any change.
    pub(super) fn passes(&self) -> bool {
        match self {
            FailedPut::File(_) => false,
            FailedPut::Connection(_) | FailedPut::Silence(_) => true,
            FailedPut::Status { status, .. } => {
                status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429)
            }
        }
    }

    /// Whether the signature was refused.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, FailedPut::Status { status, .. } if matches!(status.as_u16(), 400 | 401 | 403))
    }
}

impl fmt::Display for UploadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot upload {} ({})",
            self.name,
            BinaryBytes(self.size)
        )?;
        match &self.why {
            Why::Location(error) => write!(f, ": {error}"),
            Why::NoPlace(what) => write!(f, ": Flyte's data proxy {what}"),
            Why::Store {
                host,
                failure,
                attempts,
            } => {
                write!(f, " to {host}: {failure}")?;
                if *attempts > 1 {
                    write!(f, ", in {attempts} attempts")?;
                }
                match advice(failure) {
                    Some(advice) => write!(f, "; {advice}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for UploadError {}

impl fmt::Display for FailedPut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FailedPut::File(error) => write!(f, "the file cannot be read: {error}"),
            FailedPut::Connection(error) => write!(f, "no connection: {error}"),
            FailedPut::Silence(limit) => {
                write!(
                    f,
                    "the store accepted no data and sent no answer for {} s",
                    limit.as_secs()
                )
            }
            FailedPut::Status { status, text } if text.is_empty() => {
                write!(f, "it answers {status}")
            }
            FailedPut::Status { status, text } => write!(f, "it answers {status}: {text}"),
        }
    }
}

fn advice(failure: &FailedPut) -> Option<&'static str> {
    match failure {
        FailedPut::File(_) => None,
        FailedPut::Connection(_) => Some(
            "Flyte's storage settings set the host of its signed URLs; it must be reachable from \
             here, directly or by the proxy in HTTPS_PROXY or HTTP_PROXY",
        ),
        FailedPut::Silence(_) => Some("FLYTEKIT_STORE_TIMEOUT sets the time limit in seconds"),
        FailedPut::Status { status, .. } => match status.as_u16() {
            400 => Some("the file may have changed meanwhile"),
            401 | 403 => Some(
                "the signature in the URL was refused: it has expired, a proxy changes requests, or \
                 Flyte's own credentials do not allow it to write there",
            ),
            300..=399 => Some(
                "it redirects instead of accepting the file: there may be a proxy or a page to sign in \
                 in front of the store",
            ),
            404 => Some("the bucket of Flyte's storage settings may be missing"),
            411 | 413 => Some("a proxy on the way may allow only smaller requests"),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_shown_without_what_gives_rights() {
        let url = "https://store:9000/a?X-Signature=5ecre7&X-Expires=60"
            .parse()
            .unwrap();
        let said = |answer: &str| {
            let failure = FailedPut::status(StatusCode::FORBIDDEN, answer, &url);
            failure.to_string()
        };
        let xml = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>The \
                   signature 5ecre7 does not match.</Message><StringToSign>5ecre7</StringToSign></Error>";
        assert_eq!(
            said(xml),
            "it answers 403 Forbidden: SignatureDoesNotMatch: The signature … does not match."
        );
        assert_eq!(said("<html>5ecre7</html>"), "it answers 403 Forbidden");
        assert_eq!(said("no 5ecre7\n"), "it answers 403 Forbidden: no …");
        assert!(said(&"ä".repeat(1000)).chars().count() < 400);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let url = "https://store/a".parse().unwrap();
        let passes = |status| {
            let status = StatusCode::from_u16(status).unwrap();
            FailedPut::status(status, "", &url).passes()
        };
        for status in [408, 425, 429, 500, 502, 503] {
            assert!(passes(status), "{status}");
        }
        for status in [301, 400, 403, 404, 413] {
            assert!(!passes(status), "{status}");
        }
    }
}
