//! A submitted call, and its result on the cluster.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use super::function::Portable;
use super::message::CallId;
use crate::error::{Error, RaisedHere};

/// A call that was submitted with [`submit`](super::DaskClient::submit).
///
/// The result stays on the cluster. A reference to the future is an argument for other calls, which get the
/// result directly from its worker. [`result`](Self::result) fetches it. When the last future of a call is
/// dropped, its result on the cluster is dropped, too; a call that has not ended is stopped.
pub struct Future<T> {
    call: Arc<Call>,
    result: PhantomData<fn() -> T>,
}

/// A call that is dropped when no future refers to it.
struct Call {
    connection: Arc<Connection>,
    id: CallId,
    function: &'static str,
}

impl<T: Portable> Future<T> {
    pub(super) fn new(connection: &Arc<Connection>, id: CallId, function: &'static str) -> Self {
        let call = Call {
            connection: Arc::clone(connection),
            id,
            function,
        };
        Future {
            call: Arc::new(call),
            result: PhantomData,
        }
    }

    /// Waits for the result and fetches it. The result also stays on the cluster.
    ///
    /// # Errors
    ///
    /// The error of the function, with worker and location; a system error if the cluster is lost; an error
    /// if the call was cancelled.
    #[track_caller]
    pub fn result(&self) -> Result<T, Error> {
        self.fetch();
        self.fetched().raised_here()
    }

    /// Requests the result.
    pub(super) fn fetch(&self) {
        self.connection().transport.fetch(self.id());
    }

    /// Waits for the requested result.
    pub(super) fn fetched(&self) -> Result<T, Error> {
        self.connection()
            .wait_for_result(self.id(), self.call.function)
    }
}

impl<T> Future<T> {
    /// Whether the call has ended: with a result, with an error, or cancelled.
    pub fn is_done(&self) -> bool {
        self.connection()
            .calls
            .look(|table| table.has_ended(self.id()))
    }

    /// Waits until the call has ended, at most for `limit`, and returns whether it has.
    ///
    /// # Errors
    ///
    /// If the cluster is lost.
    #[track_caller]
    pub fn wait(&self, limit: Duration) -> Result<bool, Error> {
        let ended = |table: &mut super::calls::Table| table.has_ended(self.id()).then_some(());
        let waited = self.connection().calls.wait(Some(limit), ended);
        Ok(waited.raised_here()?.is_some())
    }

    /// Stops the call, even if a worker is running it; it then ends with an error. A call that has ended does
    /// not change.
    pub fn cancel(&self) {
        self.connection().transport.cancel(self.id());
    }

    pub(super) fn id(&self) -> CallId {
        self.call.id
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.call.connection
    }
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Future {
            call: Arc::clone(&self.call),
            result: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Future")
            .field("function", &self.call.function)
            .field("is_done", &self.is_done())
            .finish_non_exhaustive()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.connection.release(self.id);
    }
}

/// Futures in the order in which their calls end; see
/// [`as_completed`](super::DaskClient::as_completed).
#[derive(Debug)]
pub struct AsCompleted<T> {
    waiting: Vec<Future<T>>,
    ended: VecDeque<Future<T>>,
    /// The location where the futures were requested.
    caller: &'static Location<'static>,
}

impl<T> AsCompleted<T> {
    pub(super) fn new(
        futures: impl IntoIterator<Item = Future<T>>,
        caller: &'static Location<'static>,
    ) -> Self {
        AsCompleted {
            waiting: futures.into_iter().collect(),
            ended: VecDeque::new(),
            caller,
        }
    }

    /// Waits until one more call has ended.
    fn wait(&mut self) -> Result<(), Error> {
        let Some(connection) = self
            .waiting
            .first()
            .map(|future| Arc::clone(future.connection()))
        else {
            return Ok(());
        };
        let waiting = &self.waiting;
        let ended = connection.calls.wait(None, |table| {
            let ended = waiting.iter().map(|future| table.has_ended(future.id()));
            let ended: Vec<bool> = ended.collect();
            ended.contains(&true).then_some(ended)
        })?;
        let mut ended = ended.into_iter().flatten();
        let (ended, waiting): (Vec<_>, _) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|_| ended.next().unwrap_or(false));
        self.waiting = waiting;
        self.ended = ended.into();
        Ok(())
    }
}

impl<T> Iterator for AsCompleted<T> {
    type Item = Result<Future<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended.is_empty()
            && let Err(error) = self.wait()
        {
            self.waiting.clear();
            return Some(Err(error.raised_by(self.caller)));
        }
        self.ended.pop_front().map(Ok)
    }
}
