//! Dask: `#[task(dask(...))]`, and the functions that its workers run.
//!
//! A task's function borrows a [`DaskClient`], and passes functions of this executable to the cluster's
//! workers:
//!
//! ```no_run
//! use flytekit::prelude::*;
//!
//! #[worker_fn]
//! fn count_hits(samples: u64) -> u64 {
//!     # let _ = samples;
//!     // …
//!     # 0
//! }
//!
//! #[task(dask(workers(count = 4)))]
//! fn estimate_pi(dask: &DaskClient, samples: u64) -> Result<f64> {
//!     let hits = dask.map(count_hits, vec![1_000_000; (samples / 1_000_000) as usize])?;
//!     Ok(4.0 * hits.iter().sum::<u64>() as f64 / samples as f64)
//! }
//! ```
//!
//! In a cluster the Dask operator sets the scheduler's address in `DASK_SCHEDULER_ADDRESS`. Elsewhere a run
//! uses the first of these, unless `run --dask` names one:
//!
//! 1. the scheduler that `DASK_SCHEDULER_ADDRESS` names;
//! 2. a cluster that lives for the run, in the Python that `FLYTEKIT_PYTHON` names, or `python3`, if it
//!    has the package `distributed`;
//! 3. threads of this process, which need no Python: the functions and the bytes are the same.
//!
//! # How it works
//!
//! The official client of Dask, in a Python process of its own, talks to the scheduler and the workers. A
//! worker keeps a process of this executable for each of its threads, and sends it arguments: the executable
//! is started once, not for every call. If an image or a machine does not have the executable, the client
//! sends it once to each worker. Its contents are compared, so that all workers run the same build. Python
//! forwards values without looking into them.

mod argument;
mod attached;
#[cfg(feature = "arrow")]
mod batch;
mod call_error;
mod calls;
mod chunks;
mod client;
mod cluster;
#[cfg(feature = "arrow")]
mod columns;
mod config;
mod connection;
mod frame;
mod function;
mod future;
mod items;
mod message;
mod process;
mod record;
mod spares;
mod stream;
mod target;
mod threads;
mod work;

pub use argument::{Argument, Arguments, IntoArguments};
#[cfg(feature = "arrow")]
pub use batch::ArrowBatch;
pub use calls::Losses;
pub use client::DaskClient;
#[doc(hidden)]
pub use cluster::SCRIPT;
pub use config::{DaskConfig, Scheduler, Workers};
#[doc(hidden)]
pub use function::WorkerResult;
pub use function::{Params, Portable, WorkerFn, WorkerFnDescriptor, WorkerFnEntry, worker_fns};
pub use future::{AsCompleted, Future};
#[doc(hidden)]
pub use process::answer_all;
pub use stream::Stream;

use std::sync::Arc;

use self::target::{DaskVariables, Target};
use super::linked::{EngineCommand, Linked};
use super::{Engine, Outcome, TaskContext, Watch};
use crate::console::tell;
use crate::error::Error;

/// The engine of `#[task(dask(...))]`.
#[derive(Debug)]
pub struct Dask;

impl Engine for Dask {
    const TASK_TYPE: &'static str = "dask";
    const BLOCKING: bool = true;
    const TARGETS: Option<&'static str> = Some(target::TARGETS);
    type Config = DaskConfig;
    type Session = DaskClient;
    type Running = DaskClient;

    fn pre_execute(
        config: &'static DaskConfig,
        task: &TaskContext<'_>,
    ) -> Result<DaskClient, Error> {
        worker_fns()?;
        let target = Target::choose(task.target, task.mode, &DaskVariables::of_process())?;
        DaskClient::open(&target, Some(config.worker_count()), task)
    }

    fn session(client: &DaskClient) -> &DaskClient {
        client
    }

    fn watch(client: &DaskClient) -> Watch {
        let (watched, cancelled) = (
            Arc::clone(client.connection()),
            Arc::clone(client.connection()),
        );
        Watch::new(move |_| watched.calls.lost()).cancelled_by(move || {
            if let Err(error) = cancelled.transport.close() {
                tracing::warn!(%error, "the cluster's work may go on");
            }
        })
    }

    /// A hanging process that is no longer needed must not cost the function's result.
    fn post_execute(client: DaskClient, _: Outcome) -> Result<(), Error> {
        if let Err(error) = client.connection().transport.close() {
            tracing::warn!(%error, "the Dask session did not close");
            tell(format_args!("{error}"));
        }
        Ok(())
    }
}

/// A Dask worker starts this executable, too.
impl Linked for Dask {
    fn commands(&self) -> &'static [EngineCommand] {
        const ABOUT: &str = "Call functions for a Dask worker, which starts this";
        &[("worker", ABOUT, process::serve)]
    }
}
