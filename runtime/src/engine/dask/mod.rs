//! Dask: `#[task(dask(...))]`.

mod config;
mod function;

pub use config::{DaskConfig, Scheduler, Workers};
pub use function::{
    DuplicateWorkerFn, Fallible, Params, Portable, WorkerFn, WorkerFnDescriptor, WorkerFnEntry,
    WorkerFns,
};

/// The engine of `#[task(dask(...))]`.
#[derive(Debug)]
pub struct Dask;
