//! The connection of a run to its cluster, which all handles share.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::argument::Arguments;
use super::call_error::CallError;
use super::calls::{Calls, Table};
use super::function::{Portable, WorkerFn};
use super::message::CallId;
use super::record::{Record, RecordBuf};
use crate::engine::{Progress, TaskContext};
use crate::error::Error;

/// A way to make calls. Answers are recorded in the session's [`Calls`], and so is the loss of the
/// connection; therefore most methods return no error.
pub(super) trait Transport: fmt::Debug + Send + Sync {
    /// Submits a call.
    fn submit(&self, call: Submission<'_>);

    /// Requests the result of a call, which also stays on the cluster.
    fn fetch(&self, id: CallId);

    /// Stops a call.
    fn cancel(&self, id: CallId);

    /// Drops a call and its result.
    fn release(&self, id: CallId);

    /// Stops everything, and returns when it has ended.
    ///
    /// # Errors
    ///
    /// If it does not end by itself.
    fn close(&self) -> io::Result<()>;
}

/// A call to submit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Submission<'a> {
    pub(super) id: CallId,
    pub(super) function: &'static str,
    /// The number of items of a batch; None for a single call.
    pub(super) batch: Option<u64>,
    /// Whether the result is sent here as soon as it is ready, and kept nowhere else.
    pub(super) fetch: bool,
    pub(super) arguments: &'a [super::message::SentArgument],
    /// The values of the inline arguments.
    pub(super) records: &'a [RecordBuf],
}

/// The addresses of a cluster, for people.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    /// The scheduler's address; None if others cannot use it.
    pub(super) scheduler: Option<String>,
    /// The address of the dashboard.
    pub(super) dashboard: Option<String>,
}

/// The connection of a run to its cluster.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) calls: Arc<Calls>,
    pub(super) transport: Box<dyn Transport>,
    pub(super) addresses: Addresses,
    /// Receives the progress of the work.
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

    /// Submits a call of `F`, or a batch of calls.
    pub(super) fn submit<F: WorkerFn>(
        &self,
        arguments: &[super::message::SentArgument],
        records: &[RecordBuf],
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
            records,
        });
        Ok(id)
    }

    /// Submits one call of `F`.
    pub(super) fn submit_one<F: WorkerFn>(
        &self,
        arguments: &Arguments<'_>,
        fetch: bool,
    ) -> Result<CallId, Error> {
        self.submit::<F>(&arguments.list, &arguments.records, None, fetch)
    }

    /// Waits for the result of a call whose result was requested.
    pub(super) fn wait_for_result<T: Portable>(
        &self,
        id: CallId,
        function: &str,
    ) -> Result<T, Error> {
        let waited = self.calls.wait(None, |table| table.take_result(id))?;
        let ended = waited.unwrap_or(Err(CallError::Cancelled));
        let bytes = ended.map_err(|error| error.into_error(function, None))?;
        let record = read(&bytes, function)?;
        let value = record.values().next();
        value.map_err(|error| undecodable(function, error))
    }

    /// Drops a call, here and on the cluster.
    pub(super) fn release(&self, id: CallId) {
        self.calls.change(|table| table.forget(id));
        self.transport.release(id);
    }
}

/// Parses the record of a call's result.
pub(super) fn read<'a>(bytes: &'a Bytes, function: &str) -> Result<Record<'a>, Error> {
    Record::read(bytes).ok_or_else(|| {
        Error::system(format!(
            "the result of `{function}` does not have the format that this executable writes"
        ))
    })
}

pub(super) fn undecodable(function: &str, error: rmp_serde::decode::Error) -> Error {
    Error::user(format!(
        "the result of `{function}` cannot be deserialized; the type must be able to deserialize its \
         own serialized form"
    ))
    .with_source(error)
}
