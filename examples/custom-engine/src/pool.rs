//! A small engine: a pool of threads that plays a cluster.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use flytekit::declare::{Custom, Json};
use flytekit::engine::{Engine, Outcome, Progress, TaskContext};

/// The engine, as `#[task(engine = Pool, …)]` names it.
pub struct Pool;

/// The configuration in the attribute: `config = PoolConfig::new(4)`.
pub struct PoolConfig {
    workers: usize,
    queue: Option<&'static str>,
}

impl PoolConfig {
    /// A pool with this number of workers.
    pub const fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool needs at least one worker");
        PoolConfig {
            workers,
            queue: None,
        }
    }

    /// The queue from which the backend takes its workers.
    pub const fn queue(mut self, name: &'static str) -> Self {
        self.queue = Some(name);
        self
    }

    /// `TaskTemplate.custom`, which a backend plugin for task type `pool` would read.
    pub const fn custom(&self, out: &mut Custom<'_>) {
        out.object(&[
            ("workers", Json::Number(self.workers as f64)),
            ("queue", Json::optional(self.queue)),
        ]);
    }
}

/// The session that a task borrows.
pub struct Workers {
    count: usize,
    progress: Progress,
}

/// The error of a pool that has lost a worker.
#[derive(Debug)]
pub struct WorkerLost {
    /// The index of the lost worker.
    worker: usize,
}

impl fmt::Display for WorkerLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "worker {} is gone", self.worker)
    }
}

impl std::error::Error for WorkerLost {}

impl Workers {
    /// Calls `f` for each item, on all workers, and returns the results in the items' order.
    pub fn map<T: Send, R: Send>(
        &self,
        items: Vec<T>,
        f: impl Fn(T) -> R + Sync,
    ) -> Result<Vec<R>, WorkerLost> {
        let all = items.len();
        let queue = Mutex::new(items.into_iter().enumerate());
        let results = Mutex::new(Vec::new());
        let gauge = Mutex::new(self.progress.gauge());
        let work = || {
            loop {
                let next = lock(&queue).next();
                let Some((index, item)) = next else { break };
                let result = f(item);
                let mut results = lock(&results);
                results.push((index, result));
                let done = results.len();
                lock(&gauge).show(done as u64, Some(all as u64), &format!("{done} of {all}"));
            }
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.count).map(|_| scope.spawn(work)).collect();
            let ended = workers.into_iter().map(ScopedJoinHandle::join);
            // All threads are joined, because an unobserved panic would become this thread's.
            let ended: Vec<_> = ended.collect();
            let lost = ended.iter().position(Result::is_err);
            lost.map_or(Ok(()), |worker| Err(WorkerLost { worker }))
        })?;
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_by_key(|(index, _)| *index);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The pool of a run: the session that the task borrows, and the parts that its end takes.
pub struct OpenPool {
    workers: Workers,
    opened: Instant,
}

impl Engine for Pool {
    const TASK_TYPE: &'static str = "pool";
    const TARGETS: Option<&'static str> =
        Some("The number of workers here, instead of the attribute's");
    type Config = PoolConfig;
    type Session = Workers;
    type Running = OpenPool;

    fn pre_execute(
        config: &'static PoolConfig,
        task: &TaskContext<'_>,
    ) -> flytekit::Result<OpenPool> {
        let count = match task.target {
            None => config.workers,
            Some(text) => text.parse().map_err(|_| {
                flytekit::Error::user(format!("--pool takes a number of workers, not `{text}`"))
            })?,
        };
        let progress = task.progress.clone();
        progress.tell(format_args!("a pool of {count} workers is up"));
        Ok(OpenPool {
            workers: Workers { count, progress },
            opened: Instant::now(),
        })
    }

    fn session(pool: &OpenPool) -> &Workers {
        &pool.workers
    }

    /// Makes the loss of a worker a recoverable error. Its cause is the worker's panic.
    fn explain(pool: &OpenPool, error: flytekit::Error) -> flytekit::Error {
        let Some(lost) = error.find_cause::<WorkerLost>() else {
            return error;
        };
        let message = format!(
            "the pool lost a worker ({lost} of {}); another try may succeed",
            pool.workers.count
        );
        error.explained(flytekit::Error::system(message))
    }

    fn post_execute(pool: OpenPool, outcome: Outcome) -> flytekit::Result<()> {
        let OpenPool { workers, opened } = pool;
        workers.progress.tell(format_args!(
            "the pool of {} is closed after {:?}; the task {outcome:?}",
            workers.count,
            opened.elapsed()
        ));
        Ok(())
    }
}
