//! The state of a session's calls.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::call_error::CallError;
use super::message::CallId;
use crate::error::Error;

/// How often a wait checks whether the cluster is still usable.
const LOOK: Duration = Duration::from_millis(500);

/// How long the Dask client may be silent: it reports every two seconds.
const SILENCE: Duration = Duration::from_secs(60);

/// The calls of a session, for all threads.
#[derive(Debug)]
pub(super) struct Calls {
    table: Mutex<Table>,
    changed: Condvar,
    /// How long the cluster may be without workers.
    without_workers: Duration,
}

/// The state of the calls and the cluster.
#[derive(Debug)]
pub(super) struct Table {
    calls: HashMap<CallId, State>,
    next: CallId,
    /// Why the cluster is lost.
    lost: Option<String>,
    /// The threads of each worker, by address.
    workers: BTreeMap<String, usize>,
    no_workers_since: Option<Instant>,
    heard: Option<Instant>,
    losses: Losses,
}

/// The state of a call.
#[derive(Debug, Default)]
struct State {
    end: Option<End>,
    /// Fetched results.
    fetched: VecDeque<Bytes>,
}

/// How a call ended.
#[derive(Clone, Debug)]
enum End {
    Done,
    Failed(CallError),
}

/// Work that was lost and repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Losses {
    /// Dask workers that were lost: killed, out of memory, or together with their node.
    pub workers: u64,
    /// Processes of this executable that ended on a worker, while the worker continued.
    pub processes: u64,
}

impl Calls {
    pub(super) fn new(without_workers: Duration) -> Self {
        Calls {
            table: Mutex::new(Table {
                calls: HashMap::new(),
                next: 0,
                lost: None,
                workers: BTreeMap::new(),
                no_workers_since: None,
                heard: None,
                losses: Losses::default(),
            }),
            changed: Condvar::new(),
            without_workers,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the state.
    pub(super) fn look<R>(&self, look: impl FnOnce(&Table) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the state, and wakes the threads that wait for it.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut Table) -> R) -> R {
        let changed = change(&mut self.lock());
        self.changed.notify_all();
        changed
    }

    /// Waits until `ready` returns a value, or `limit` has passed.
    ///
    /// # Errors
    ///
    /// If the cluster is lost, or has had no worker for too long.
    pub(super) fn wait<R>(
        &self,
        limit: Option<Duration>,
        mut ready: impl FnMut(&mut Table) -> Option<R>,
    ) -> Result<Option<R>, Error> {
        let started = Instant::now();
        let mut table = self.lock();
        loop {
            if let Some(found) = ready(&mut table) {
                return Ok(Some(found));
            }
            self.check(&mut table)?;
            let left = limit.map(|limit| limit.saturating_sub(started.elapsed()));
            if left == Some(Duration::ZERO) {
                return Ok(None);
            }
            let wait = left.unwrap_or(LOOK).min(LOOK);
            let waited = self.changed.wait_timeout(table, wait);
            table = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Why the cluster is lost, if it is.
    pub(super) fn lost(&self) -> Option<Error> {
        self.lock().check_connection().err()
    }

    fn check(&self, table: &mut Table) -> Result<(), Error> {
        table.check_connection()?;
        match table.no_workers_since.map(|since| since.elapsed()) {
            Some(without) if without > self.without_workers => Err(Error::system(format!(
                "the Dask cluster has had no worker for {} s",
                without.as_secs()
            ))),
            _ => Ok(()),
        }
    }
}

impl Table {
    fn check_connection(&mut self) -> Result<(), Error> {
        let silent = self.heard.map(|heard| heard.elapsed());
        if let (None, Some(silent)) = (&self.lost, silent.filter(|&silent| silent > SILENCE)) {
            self.lost = Some(format!(
                "the Dask client's process has been silent for {} s",
                silent.as_secs()
            ));
        }
        match &self.lost {
            Some(lost) => Err(Error::system(lost)),
            None => Ok(()),
        }
    }

    /// Adds a new call.
    pub(super) fn add(&mut self) -> CallId {
        let id = self.next;
        self.next += 1;
        self.calls.insert(id, State::default());
        id
    }

    /// Removes a call.
    pub(super) fn forget(&mut self, id: CallId) {
        self.calls.remove(&id);
    }

    /// Records that a call's result is on the cluster.
    pub(super) fn done(&mut self, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.end.get_or_insert(End::Done);
        }
    }

    /// Records a result that has arrived.
    pub(super) fn result(&mut self, id: CallId, record: Bytes) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.end.get_or_insert(End::Done);
            call.fetched.push_back(record);
        }
    }

