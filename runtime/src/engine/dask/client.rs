//! The session of a Dask task.

use std::fmt;
use std::panic::Location;
use std::path::PathBuf;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use super::argument::{Arguments, IntoArguments};
use super::calls::{Calls, Losses, Table};
use super::cluster::{Cluster, Opening};
use super::connection::{Addresses, Connection, Transport};
use super::function::{Params, Portable, WorkerFn};
use super::future::{AsCompleted, Future};
use super::message::CallId;
use super::stream::Stream;
use super::target::Target;
use super::threads::Threads;
use crate::engine::TaskContext;
use crate::engine::deadline::Deadline;
use crate::error::{Error, RaisedHere};

/// How often the user is told what the run waits for.
const PROGRESS: Duration = Duration::from_secs(2);

/// A Dask cluster that calls this crate's functions: the first parameter of a task with `dask(…)`.
///
/// ```no_run
/// use flytekit::prelude::*;
///
/// #[worker_fn]
/// fn squares(from: u64, to: u64) -> u64 {
///     (from..to).map(|n| n * n).sum()
/// }
///
/// #[worker_fn]
/// fn add(a: u64, b: u64) -> u64 {
///     a + b
/// }
///
/// #[task(dask(workers(count = 4)))]
/// fn sum_of_squares(dask: &DaskClient, n: u64) -> Result<u64> {
///     // One call, on some worker:
///     let first = dask.call(squares, (0, 10))?;
///     // Many calls; the results come in the order of the items:
///     let parts = dask.map(squares, (0..n / 10).map(|part| (10 * part, 10 * part + 10)))?;
///     assert_eq!(parts.first().copied().unwrap_or(first), first);
///     // Calls whose results stay on the cluster, as arguments of other calls:
///     let left = dask.submit(squares, (0, n / 2))?;
///     let right = dask.submit(squares, (n / 2, n))?;
///     dask.submit(add, (&left, &right))?.result()
/// }
/// ```
///
/// The client can be shared between threads. It lives for the run: when the task's function has returned, all
/// calls that are still under way on the cluster are stopped.
pub struct DaskClient {
    connection: Arc<Connection>,
}

impl DaskClient {
    /// Opens the chosen cluster for a run.
    pub(super) fn open(
        target: &Target,
        workers: Option<u32>,
        task: &TaskContext<'_>,
    ) -> Result<Self, Error> {
        let cluster = |pythons: &[PathBuf], address| {
            let opening = Opening {
                pythons,
                address,
                workers,
            };
            Cluster::open(&opening, task)
        };
        let (calls, transport, addresses): (_, Box<dyn Transport>, _) = match target {
            Target::Scheduler { pythons, address } => {
                let (calls, cluster, addresses) = cluster(pythons, Some(address.as_str()))?;
                (calls, Box::new(cluster), addresses)
            }
            Target::Local { python } => {
                let (calls, cluster, addresses) = cluster(slice::from_ref(python), None)?;
                (calls, Box::new(cluster), addresses)
            }
            Target::Threads { instead } => {
                let calls = Arc::new(Calls::new(task.deadline));
                let threads = Threads::start(&calls)?;
                let why = instead
                    .as_ref()
                    .map_or_else(String::new, |why| format!(": {why}"));
                task.progress.tell(format_args!(
                    "worker functions run on threads of this process{why}"
                ));
                (calls, Box::new(threads), Addresses::default())
            }
        };
        let connection = Connection::new(task, calls, transport, addresses);
        Ok(DaskClient { connection })
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Calls a function on some worker, and waits for the result.
    ///
    /// A function with one parameter takes a value, a function with several parameters takes a tuple, and a
    /// function without parameters takes `()`. A reference to a [`Future`] stands for its result.
    ///
    /// # Errors
    ///
    /// The error of the function, with worker and location; the error of an argument that cannot be
    /// serialized; a system error if the cluster is lost.
    #[track_caller]
    pub fn call<F: WorkerFn>(
        &self,
        function: F,
        arguments: impl IntoArguments<F::Params>,
    ) -> Result<F::Output, Error> {
        let id = self.submitted::<F>(arguments, true).raised_here()?;
        let result = self.connection.wait_for_result(id, name(function));
        self.connection.release(id);
        result.raised_here()
    }

    /// Submits a call, and returns immediately. The result stays on the cluster until it is fetched.
    ///
    /// # Errors
    ///
    /// If an argument cannot be serialized, or the cluster is lost.
    #[track_caller]
    pub fn submit<F: WorkerFn>(
        &self,
        function: F,
        arguments: impl IntoArguments<F::Params>,
    ) -> Result<Future<F::Output>, Error> {
        let id = self.submitted::<F>(arguments, false).raised_here()?;
        Ok(Future::new(&self.connection, id, name(function)))
    }

    /// Submits a call, and optionally requests its result immediately.
    fn submitted<F: WorkerFn>(
        &self,
        arguments: impl IntoArguments<F::Params>,
        fetch: bool,
    ) -> Result<CallId, Error> {
        let mut added = Arguments::new(&self.connection);
        arguments.add_all(&mut added)?;
        self.connection.submit_one::<F>(&added, fetch)
    }

    /// Calls a function for each item, and returns the results in the order of the items.
    ///
    /// Millions of items are fine. They go to the workers in chunks, whose size depends on the duration of
    /// earlier chunks and the number of the workers' threads. They are taken from the iterator as results
    /// come back. Use [`stream`](Self::stream) if the results should not be in memory together, or for
    /// another chunk size.
    ///
    /// # Errors
    ///
    /// Like [`call`](Self::call), with the item's index. The first error ends the map, and stops the calls
    /// under way.
    #[track_caller]
    pub fn map<F: WorkerFn>(
        &self,
        function: F,
        items: impl IntoIterator<Item = <F::Params as Params>::Item>,
    ) -> Result<Vec<F::Output>, Error> {
        self.stream(function, items).collect()
    }

    /// Like [`map`](Self::map), but returns one result after the other.
    ///
    /// ```no_run
    /// # use flytekit::prelude::*;
    /// # #[worker_fn]
    /// # fn rate(text: String) -> f64 { text.len() as f64 }
    /// # fn best(dask: &DaskClient, texts: Vec<String>) -> Result<f64> {
    /// let mut best = 0.0;
    /// for score in dask.stream(rate, texts).chunk_size(1000) {
    ///     best = f64::max(best, score?);
    /// }
    /// # Ok(best)
    /// # }
    /// ```
    #[track_caller]
    pub fn stream<F: WorkerFn, I>(&self, function: F, items: I) -> Stream<'_, F, I::IntoIter>
    where
        I: IntoIterator<Item = <F::Params as Params>::Item>,
    {
        Stream::new(self, function, items.into_iter(), Location::caller())
    }

    /// Fetches the results of several calls, in the order of the futures.
    ///
    /// # Errors
    ///
    /// The first of the futures' errors.
    #[track_caller]
    pub fn gather<'f, T: Portable>(
        &self,
        futures: impl IntoIterator<Item = &'f Future<T>>,
    ) -> Result<Vec<T>, Error> {
        let futures: Vec<_> = futures.into_iter().collect();
        // All results are requested before the first is waited for, so that they arrive together.
        for future in &futures {
            future.fetch();
        }
        let results: Result<_, _> = futures.into_iter().map(Future::fetched).collect();
        results.raised_here()
    }

