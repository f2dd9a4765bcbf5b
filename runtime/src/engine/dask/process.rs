//! `EXE worker`: the process of this executable that a Dask worker keeps for each of its threads.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::process::{self, ExitCode};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use bytes::Bytes;

use super::frame;
use super::function::{WorkerFnEntry, worker_fns};
use super::message::{Answer, Order};
use super::record::RecordBuf;
use super::spares::Spares;
use super::work::{Work, call};
use crate::console::tell;
use crate::registry::Table;

/// The variable with the Dask worker's address.
const WORKER: &str = "FLYTEKIT_DASK_WORKER";

/// How much memory of a record is kept from one call for the next.
const SPARE: usize = 64 << 20;

/// Answers calls until standard input ends, because the Dask worker needs no more answers or is gone. Then
/// the process ends immediately, even during a call, together with all processes that functions have started.
pub(super) fn serve() -> ExitCode {
    // This comes before anything else, so that functions can neither read nor write these pipes.
    let pipes = take_pipes();
    let served = pipes.and_then(|pipes| {
        let functions = worker_fns().map_err(io::Error::other)?;
        serve_calls(&functions, pipes)
    });
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

/// The ends of the pipes to the Dask worker.
struct Pipes {
    orders: File,
    answers: File,
}

fn serve_calls(functions: &Table<WorkerFnEntry>, pipes: Pipes) -> io::Result<()> {
    let Pipes {
        orders: pipe,
        mut answers,
    } = pipes;
    let worker = std::env::var(WORKER).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    frame::write(&mut answers, &Answer::Hello { version }, &[])?;
    let (order, orders) = mpsc::channel();
    thread::Builder::new()
        .name("orders".to_owned())
        .spawn(move || read_orders(BufReader::new(pipe), &order))?;
    answer(functions, &orders, &mut answers, &worker)
}

/// An order and the values that belong to it.
type Received = io::Result<(Order, Bytes)>;

fn read_orders(mut pipe: impl Read, received: &Sender<Received>) {
    let spares = Spares::default();
    loop {
        let Some(order) = frame::read(&mut pipe, &spares).transpose() else {
            end();
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
    answers: &mut impl Write,
    worker: &str,
) -> io::Result<()> {
    let mut record = RecordBuf::default();
    for order in orders {
        answer_one(functions, order?, worker, &mut record, answers)?;
        record.clear(SPARE);
    }
    Ok(())
}

/// Makes a call, and answers it. The memory of an earlier record is reused.
fn answer_one(
    functions: &Table<WorkerFnEntry>,
    (order, body): (Order, Bytes),
    worker: &str,
    record: &mut RecordBuf,
    answers: &mut impl Write,
) -> io::Result<()> {
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
        arguments: split(body, &arguments)?,
    };
    let own = process::id();
    let called = call(functions.get(&function).copied(), &work, worker, record);
    if process::id() != own {
        // The function has forked, and this is the child: its parent answers.
        process::exit(0);
    }
    match called {
        Ok(()) => {
            let parts: Vec<&[u8]> = record.parts().collect();
            frame::write(answers, &Answer::Ok, &parts)
        }
        Err(failure) => {
            let summary = format!("{function}: {}", failure.message);
            let answer = Answer::Failed { summary: &summary };
            frame::write(answers, &answer, &[&failure.to_bytes()])
        }
    }
}

/// Answers calls that have all arrived, in this process. Used to test frames.
///
/// # Errors
///
/// If the input is not a sequence of frames, or a call is invalid.
pub fn answer_all(orders: &mut impl Read, answers: &mut impl Write) -> io::Result<()> {
    let functions = worker_fns().map_err(io::Error::other)?;
    let (spares, mut record) = (Spares::default(), RecordBuf::default());
    while let Some(order) = frame::read(orders, &spares)? {
        answer_one(&functions, order, "", &mut record, answers)?;
    }
    Ok(())
}

/// Splits a body into its arguments.
fn split(mut body: Bytes, lens: &[usize]) -> io::Result<Vec<Bytes>> {
    let arguments = lens
        .iter()
        .map(|&len| (len <= body.len()).then(|| body.split_to(len)));
    let arguments: Option<Vec<_>> = arguments.collect();
    arguments.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the arguments are shorter than the call says",
        )
    })
}

/// Takes the pipes for orders and answers only: functions cannot read standard input, and their output goes
/// to standard error. Programs that functions start inherit neither pipe.
#[cfg(unix)]
fn take_pipes() -> io::Result<Pipes> {
    use rustix::io::fcntl_dupfd_cloexec;
    use rustix::stdio::{dup2_stdin, dup2_stdout};

    /// The first file descriptor after the standard streams.
    const FREE: i32 = 3;

    let orders = fcntl_dupfd_cloexec(io::stdin(), FREE)?;
    let answers = fcntl_dupfd_cloexec(io::stdout(), FREE)?;
    dup2_stdin(File::open("/dev/null")?)?;
    dup2_stdout(io::stderr())?;
    Ok(Pipes {
        orders: orders.into(),
        answers: answers.into(),
    })
}

/// Ends the process. The Dask worker has made it the leader of a process group. If the worker is gone, nobody
/// else ends the processes that functions have left in the group.
#[cfg(unix)]
fn end() -> ! {
    use rustix::process::{Signal, getpgrp, getpid, kill_current_process_group};

    if std::env::var_os(WORKER).is_some() && getpgrp() == getpid() {
        // The group includes this process.
        let _ = kill_current_process_group(Signal::KILL);
    }
    process::exit(0)
}

/// On other systems Dask's workers cannot start a process: there are no process groups.
#[cfg(not(unix))]
fn take_pipes() -> io::Result<Pipes> {
    let why = "worker functions run on Unix only";
    Err(io::Error::new(io::ErrorKind::Unsupported, why))
}

#[cfg(not(unix))]
fn end() -> ! {
    process::exit(0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use bytes::Bytes;

    use super::super::record::{RecordBuf, Values};
    use super::super::spares::Spares;
    use super::{answer_all, frame, split};

    #[test]
    fn arguments_lie_one_after_the_other() {
        let body = Bytes::from_static(b"abc");
        assert_eq!(split(body.clone(), &[1, 0, 2]).unwrap(), ["a", "", "bc"]);
        assert!(split(body, &[1, 3]).is_err());
    }

    #[test]
    fn a_call_that_is_none_is_answered_or_refused() {
        let mut argument = RecordBuf::local();
        argument.push(&"text").unwrap();
        let argument = argument.to_bytes();
        let order = |arguments: &[usize]| {
            json!({"op": "call", "function": "app.missing", "count": u64::MAX, "batch": true,
                "arguments": arguments})
        };
        let mut orders = Vec::new();
        frame::write(&mut orders, &order(&[argument.len()]), &[&argument]).unwrap();
        let mut answers = Vec::new();
        answer_all(&mut &*orders, &mut answers).unwrap();
        let (answer, _) = frame::read::<Value>(&mut &*answers, &Spares::default())
            .unwrap()
            .unwrap();
        assert_eq!(answer["op"], "failed");
        let summary = answer["summary"].as_str().unwrap();
        assert!(
            summary.contains("no worker function `app.missing`"),
            "{summary}"
        );
        assert_eq!(
            Values::of_argument(&argument)
                .unwrap()
                .next::<String>()
                .unwrap(),
            "text"
        );

        frame::write(&mut orders, &order(&[usize::MAX, 1]), &[&argument]).unwrap();
        let refused = answer_all(&mut &*orders, &mut answers).unwrap_err();
        assert!(refused.to_string().contains("shorter than the call says"));
    }
}
