//! What a run has of its cluster, for all handles on it.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::argument::Arguments;
use super::call_error::CallError;
use super::calls::{Calls, Table};
use super::function::{Portable, WorkerFn};
use super::message::CallId;
use super::record::{Record, decode};
use crate::engine::{Progress, TaskContext};
use crate::error::Error;

/// A way to where calls are made. What comes back is noted in the session's [`Calls`]: so is a way
/// that is lost, which is why most of this gives no error.
pub(super) trait Transport: fmt::Debug + Send + Sync {
    /// Asks for a call.
    fn submit(&self, call: Submission<'_>);

    /// Asks for the result of a call, which stays there.
    fn fetch(&self, id: CallId);

    /// Stops a call.
    fn cancel(&self, id: CallId);

    /// Forgets a call.
    fn release(&self, id: CallId);

    /// Stops everything, and does not return before it has ended.
    ///
    /// # Errors
    ///
    /// When it does not end by itself.
    fn close(&self) -> io::Result<()>;
}

/// A call that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Submission<'a> {
    pub(super) id: CallId,
    pub(super) function: &'static str,
    /// Items of a batch; nothing for a single call.
    pub(super) batch: Option<u64>,
    /// Whether the result is wanted here as soon as it is there, and nowhere else.
    pub(super) fetch: bool,
    pub(super) arguments: &'a [super::message::SentArgument],
    /// The values of the inline arguments.
    pub(super) body: &'a [u8],
}

/// Where a cluster is, for people.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    /// The scheduler's address; nothing where there is none for others.
    pub(super) scheduler: Option<String>,
    /// The web page that shows what the cluster does.
    pub(super) dashboard: Option<String>,
}

/// A run's side of its cluster.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) calls: Arc<Calls>,
    pub(super) transport: Box<dyn Transport>,
    pub(super) addresses: Addresses,
    /// Whom to tell how far the work is.
    pub(super) progress: Progress,
}

impl Connection {
    pub(super) fn new(
        task: &TaskContext<'_>,
        calls: Arc<Calls>,
        transport: Box<dyn Transport>,
        addresses: Addresses,
    ) -> Arc<Self> {
        Arc::new(Connection {
            calls,
            transport,
            addresses,
            progress: task.progress.clone(),
        })
    }

    /// Asks for a call of `F`, or of a batch of them.
    pub(super) fn submit<F: WorkerFn>(
        &self,
        arguments: &[super::message::SentArgument],
        body: &[u8],
        batch: Option<u64>,
        fetch: bool,
    ) -> Result<CallId, Error> {
        if let Some(lost) = self.calls.lost() {
            return Err(lost);
        }
        let id = self.calls.change(Table::add);
        self.transport.submit(Submission {
            id,
            function: F::DESCRIPTOR.name,
            batch,
            fetch,
            arguments,
            body,
        });
        Ok(id)
    }

    /// Asks for one call of `F`.
    pub(super) fn submit_one<F: WorkerFn>(
        &self,
        arguments: &Arguments<'_>,
        fetch: bool,
    ) -> Result<CallId, Error> {
        self.submit::<F>(&arguments.list, &arguments.body, None, fetch)
    }

    /// Waits for the result of a call that was asked for.
    pub(super) fn wait_for_result<T: Portable>(
        &self,
        id: CallId,
        function: &str,
    ) -> Result<T, Error> {
        let waited = self.calls.wait(None, |table| table.take_result(id))?;
        let ended = waited.unwrap_or(Err(CallError::Cancelled));
        let bytes = ended.map_err(|error| error.into_error(function, None))?;
        let record = read(&bytes, function)?;
        decode(record.values).map_err(|error| undecodable(function, error))
    }

    /// Forgets a call, here and there.
    pub(super) fn release(&self, id: CallId) {
        self.calls.change(|table| table.forget(id));
        self.transport.release(id);
    }
}

/// The record of a call's result.
pub(super) fn read<'a>(bytes: &'a [u8], function: &str) -> Result<Record<'a>, Error> {
    Record::read(bytes).ok_or_else(|| {
        Error::system(format!(
            "the result of `{function}` is not what this executable writes"
        ))
    })
}

pub(super) fn undecodable(function: &str, error: rmp_serde::decode::Error) -> Error {
    Error::user(format!(
        "the result of `{function}` cannot be deserialized; what its type serializes to must be what \
         it deserializes from"
    ))
    .with_source(error)
}
