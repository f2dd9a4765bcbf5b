//! Checks that a store received the bytes that were sent. S3 checks that itself, by the digest with which
//! requests are signed; other stores return the digest of the bytes that arrived.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body::Body;
use md5::{Digest as _, Md5};
use object_store::HeaderMap;
use object_store::client::{HttpRequest, HttpRequestBody};

/// The body of a request.
pub(super) struct Sent(Option<HttpRequestBody>);

impl Sent {
    /// The body of a write. Clones of a body share its bytes.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let writes = request.method() == "PUT";
        Sent(writes.then(|| request.body().clone()))
    }

    /// Whether a store reports the digest of another body.
    pub(super) fn arrived_damaged(self, answer: &HeaderMap) -> bool {
        let arrived = digest_in(answer);
        let Some((arrived, body)) = arrived.zip(self.0.filter(|body| body.content_length() > 0))
        else {
            return false;
        };
        arrived != STANDARD.encode(digest(body))
    }
}

/// The MD5 that Azure sends in `Content-MD5`, and Google in one of its `x-goog-hash`.
fn digest_in(answer: &HeaderMap) -> Option<&str> {
    let google = answer.get_all("x-goog-hash").iter();
    let google = google
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|hash| hash.trim().strip_prefix("md5="));
    google.or_else(|| answer.get("content-md5")?.to_str().ok())
}

fn digest(mut body: HttpRequestBody) -> [u8; 16] {
    let mut hasher = Md5::new();
    let mut context = Context::from_waker(Waker::noop());
    // A body in memory is always ready.
    while let Poll::Ready(Some(Ok(piece))) = Pin::new(&mut body).poll_frame(&mut context) {
        if let Some(bytes) = piece.data_ref() {
            hasher.update(bytes);
        }
    }
    hasher.finalize().into()
}

/// The stored bytes differ from the sent ones.
#[derive(Debug)]
pub(super) struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes that arrived are not those that were sent")
    }
}

impl StdError for Damaged {}

#[cfg(test)]
mod tests {
    use object_store::PutPayload;

    use super::*;

    fn arrived_damaged(headers: &[(&'static str, &str)]) -> bool {
        let payload = PutPayload::from_iter([&b"hel"[..], b"lo"].map(bytes::Bytes::from_static));
        let mut answer = HeaderMap::new();
        for (name, value) in headers {
            answer.append(*name, value.parse().expect("a header"));
        }
        Sent(Some(payload.into())).arrived_damaged(&answer)
    }

    #[test]
    fn the_stores_digest_is_compared() {
        let (same, other) = ("XUFAKrxLKna5cZ2REBfFkg==", "XUFAKrxLKna5cZ2REBfFkw==");
        assert!(!arrived_damaged(&[]));
        assert!(!arrived_damaged(&[("content-md5", same)]));
        assert!(arrived_damaged(&[("content-md5", other)]));
        let google = |digest| format!("md5={digest}");
        assert!(!arrived_damaged(&[
            ("x-goog-hash", "crc32c=a"),
            ("x-goog-hash", &google(same))
        ]));
        assert!(arrived_damaged(&[
            ("x-goog-hash", "crc32c=a"),
            ("x-goog-hash", &google(other))
        ]));
        assert!(arrived_damaged(&[(
            "x-goog-hash",
            &format!("crc32c=a,md5={other}")
        )]));
    }
}
