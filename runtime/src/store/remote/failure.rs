//! Explains failed operations to people.

use std::error::Error as StdError;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};

use super::client;
use super::listen::{Came, FailedRequest, Tries, deepest};
use crate::console::{Foreign, clean};
use crate::error::RecoverableError;
use crate::store::StoreError;
use crate::store::error::StoreErrorKind;
use crate::store::scheme::Scheme;

/// The error names with which stores report a missing bucket.
const NO_BUCKET: [&str; 2] = ["NoSuchBucket", "ContainerNotFound"];

/// The error names with which S3 reports a bucket in another region.
const MOVED: [&str; 3] = ["PermanentRedirect", "TemporaryRedirect", "Redirect"];

/// The error name with which S3 reports an unknown multipart upload.
const NO_UPLOAD: &str = "NoSuchUpload";

/// The error of an operation, from the client's error and the observations of its requests.
pub(super) fn explain(scheme: Scheme, tried: &str, error: &Error, heard: &Tries) -> StoreError {
    let Verdict {
        kind,
        recoverable,
        why,
    } = match &heard.last {
        Some(failure) => judge(scheme, failure, heard),
        None => unheard(error),
    };
    let explained = StoreError::new(kind, tried, why);
    // The URL of a file may be signed, and then everyone who reads it can use it.
    let details = (scheme != Scheme::Http).then(|| clean(&error.to_string()));
    match (recoverable, details) {
        (true, Some(details)) => explained.caused_by(RecoverableError::new(details)),
        (true, None) => explained.caused_by(RecoverableError::new("another try may succeed")),
        (false, Some(details)) => explained.caused_by(details),
        (false, None) => explained,
    }
}

struct Verdict {
    kind: StoreErrorKind,
    recoverable: bool,
    why: String,
}

fn judge(scheme: Scheme, failure: &FailedRequest, tries: &Tries) -> Verdict {
    let server = &failure.server;
    let (kind, recoverable, why) = match &failure.came {
        Came::Status { name, text, .. } if name == NO_UPLOAD => {
            let why = format!("{server} has lost the parts that it was sent ({text})");
            (StoreErrorKind::Other, true, why)
        }
        Came::Status {
            code: 404,
            name,
            text,
            ..
        } => {
            let what = if NO_BUCKET.contains(&name.as_str()) {
                "bucket"
            } else {
                "object"
            };
            let why = format!("there is no such {what} ({server} answers {text})");
            (StoreErrorKind::NotFound, false, why)
        }
        Came::Status {
            code: 401 | 403,
            text,
            ..
        } => {
            let why = format!("{server} answers {text}; {}", rights(scheme));
            (StoreErrorKind::Denied, false, why)
        }
        Came::Status {
            code: 300..=399,
            name,
            text,
            region,
        } => {
            let is_bucket = scheme == Scheme::S3 && (region.is_some() || MOVED.contains(&&**name));
            let why = if is_bucket {
                moved(server, text, region.as_deref())
            } else {
                sent_elsewhere(scheme, server, text)
            };
            (StoreErrorKind::Other, false, why)
        }
        Came::Status { code, text, .. } => {
            let recoverable = *code >= 500 || matches!(code, 408 | 429);
            let why = format!("{server} answers {text}{tries}");
            (StoreErrorKind::Other, recoverable, why)
        }
        Came::Silence => {
            let limit = client::patience().as_secs();
            let why = format!(
                "waited {limit} s for an answer from {server}{tries}; FLYTEKIT_STORE_TIMEOUT \
                 (seconds) sets the time to wait"
            );
            (StoreErrorKind::Other, true, why)
        }
        Came::Broken(text) => {
            let why = format!(
                "no answer from {server}: {text}{tries}; {}",
                endpoint(scheme)
            );
            (StoreErrorKind::Other, true, why)
        }
        Came::Damaged => {
            let why = format!("{server} has stored other bytes than it was sent{tries}");
            (StoreErrorKind::Other, true, why)
        }
        Came::NoCredentials => {
            let credentials = credentials(scheme);
            let why = format!(
                "no credentials: set {credentials}, or run where the cloud provides them ({server} \
                 does not)"
            );
            (StoreErrorKind::Denied, true, why)
        }
    };
    Verdict {
        kind,
        recoverable,
        why,
    }
}

/// S3's buckets exist in one region only.
fn moved(server: &str, text: &str, region: Option<&str>) -> String {
    match region {
        Some(region) => format!("the bucket is in another region; set AWS_REGION to {region}"),
        None => format!("{server} answers {text}; check the region (AWS_REGION) or the endpoint"),
    }
}

/// Stores answer themselves: a redirect comes from a server in front of the store, or instead of it.
fn sent_elsewhere(scheme: Scheme, server: &str, text: &str) -> String {
    let advice = match scheme {
        Scheme::Http => "check that the URL is that of the file",
        _ => endpoint(scheme),
    };
    format!(
        "{server} answers {text}, which is a redirect, and not the file; a proxy or a sign-in page \
         may be in front of it: {advice}"
    )
}

/// A failure without a failed request: the body broke off, or there was no request at all.
fn unheard(error: &Error) -> Verdict {
    let chain = std::iter::successors(Some(error as &(dyn StdError + 'static)), |&error| {
        error.source()
    });
    let broken = chain
        .filter_map(|error| error.downcast_ref::<HttpError>())
        .last();
    let changed = matches!(error, Error::Precondition { .. });
    let recoverable = changed || broken.is_some_and(|error| error.kind() != HttpErrorKind::Decode);
    Verdict {
        kind: StoreErrorKind::Other,
        recoverable,
        why: Foreign(&deepest(error)).to_string(),
    }
}

/// Advice for a request that is refused.
fn rights(scheme: Scheme) -> String {
    match scheme {
        Scheme::Http => "check whether the URL has expired".to_owned(),
        _ => format!(
            "check {}, and the permissions that they give",
            credentials(scheme)
        ),
    }
}

/// The variables with credentials.
fn credentials(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::S3 => "FLYTE_AWS_ACCESS_KEY_ID and FLYTE_AWS_SECRET_ACCESS_KEY (or AWS_…)",
        Scheme::Gcs => "GOOGLE_APPLICATION_CREDENTIALS",
        Scheme::Azure => {
            "FLYTE_AZURE_STORAGE_ACCOUNT_NAME and FLYTE_AZURE_STORAGE_ACCOUNT_KEY (or AZURE_…)"
        }
        Scheme::Http => "a user in the URL",
    }
}

/// Advice for a server that does not exist.
fn endpoint(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::S3 => "check that it is up, and check FLYTE_AWS_ENDPOINT",
        Scheme::Gcs => "check that it is up, and check STORAGE_EMULATOR_HOST",
        Scheme::Azure => "check that it is up, and check AZURE_STORAGE_ENDPOINT",
        Scheme::Http => "check that it is up",
    }
}
