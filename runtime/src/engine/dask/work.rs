//! Makes a call on the worker: arguments in, a record or a failure out.

use std::time::Instant;

use bytes::Bytes;

use super::call_error::FunctionFailure;
use super::function::{Params, WorkerFn, WorkerFnEntry};
use super::record::{RecordBuf, Values};
use crate::engine::explain;
use crate::error::Error;
use crate::execute::catch;

/// The work of a call.
#[derive(Clone, Debug)]
pub(super) struct Work<'a> {
    /// The function's name.
    pub(super) function: &'a str,
    /// The number of items of a batch.
    pub(super) count: u64,
    /// Whether the only argument is a batch of items, one for each call.
    pub(super) batch: bool,
    /// The arguments: each is a record.
    pub(super) arguments: Vec<Bytes>,
}

/// Calls the function on this worker, and writes the record of its result.
pub(super) fn call(
    function: Option<WorkerFnEntry>,
    work: &Work<'_>,
    worker: &str,
    record: &mut RecordBuf,
) -> Result<(), Box<FunctionFailure>> {
    let started = Instant::now();
    record.begin(worker);
    let mut item = 0;
    let called = match function {
        Some(function) => catch(&mut || (function.run)(work, &mut item, record)),
        None => Err(Error::system(format!(
            "the executable on the worker has no worker function `{}`",
            work.function
        ))),
    };
    match called {
        Ok(()) => {
            record.finish(started.elapsed().as_secs_f64());
            Ok(())
        }
        Err(error) => {
            let (error, item) = (explain(error), work.batch.then_some(item));
            Err(Box::new(FunctionFailure::new(
                work.function,
                worker,
                item,
                &error,
            )))
        }
    }
}

/// Calls `F` for each item, and adds the results; `item` is the index of the current item.
pub(super) fn run<F: WorkerFn>(
    work: &Work<'_>,
    item: &mut u64,
    out: &mut RecordBuf,
) -> Result<(), Error> {
    let [batch] = &work.arguments[..] else {
        return one::<F>(work, out);
    };
    if !work.batch {
        return one::<F>(work, out);
    }
    let mut values = Values::of_argument(batch).map_err(undecodable::<F>)?;
    while *item < work.count {
        let params = F::Params::from_item(&mut values).map_err(undecodable::<F>)?;
        give::<F>(&F::invoke(params)?, out)?;
        *item += 1;
    }
    Ok(())
}

fn one<F: WorkerFn>(work: &Work<'_>, out: &mut RecordBuf) -> Result<(), Error> {
    let params = F::Params::from_arguments(&work.arguments).map_err(undecodable::<F>)?;
    give::<F>(&F::invoke(params)?, out)
}

fn give<F: WorkerFn>(output: &F::Output, out: &mut RecordBuf) -> Result<(), Error> {
    out.push(output).map_err(|error| {
        Error::user(format!(
            "the result of `{}` cannot be serialized",
            F::DESCRIPTOR.name
        ))
        .with_source(error)
    })
}

fn undecodable<F: WorkerFn>(error: rmp_serde::decode::Error) -> Error {
    Error::bad_input(format!(
        "an argument of `{}` cannot be deserialized; the type must be able to deserialize its \
         own serialized form",
        F::DESCRIPTOR.name
    ))
    .with_source(error)
}