    /// Records a failure. It may come after the result, if that is lost with its worker.
    pub(super) fn failed(&mut self, id: CallId, error: CallError) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.end = Some(End::Failed(error));
        }
    }

    /// Whether a call has ended, in any way.
    pub(super) fn has_ended(&self, id: CallId) -> bool {
        self.calls.get(&id).is_none_or(|call| call.end.is_some())
    }

    /// Why a call failed, if it has.
    pub(super) fn failure(&self, id: CallId) -> Option<CallError> {
        match self.calls.get(&id)?.end.as_ref()? {
            End::Failed(error) => Some(error.clone()),
            End::Done => None,
        }
    }

    /// A result that has arrived, or the error of the call.
    pub(super) fn take_result(&mut self, id: CallId) -> Option<Result<Bytes, CallError>> {
        let call = self.calls.get_mut(&id)?;
        match (call.fetched.pop_front(), &call.end) {
            (Some(record), _) => Some(Ok(record)),
            (None, Some(End::Failed(error))) => Some(Err(error.clone())),
            (None, _) => None,
        }
    }

    /// Records why the cluster is lost; the first reason wins.
    pub(super) fn lose(&mut self, why: String) {
        self.lost.get_or_insert(why);
    }

    /// Records the present workers.
    pub(super) fn set_workers(&mut self, workers: BTreeMap<String, usize>) {
        self.no_workers_since = match (workers.is_empty(), self.no_workers_since) {
            (true, since) => since.or_else(|| Some(Instant::now())),
            (false, _) => None,
        };
        self.workers = workers;
    }

    /// The threads of each worker, by address.
    pub(super) fn workers(&self) -> &BTreeMap<String, usize> {
        &self.workers
    }

    /// The total number of threads.
    pub(super) fn threads(&self) -> usize {
        self.workers.values().sum::<usize>().max(1)
    }

    /// Records a sign of life from the Dask client.
    pub(super) fn hear(&mut self) {
        self.heard = Some(Instant::now());
    }

    pub(super) fn losses(&self) -> Losses {
        self.losses
    }

    pub(super) fn losses_mut(&mut self) -> &mut Losses {
        &mut self.losses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMPLE: Duration = Duration::from_secs(30);

    #[test]
    fn a_wait_ends_with_what_is_waited_for() {
        let calls = Calls::new(AMPLE);
        let id = calls.change(Table::add);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| calls.wait(Some(AMPLE), |table| table.take_result(id)));
            calls.change(|table| table.result(id, vec![7].into()));
            let record = waiting.join().expect("no panic").expect("not lost");
            assert_eq!(record.expect("in time").expect("no failure"), [7][..]);
        });
        assert!(calls.look(|table| table.has_ended(id)));
        let again = calls.wait(Some(Duration::ZERO), |table| table.take_result(id));
        assert!(again.expect("not lost").is_none());
    }

    #[test]
    fn a_wait_ends_when_the_cluster_is_lost() {
        let calls = Calls::new(AMPLE);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| calls.wait(None, |_| None::<()>));
            calls.change(|table| table.lose("gone".to_owned()));
            let error = waiting.join().expect("no panic").expect_err("lost");
            assert!(error.is_recoverable() && error.to_string() == "gone");
        });
    }

    #[test]
    fn a_wait_ends_when_there_are_no_workers() {
        let calls = Calls::new(Duration::ZERO);
        calls.change(|table| table.set_workers(BTreeMap::new()));
        let error = calls.wait(None, |_| None::<()>).expect_err("no workers");
        assert!(error.to_string().contains("no worker"), "{error}");
        calls.change(|table| table.set_workers(BTreeMap::from([("tcp://a:1".to_owned(), 2)])));
        let waited = calls.wait(Some(Duration::ZERO), |_| None::<()>);
        assert!(waited.expect("a worker").is_none());
        assert_eq!(calls.look(Table::threads), 2);
    }
}
