//! Objects as streams: large objects arrive in parts, several at a time, in order.

use std::io::{self, Read};
use std::ops::Range;
use std::pin::pin;

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, GetResult};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::request::Request;
use super::{PART, thread};
use crate::store::scheme::Scheme;
use crate::store::{StoreError, StoreReader};

/// How many pieces of a small object may wait for their reader.
const PIECES: usize = 16;

type Piece = Result<Bytes, StoreError>;

/// Opens an object, and reads ahead while nobody waits.
pub(super) fn open(
    request: &Request,
    path: &Path,
    ahead: usize,
) -> Result<StoreReader, StoreError> {
    let (store, location) = (request.store(), path.clone());
    let object =
        request.wait(async move { store.get_opts(&location, GetOptions::default()).await })?;
    let size = object.meta.size;
    // Web servers need not support ranges.
    let is_large = size > PART as u64 && request.scheme() != Scheme::Http;
    let rest = if is_large {
        let (sender, rest) = mpsc::channel(1);
        let parts = in_parts(request.clone(), path.clone(), object, ahead, sender);
        request.spawn(parts)?;
        rest
    } else {
        let (sender, rest) = mpsc::channel(PIECES);
        request.spawn(whole(request.clone(), object, sender))?;
        rest
    };
    let source = Pieces {
        rest,
        piece: Bytes::new(),
        left: size,
    };
    Ok(StoreReader::new(source, size))
}

/// Passes on an object as it arrives.
async fn whole(request: Request, object: GetResult, sender: mpsc::Sender<Piece>) {
    let to = sender.clone();
    let all = async move {
        let mut pieces = object.into_stream();
        while let Some(piece) = pieces.try_next().await? {
            if to.send(Ok(piece)).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    if let Err(error) = request.explained(all).await {
        // A reader that has stopped does not need the error.
        let _ = sender.send(Err(error)).await;
    }
}

/// Passes on the parts of an object. The first part has already begun to arrive.
async fn in_parts(
    request: Request,
    path: Path,
    object: GetResult,
    ahead: usize,
    sender: mpsc::Sender<Piece>,
) {
    let part = PART as u64;
    let (size, tag) = (object.meta.size, object.meta.e_tag.clone());
    let rest = (part..size)
        .step_by(PART)
        .map(move |start| start..size.min(start + part));
    let beginning = Fetch::start(request.explained(beginning(object)));
    let rest = rest.map(move |range| {
        let (path, tag) = (path.clone(), tag.clone());
        Fetch::start(request.explained(fetch(request.clone(), path, range, tag)))
    });
    let parts = stream::iter(std::iter::once(beginning).chain(rest));
    let mut parts = pin!(parts.map(Fetch::end).buffered(ahead));
    while let Some(part) = parts.next().await {
        if sender.send(part).await.is_err() {
            break;
        }
    }
}

/// The first part of an object whose whole content is on its way.
async fn beginning(object: GetResult) -> object_store::Result<Bytes> {
    collect(object, PART).await
}

/// Reads up to `most` bytes.
async fn collect(object: GetResult, most: usize) -> object_store::Result<Bytes> {
    let mut pieces = object.into_stream();
    let mut part = BytesMut::with_capacity(most);
    while part.len() < most {
        let Some(piece) = pieces.try_next().await? else {
            break;
        };
        let wanted = piece.len().min(most - part.len());
        part.extend_from_slice(&piece[..wanted]);
    }
    Ok(part.freeze())
}

/// Fetches a part of an object, which must still be the one that was opened.
async fn fetch(
    request: Request,
    path: Path,
    range: Range<u64>,
    tag: Option<String>,
) -> object_store::Result<Bytes> {
    let length = usize::try_from(range.end - range.start)
        .unwrap_or(PART)
        .min(PART);
    let options = GetOptions {
        range: Some(GetRange::Bounded(range)),
        ..GetOptions::default()
    };
    let part = request.store().get_opts(&path, options).await?;
    if part.meta.e_tag != tag {
        return Err(Error::Precondition {
            path: path.to_string(),
            source: "it changed while it was read".into(),
        });
    }
    collect(part, length).await
}

/// A part that is being fetched. Dropping this cancels the fetch.
struct Fetch(JoinHandle<Piece>);

impl Fetch {
    fn start(fetch: impl Future<Output = Piece> + Send + 'static) -> Self {
        Fetch(tokio::spawn(fetch))
    }

    async fn end(mut self) -> Piece {
        let ended = (&mut self.0).await;
        ended.unwrap_or_else(|error| Err(StoreError::refused("read a part", error)))
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Pieces, read as one file.
struct Pieces {
    rest: mpsc::Receiver<Piece>,
    piece: Bytes,
    left: u64,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.piece.has_remaining() {
            match thread::wait(self.rest.recv()) {
                Some(piece) => self.piece = piece?,
                None if self.left == 0 => return Ok(0),
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let read = self.piece.len().min(buffer.len());
        self.piece.copy_to_slice(&mut buffer[..read]);
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}
