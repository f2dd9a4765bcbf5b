//! A small engine: a pool of threads that stands for a cluster.

use std::sync::Mutex;
use std::thread;

use flytekit::engine::{Engine, Outcome, TaskContext};
use flytekit::declare::{Custom, Json};

/// The engine, as `#[task(engine = Pool, …)]` names it.
pub struct Pool;

/// What the attribute says about it: `config = PoolConfig::new(4)`.
pub struct PoolConfig {
    workers: usize,
    queue: Option<&'static str>,
}

impl PoolConfig {
    /// A pool of so many workers.
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

/// The session: what a task borrows.
pub struct Workers {
    count: usize,
}

impl Workers {
    /// Calls `f` for each item, on all workers, and gives the results in the items' order.
    pub fn map<T: Send, R: Send>(&self, items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
        let queue = Mutex::new(items.into_iter().enumerate());
        let results = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..self.count {
                scope.spawn(|| {
                    loop {
                        let next = queue.lock().expect("no worker panics here").next();
                        let Some((index, item)) = next else { break };
                        let result = f(item);
                        results
                            .lock()
                            .expect("no worker panics here")
                            .push((index, result));
                    }
                });
            }
        });
        let mut results = results.into_inner().expect("no worker panicked here");
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

impl Engine for Pool {
    const TASK_TYPE: &'static str = "pool";
    const TARGETS: Option<&'static str> =
        Some("How many workers to use here, whatever the attribute says");
    type Config = PoolConfig;
    type Session = Workers;

    fn pre_execute(
        config: &'static PoolConfig,
        task: &TaskContext<'_>,
    ) -> flytekit::Result<Workers> {
        let count = match task.target {
            None => config.workers,
            Some(text) => text.parse().map_err(|_| {
                flytekit::Error::user(format!("--pool takes a number of workers, not `{text}`"))
            })?,
        };
        task.progress(&format!("a pool of {count} workers is up"));
        Ok(Workers { count })
    }

    fn post_execute(workers: Workers, outcome: Outcome) -> flytekit::Result<()> {
        eprintln!(
            "the pool of {} is closed; the task {outcome:?}",
            workers.count
        );
        Ok(())
    }
}