    /// The futures in the order in which their calls end.
    ///
    /// ```no_run
    /// # use flytekit::prelude::*;
    /// # #[worker_fn]
    /// # fn rate(text: String) -> f64 { text.len() as f64 }
    /// # fn first(dask: &DaskClient, texts: Vec<String>) -> Result<Option<f64>> {
    /// let scores: Result<Vec<_>> = texts.into_iter().map(|text| dask.submit(rate, text)).collect();
    /// for score in dask.as_completed(scores?) {
    ///     return Ok(Some(score?.result()?));
    /// }
    /// # Ok(None)
    /// # }
    /// ```
    #[track_caller]
    pub fn as_completed<T>(&self, futures: impl IntoIterator<Item = Future<T>>) -> AsCompleted<T> {
        AsCompleted::new(futures, Location::caller())
    }

    /// Waits until there are this many workers. A run begins with the first worker, and the others join it
    /// without delaying the work, so use this for measurements and the like.
    ///
    /// # Errors
    ///
    /// A system error with the number of workers, when `limit` has passed.
    #[track_caller]
    pub fn wait_for_workers(&self, count: usize, limit: Duration) -> Result<(), Error> {
        let deadline = Deadline::after(limit);
        loop {
            let there = |table: &mut Table| (table.workers().len() >= count).then_some(());
            let step = PROGRESS.min(deadline.left());
            let waited = self.connection.calls.wait(Some(step), there);
            if waited.raised_here()?.is_some() {
                return Ok(());
            }
            let seconds = deadline.elapsed().as_secs();
            let there = self.workers().len();
            let waiting = format!("{there} of {count} Dask workers have joined after {seconds} s");
            if deadline.left().is_zero() {
                return Err(Error::system(waiting)).raised_here();
            }
            self.connection.progress.tell(&waiting);
        }
    }

    /// The present workers by address, with the number of threads of each.
    pub fn workers(&self) -> Vec<(String, usize)> {
        let workers = |table: &Table| table.workers().clone().into_iter().collect();
        self.connection.calls.look(workers)
    }

    /// The scheduler's address; None for a cluster of this run, or threads.
    pub fn scheduler(&self) -> Option<&str> {
        self.connection.addresses.scheduler.as_deref()
    }

    /// The address of the cluster's dashboard, if there is one.
    pub fn dashboard(&self) -> Option<&str> {
        self.connection.addresses.dashboard.as_deref()
    }

    /// The work that was lost so far, and repeated.
    pub fn losses(&self) -> Losses {
        self.connection.calls.look(Table::losses)
    }
}

/// The name of a function, which its type determines.
fn name<F: WorkerFn>(_: F) -> &'static str {
    F::DESCRIPTOR.name
}

impl fmt::Debug for DaskClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DaskClient")
            .field("scheduler", &self.scheduler())
            .finish_non_exhaustive()
    }
}
