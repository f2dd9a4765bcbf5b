//! Many calls of one function, in chunks.

use std::collections::VecDeque;
use std::ops::Range;
use std::panic::Location;
use std::slice;
use std::time::Duration;

use bytes::Bytes;

use super::DaskClient;
use super::call_error::CallError;
use super::calls::Table;
use super::chunks::ChunkSizes;
use super::connection::{Connection, read, undecodable};
use super::function::{Params, WorkerFn};
use super::items::ItemProgress;
use super::message::{CallId, SentArgument};
use super::record::RecordBuf;
use crate::error::Error;

/// A chunk ends when its arguments have this many bytes, even if it has few items.
const CHUNK_BYTES: usize = 8 << 20;

/// The maximum size of the arguments under way, if there is more than one chunk.
const BYTES_UNDER_WAY: usize = 512 << 20;

/// How long a wait for results may delay the display of progress.
const SHOW: Duration = Duration::from_millis(500);

/// The results of a function for a sequence of items, in their order; see [`stream`](DaskClient::stream).
///
/// Items are taken as results come back, so that neither all items nor all results need be in memory. An
/// error ends the stream. The calls under way are stopped at an error, and when the stream is dropped.
pub struct Stream<'c, F: WorkerFn, I> {
    client: &'c DaskClient,
    _function: F,
    items: Option<I>,
    sizes: ChunkSizes,
    /// The chunks whose results were not taken yet, in order.
    under_way: VecDeque<Chunk>,
    /// The record of the last chunk's arguments, which is reused.
    record: RecordBuf,
    /// Results that have arrived.
    ready: VecDeque<F::Output>,
    /// The number of items that were taken.
    taken: u64,
    /// Whether chunks are sent until enough are under way; otherwise the stream waits until few are left.
    filling: bool,
    progress: ItemProgress,
    /// The location where the stream was requested.
    caller: &'static Location<'static>,
}

/// Items that go to a worker together.
#[derive(Clone, Debug)]
struct Chunk {
    id: CallId,
    items: Range<u64>,
    bytes: usize,
}

impl Chunk {
    fn count(&self) -> u64 {
        self.items.end - self.items.start
    }
}

