//! The bodies of answers. No body is read forever, and a body for the client itself has a size limit.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::TryStreamExt;
use http_body::{Body, Frame};
use object_store::client::{HttpError, HttpErrorKind, HttpRequest, HttpResponseBody};

/// The largest answer that is read whole: a listing of 5,000 long names with all their metadata is a fraction
/// of it.
const LONGEST_ANSWER: usize = 64 << 20;

/// How much of an error's body is looked at.
const LONGEST_ERROR: usize = 1 << 16;

/// How many bytes must arrive per second, on average over the time that a server may be silent. A server that
/// sends a byte now and then counts as silent.
const LEAST: u64 = 1 << 10;

/// How the client reads a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Piece by piece, for an object that is passed on to its reader.
    Pieces,
    /// As a whole.
    Whole,
}

impl Reading {
    /// How to read the answer to a request. It is read as a whole unless the request asks for an object: it
    /// is then a listing, or the result of a write.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let lists = query
            .split('&')
            .any(|pair| pair.starts_with("list-type=") || pair == "comp=list");
        if request.method() == "GET" && !lists {
            Reading::Pieces
        } else {
            Reading::Whole
        }
    }
}

/// A body that arrives at some minimum pace, or is an error.
pub(super) fn paced(body: HttpResponseBody, patience: Duration) -> HttpResponseBody {
    // Without a size hint, because the client would allocate that much memory.
    HttpResponseBody::new(Paced {
        body,
        pace: Pace::new(patience),
    })
}

/// Reads the whole answer.
pub(super) async fn whole(body: HttpResponseBody) -> Result<Bytes, HttpError> {
    let (bytes, is_cut) = beginning(body, LONGEST_ANSWER).await?;
    if is_cut {
        return Err(HttpError::new(HttpErrorKind::Decode, BodyError::Endless));
    }
    Ok(bytes)
}

/// Reads the interesting part of an error's answer, as far as it arrives in time. The error itself is already
/// known, even if its text does not arrive.
pub(super) async fn words(body: HttpResponseBody, patience: Duration) -> Bytes {
    let words = tokio::time::timeout(patience, beginning(body, LONGEST_ERROR));
    let words = words.await.ok().and_then(Result::ok);
    words.map_or_else(Bytes::new, |(words, _)| words)
}

/// The first bytes of a body, and whether there are more.
async fn beginning(body: HttpResponseBody, most: usize) -> Result<(Bytes, bool), HttpError> {
    let mut pieces = body.bytes_stream();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        let room = most - bytes.len();
        bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            return Ok((bytes.into(), true));
        }
    }
    Ok((bytes.into(), false))
}

/// Why a body is not read to its end.
#[derive(Debug, PartialEq, Eq)]
enum BodyError {
    Endless,
    Slow { came: u64, waited: Duration },
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyError::Endless => write!(
                f,
                "the answer has more than {} MiB, but only objects may be so large",
                LONGEST_ANSWER >> 20
            ),
            BodyError::Slow { came, waited } => write!(
                f,
                "only {came} bytes came in {} s of waiting, less than {LEAST} a second; \
                 FLYTEKIT_STORE_TIMEOUT (seconds) sets the time to wait",
                waited.as_secs()
            ),
        }
    }
}

impl StdError for BodyError {}

struct Paced {
    body: HttpResponseBody,
    pace: Pace,
}

impl Body for Paced {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let now = Instant::now();
        let Poll::Ready(Some(Ok(frame))) = polled else {
            if polled.is_pending() {
                self.pace.wait(now);
            }
            return polled;
        };
        let length = frame.data_ref().map_or(0, Bytes::len);
        let paced = self.pace.came(now, length as u64);
        let slow = |error| HttpError::new(HttpErrorKind::Timeout, error);
        Poll::Ready(Some(paced.map(|()| frame).map_err(slow)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

/// Measures how fast bytes arrive while somebody waits for them: a slow reader is not the server's fault.
struct Pace {
    patience: Duration,
    since: Option<Instant>,
    waited: Duration,
    came: u64,
}

impl Pace {
    fn new(patience: Duration) -> Self {
        Pace {
            patience,
            since: None,
            waited: Duration::ZERO,
            came: 0,
        }
    }

    fn wait(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    fn came(&mut self, now: Instant, bytes: u64) -> Result<(), BodyError> {
        if let Some(since) = self.since.take() {
            self.waited += now.saturating_duration_since(since);
        }
        self.came += bytes;
        if self.waited < self.patience {
            return Ok(());
        }
        let (came, waited) = (self.came, self.waited);
        *self = Pace::new(self.patience);
        if came < LEAST * waited.as_secs() {
            return Err(BodyError::Slow { came, waited });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result for a body that delivers these numbers of bytes, one every second.
    fn in_seconds(bytes: impl Iterator<Item = u64>) -> Result<(), BodyError> {
        let mut pace = Pace::new(Duration::from_secs(10));
        let mut now = Instant::now();
        for bytes in bytes {
            pace.wait(now);
            now += Duration::from_secs(1);
            // A repeated wait does not restart the clock.
            pace.wait(now);
            pace.came(now, bytes)?;
        }
        Ok(())
    }

    #[test]
    fn a_body_has_to_come_on() {
        assert_eq!(in_seconds([1; 9].into_iter()), Ok(()));
        let (came, waited) = (10, Duration::from_secs(10));
        let slow = Err(BodyError::Slow { came, waited });
        assert_eq!(in_seconds([1; 10].into_iter()), slow);
        assert_eq!(in_seconds(std::iter::repeat_n(LEAST, 1000)), Ok(()));
        // A pause that ends does not count as silence.
        let with_pauses = (0..1000).map(|second| if second % 10 == 9 { 100_000 } else { 0 });
        assert_eq!(in_seconds(with_pauses), Ok(()));
        let fast_then_slow = [100_000; 10].into_iter().chain([1; 10]);
        assert_eq!(in_seconds(fast_then_slow), slow);
    }

    #[test]
    fn whoever_reads_slowly_is_not_the_servers_fault() {
        let mut pace = Pace::new(Duration::from_secs(10));
        let mut now = Instant::now();
        for _ in 0..100 {
            now += Duration::from_secs(60);
            assert_eq!(pace.came(now, 1), Ok(()));
        }
    }
}
