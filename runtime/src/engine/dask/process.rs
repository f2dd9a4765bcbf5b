//! `EXE worker`: the process of this executable that a Dask worker keeps for each of its threads.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::frame;
use super::function::{WorkerFnEntry, worker_fns};
use super::message::{Answer, Order};
use super::work::{Work, call};
use crate::console::tell;
use crate::registry::Table;

/// The variable in which the Dask worker says its address.
const WORKER: &str = "FLYTEKIT_DASK_WORKER";

/// Memory that is kept from one call for the next.
const SPARE: usize = 64 << 20;

/// Answers calls until standard input ends. That is when the Dask worker wants no more of them, or
/// is gone itself: then the process ends at once, whatever it is doing.
pub(super) fn serve() -> ExitCode {
    let served = worker_fns()
        .map_err(io::Error::other)
        .and_then(|functions| serve_calls(&functions));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(format_args!(
                "error: {error} (a Dask worker starts this command, not people)"
            ));
            ExitCode::FAILURE
        }
    }
}

fn serve_calls(functions: &Table<WorkerFnEntry>) -> io::Result<()> {
    let mut answers = take_stdout()?;
    let worker = std::env::var(WORKER).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    frame::write(&mut answers, &Answer::Hello { version }, &[])?;
    let (order, orders) = mpsc::channel();
    let (spare, spares) = mpsc::channel();
    thread::Builder::new()
        .name("orders".to_owned())
        .spawn(move || read_orders(&order, &spares))?;
    answer(functions, &orders, &spare, &mut answers, &worker)
}

/// An order and the values that it is about.
type Received = io::Result<(Order, Vec<u8>)>;

fn read_orders(received: &Sender<Received>, spares: &Receiver<Vec<u8>>) {
    let mut stdin = io::stdin().lock();
    loop {
        let spare = spares.try_recv().unwrap_or_default();
        let Some(order) = frame::read_into(spare, &mut stdin).transpose() else {
            std::process::exit(0);
        };
        let is_last = order.is_err();
        if received.send(order).is_err() || is_last {
            return;
        }
    }
}

fn answer(
    functions: &Table<WorkerFnEntry>,
    orders: &Receiver<Received>,
    spare: &Sender<Vec<u8>>,
    answers: &mut impl Write,
    worker: &str,
) -> io::Result<()> {
    let mut record = Vec::new();
    for order in orders {
        let (order, body) = order?;
        let Order::Call {
            function,
            count,
            batch,
            arguments,
        } = order;
        let work = Work {
            function: &function,
            count,
            batch,
            arguments: split(&body, &arguments)?,
        };
        record.clear();
        let called = call(
            functions.get(&function).copied(),
            &work,
            worker,
            &mut record,
        );
        if body.capacity() <= SPARE {
            // One that reads no more needs none.
            let _ = spare.send(body);
        }
        match called {
            Ok(()) => frame::write(answers, &Answer::Ok, &[&record])?,
            Err(failure) => {
                let summary = format!("{function}: {}", failure.message);
                let answer = Answer::Failed { summary: &summary };
                frame::write(answers, &answer, &[&failure.to_bytes()])?;
            }
        }
        record.shrink_to(SPARE);
    }
    Ok(())
}

/// The arguments of a body.
fn split<'a>(mut body: &'a [u8], lens: &[usize]) -> io::Result<Vec<&'a [u8]>> {
    let arguments = lens.iter().map(|&len| {
        let (argument, rest) = body.split_at_checked(len)?;
        body = rest;
        Some(argument)
    });
    let arguments: Option<Vec<_>> = arguments.collect();
    arguments.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the arguments are shorter than the call says",
        )
    })
}

/// Standard output, for answers alone: what functions print goes to standard error.
#[cfg(unix)]
fn take_stdout() -> io::Result<impl Write> {
    let answers = rustix::io::dup(io::stdout())?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(std::fs::File::from(answers))
}

/// Elsewhere a function that prints spoils its answer, which is then an error.
#[cfg(not(unix))]
fn take_stdout() -> io::Result<impl Write> {
    Ok(io::stdout())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn arguments_lie_one_after_the_other() {
        assert_eq!(split(b"abc", &[1, 0, 2]).unwrap(), [&b"a"[..], b"", b"bc"]);
        assert!(split(b"abc", &[1, 3]).is_err());
    }
}