impl<'c, F, I> Stream<'c, F, I>
where
    F: WorkerFn,
    I: Iterator<Item = <F::Params as Params>::Item>,
{
    pub(super) fn new(
        client: &'c DaskClient,
        function: F,
        items: I,
        caller: &'static Location<'static>,
    ) -> Self {
        Stream {
            client,
            _function: function,
            progress: ItemProgress::new(
                F::DESCRIPTOR.name,
                items.size_hint().1,
                &client.connection().progress,
            ),
            items: Some(items),
            sizes: ChunkSizes::new(),
            under_way: VecDeque::new(),
            record: RecordBuf::default(),
            ready: VecDeque::new(),
            taken: 0,
            filling: true,
            caller,
        }
    }

    /// Sets the number of items of each chunk. By default a chunk takes about a quarter of a second. Set a
    /// size if items are large, or of very different cost.
    #[must_use]
    pub fn chunk_size(mut self, items: usize) -> Self {
        self.sizes.fix(items);
        self
    }

    fn connection(&self) -> &Connection {
        self.client.connection()
    }

    /// The next result; None at the end.
    fn advance(&mut self) -> Result<Option<F::Output>, Error> {
        loop {
            if let Some(output) = self.ready.pop_front() {
                return Ok(Some(output));
            }
            self.send_chunks()?;
            let Some(first) = self.under_way.front().cloned() else {
                return Ok(None);
            };
            match self.wait()? {
                Some(Ok(record)) => {
                    self.under_way.pop_front();
                    self.connection().release(first.id);
                    self.take(&first, &record)?;
                }
                Some(Err(error)) => return Err(error),
                None => {}
            }
        }
    }

    /// Sends chunks until the workers have enough to do.
    fn send_chunks(&mut self) -> Result<(), Error> {
        while self.items.is_some() && self.has_room() {
            let count = self.encode_chunk()?;
            if count == 0 {
                self.items = None;
                break;
            }
            let bytes = self.record.len();
            let argument = SentArgument::Inline { size: bytes };
            let connection = self.client.connection();
            let records = slice::from_ref(&self.record);
            let id = connection.submit::<F>(&[argument], records, Some(count), true)?;
            self.record.clear(usize::MAX);
            let items = self.taken..self.taken + count;
            self.taken = items.end;
            self.under_way.push_back(Chunk { id, items, bytes });
        }
        Ok(())
    }

    /// Whether another chunk may be sent.
    fn has_room(&mut self) -> bool {
        let (threads, running) = self
            .connection()
            .calls
            .look(|table| (table.threads(), running(&self.under_way, table).count()));
        let bytes: usize = self.under_way.iter().map(|chunk| chunk.bytes).sum();
        let most = self.sizes.under_way(threads);
        self.filling = if self.filling {
            running < most
        } else {
            running <= self.sizes.few_under_way(threads)
        };
        // More chunks may have ended, and wait for a slow one before them.
        self.filling && self.under_way.len() < 4 * most && bytes < BYTES_UNDER_WAY
    }

    /// Encodes the items of a chunk, and returns their number: zero at the end.
    fn encode_chunk(&mut self) -> Result<u64, Error> {
        let threads = self.connection().calls.look(Table::threads);
        self.record.begin("");
        let Some(items) = &mut self.items else {
            return Ok(0);
        };
        let remaining = match items.size_hint() {
            (least, Some(most)) if least == most => Some(most),
            _ => None,
        };
        let mut count = 0;
        for item in items.by_ref().take(self.sizes.next(threads, remaining)) {
            self.record.push(&item).map_err(|error| {
                let (function, item) = (F::DESCRIPTOR.name, self.taken + count);
                Error::bad_input(format!("item {item} for `{function}` cannot be serialized"))
                    .with_source(error)
            })?;
            count += 1;
            if self.record.len() >= CHUNK_BYTES {
                break;
            }
        }
        Ok(count)
    }

    /// Waits for the first chunk's record, or, with None, for room to send more.
    fn wait(&mut self) -> Result<Option<Result<Bytes, Error>>, Error> {
        let chunks = &self.under_way;
        let before = self
            .connection()
            .calls
            .look(|table| running(chunks, table).count());
        let has_items = self.items.is_some();
        let waited = self.client.connection().calls.wait(Some(SHOW), |table| {
            if let Some((failed, error)) = failure(chunks, table) {
                return Some(Some(Err(
                    error.into_error(F::DESCRIPTOR.name, Some(&failed))
                )));
            }
            match table.take_result(chunks.front()?.id) {
                Some(Ok(record)) => Some(Some(Ok(record))),
                _ if has_items && running(chunks, table).count() < before => Some(None),
                _ => None,
            }
        })?;
        self.progress
            .show(self.client.connection(), self.finished());
        Ok(waited.flatten())
    }

    /// The number of items whose chunks have ended.
    fn finished(&self) -> u64 {
        self.connection().calls.look(|table| {
            let waiting: u64 = running(&self.under_way, table).map(Chunk::count).sum();
            self.taken - waiting
        })
    }

    fn take(&mut self, chunk: &Chunk, record: &Bytes) -> Result<(), Error> {
        let function = F::DESCRIPTOR.name;
        let record = read(record, function)?;
        let (count, seconds) = (chunk.count(), record.seconds);
        let mut values = record.values();
        for _ in 0..count {
            let value = values
                .next()
                .map_err(|error| undecodable(function, error))?;
            self.ready.push_back(value);
        }
        self.sizes
            .measured(usize::try_from(count).unwrap_or(usize::MAX), seconds);
        Ok(())
    }
}

/// The chunks that have not ended.
fn running<'c>(chunks: &'c VecDeque<Chunk>, table: &'c Table) -> impl Iterator<Item = &'c Chunk> {
    chunks.iter().filter(|chunk| !table.has_ended(chunk.id))
}

/// The first chunk that has failed, if there is one.
fn failure(chunks: &VecDeque<Chunk>, table: &Table) -> Option<(Range<u64>, CallError)> {
    let mut failures = chunks.iter().filter_map(|chunk| {
        let error = table.failure(chunk.id)?;
        Some((chunk.items.clone(), error))
    });
    failures.next()
}

impl<F, I> Iterator for Stream<'_, F, I>
where
    F: WorkerFn,
    I: Iterator<Item = <F::Params as Params>::Item>,
{
    type Item = Result<F::Output, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            self.items = None;
            self.stop();
        }
        // The caller of the next method may be a library.
        next.map_err(|error| error.raised_by(self.caller))
            .transpose()
    }
}

impl<F: WorkerFn, I> Stream<'_, F, I> {
    /// Stops all calls under way.
    fn stop(&mut self) {
        for chunk in self.under_way.drain(..) {
            self.client.connection().release(chunk.id);
        }
    }
}

impl<F: WorkerFn, I> Drop for Stream<'_, F, I> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<F: WorkerFn, I> std::fmt::Debug for Stream<'_, F, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("function", &F::DESCRIPTOR.name)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}
