//! Calls on threads of this process, if there is no cluster: the same functions, and the same bytes for their
//! arguments and results.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::{slice, thread};

use bytes::Bytes;

use super::call_error::CallError;
use super::calls::{Calls, Table};
use super::connection::{Submission, Transport};
use super::function::{WorkerFnEntry, worker_fns};
use super::message::{CallId, SentArgument};
use super::record::RecordBuf;
use super::work::{Work, call};
use crate::error::Error;
use crate::registry;

/// The threads of this process as a cluster.
#[derive(Debug)]
pub(super) struct Threads {
    calls: Arc<Calls>,
    functions: registry::Table<WorkerFnEntry>,
    /// The queue of calls; None once it is closed.
    queue: Mutex<Option<Sender<Job>>>,
    /// The outcomes of calls, kept for futures. Calls that need a result keep it, too.
    outcomes: Mutex<HashMap<CallId, Arc<Slot>>>,
}

/// A call to make.
#[derive(Debug)]
struct Job {
    id: CallId,
    name: &'static str,
    function: Option<WorkerFnEntry>,
    batch: Option<u64>,
    fetch: bool,
    arguments: Vec<Source>,
    /// This is dropped when nobody needs the outcome.
    outcome: Weak<Slot>,
}

/// The location of an argument's value.
#[derive(Debug)]
enum Source {
    Inline(Bytes),
    Call(Arc<Slot>),
}

/// The outcome of a call, once it has ended.
#[derive(Debug, Default)]
struct Slot {
    ended: Mutex<Option<Ended>>,
    changed: Condvar,
}

type Ended = Result<Bytes, CallError>;

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Option<Ended>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first outcome wins.
    fn end(&self, ended: Ended) -> Ended {
        let ended = self.lock().get_or_insert(ended).clone();
        self.changed.notify_all();
        ended
    }

    /// Waits for the outcome. The wait ends: a call is submitted before the calls that need its result, so
    /// another thread has begun it.
    fn wait(&self) -> Ended {
        let ended = self.lock();
        let waited = self.changed.wait_while(ended, |ended| ended.is_none());
        let ended = waited.unwrap_or_else(PoisonError::into_inner);
        ended.clone().unwrap_or(Err(CallError::Cancelled))
    }
}

impl Threads {
    /// Starts as many threads as this machine has cores.
    ///
    /// # Errors
    ///
    /// If two worker functions have the same name, or the system provides no threads.
    pub(super) fn start(calls: &Arc<Calls>) -> Result<Self, Error> {
        let functions = worker_fns()?;
        let (queue, jobs) = mpsc::channel();
        let jobs = Arc::new(Mutex::new(jobs));
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        for number in 0..threads {
            let (calls, jobs) = (Arc::clone(calls), Arc::clone(&jobs));
            thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(move || make_calls(&calls, &jobs))
                .map_err(|error| {
                    Error::system("cannot start a thread for a worker").with_source(error)
                })?;
        }
        let workers = BTreeMap::from([("threads of this process".to_owned(), threads)]);
        calls.change(|table| table.set_workers(workers));
        Ok(Threads {
            calls: Arc::clone(calls),
            functions,
            queue: Mutex::new(Some(queue)),
            outcomes: Mutex::default(),
        })
    }

    fn queue(&self) -> MutexGuard<'_, Option<Sender<Job>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outcomes(&self) -> MutexGuard<'_, HashMap<CallId, Arc<Slot>>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the value of an inline argument from the next record.
    fn source(&self, argument: SentArgument, records: &mut slice::Iter<'_, RecordBuf>) -> Source {
        match argument {
            SentArgument::Inline { .. } => {
                let record = records.next().map(RecordBuf::to_bytes);
                Source::Inline(record.unwrap_or_default())
            }
            SentArgument::Future { future } => {
                let outcome = self.outcomes().get(&future).cloned();
                Source::Call(outcome.unwrap_or_else(|| {
                    let gone = Slot::default();
                    let _gone = gone.end(Err(CallError::Cancelled));
                    Arc::new(gone)
                }))
            }
        }
    }
}

impl Transport for Threads {
    fn submit(&self, submission: Submission<'_>) {
        let Submission {
            id,
            function: name,
            batch,
            fetch,
            arguments,
            records,
        } = submission;
        let mut records = records.iter();
        let arguments = arguments.iter();
        let outcome = Arc::new(Slot::default());
        let job = Job {
            id,
            name,
            function: self.functions.get(name).copied(),
            batch,
            fetch,
            arguments: arguments.map(|&it| self.source(it, &mut records)).collect(),
            outcome: Arc::downgrade(&outcome),
        };
        self.outcomes().insert(id, outcome);
        let sent = self
            .queue()
            .as_ref()
            .is_some_and(|queue| queue.send(job).is_ok());
        if !sent {
            self.calls
                .change(|table| table.lose("the run has ended".to_owned()));
        }
    }

    fn fetch(&self, id: CallId) {
        let outcome = self.outcomes().get(&id).cloned();
        if let Some(outcome) = outcome
            && let Ok(record) = outcome.wait()
        {
            self.calls.change(|table| table.result(id, record));
        }
    }

    /// A call that a thread has begun runs to its end, and its result is dropped.
    fn cancel(&self, id: CallId) {
        let outcome = self.outcomes().get(&id).cloned();
        if let Some(outcome) = outcome
            && let Err(error) = outcome.end(Err(CallError::Cancelled))
        {
            self.calls.change(|table| table.failed(id, error));
        }
    }

    fn release(&self, id: CallId) {
        self.outcomes().remove(&id);
    }

    fn close(&self) -> io::Result<()> {
        let outcomes = std::mem::take(&mut *self.outcomes());
        for outcome in outcomes.into_values() {
            let _ended = outcome.end(Err(CallError::Cancelled));
        }
        self.queue().take();
        Ok(())
    }
}

fn make_calls(calls: &Calls, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let Some(outcome) = job.outcome.upgrade() else {
            continue;
        };
        if outcome.lock().is_some() {
            continue;
        }
        let ended = outcome.end(make(&job));
        calls.change(|table| note(table, &job, ended));
    }
}

fn note(table: &mut Table, job: &Job, ended: Ended) {
    match ended {
        Ok(record) if job.fetch => table.result(job.id, record),
        Ok(_) => table.done(job.id),
        Err(error) => table.failed(job.id, error),
    }
}

fn make(job: &Job) -> Ended {
    let arguments = job.arguments.iter().map(|source| match source {
        Source::Inline(record) => Ok(record.clone()),
        Source::Call(outcome) => outcome.wait(),
    });
    let work = Work {
        function: job.name,
        count: job.batch.unwrap_or(1),
        batch: job.batch.is_some(),
        arguments: arguments.collect::<Result<_, _>>()?,
    };
    let mut record = RecordBuf::default();
    match call(job.function, &work, "", &mut record) {
        Ok(()) => Ok(record.to_bytes()),
        Err(failure) => Err(CallError::Function(failure)),
    }
}
