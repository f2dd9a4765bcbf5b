//! Shows the progress of running queries.
//!
//! Spark sends the progress every two seconds with the results (Sail does not); the client passes it to the
//! session's handlers on the thread that waits for the query. Our handler only forwards it.

use std::fmt;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::HumanBytes;
use spark_connect::SparkSession;

use crate::engine::{Gauge, Progress};

/// A query counts as ended after this time without a report, which is longer than the interval of reports.
const QUIET: Duration = Duration::from_secs(3);

/// Shows the progress of the session's queries while they run.
pub(super) fn show(session: &SparkSession, told: &Progress) {
    let told = told.clone();
    let display = OnceLock::new();
    session.register_progress_handler(move |progress| {
        // The first report only says that there is a query, even if the query turns out to be wrong.
        if progress.stages.is_empty() {
            return;
        }
        let display = display.get_or_init(|| Display::start(&told));
        display.tell(QueryProgress {
            stages: progress.stages.len(),
            stages_done: progress.stages.iter().filter(|stage| stage.done).count(),
            tasks: sum(progress.stages.iter().map(|stage| stage.num_tasks)),
            tasks_done: sum(progress
                .stages
                .iter()
                .map(|stage| stage.num_completed_tasks)),
            tasks_running: sum([progress.num_inflight_tasks]),
            bytes_read: sum(progress.stages.iter().map(|stage| stage.input_bytes_read)),
        });
    });
}

fn sum(numbers: impl IntoIterator<Item = i64>) -> u64 {
    let numbers = numbers.into_iter();
    numbers
        .map(|number| u64::try_from(number).unwrap_or(0))
        .sum()
}

/// The progress of a query.
struct QueryProgress {
    stages: usize,
    stages_done: usize,
    tasks: u64,
    tasks_done: u64,
    tasks_running: u64,
    bytes_read: u64,
}

impl fmt::Display for QueryProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} stages and {} of {} tasks are done, {} running",
            self.stages_done, self.stages, self.tasks_done, self.tasks, self.tasks_running
        )?;
        match self.bytes_read {
            0 => Ok(()),
            bytes => write!(f, ", {} read", HumanBytes(bytes)),
        }
    }
}

/// Displays reports on a thread of its own. Dropping it removes the bar from the terminal.
struct Display {
    tell: Option<Sender<QueryProgress>>,
    thread: Option<JoinHandle<()>>,
}

impl Display {
    fn start(told: &Progress) -> Self {
        let (tell, progress) = mpsc::channel();
        let mut gauge = told.gauge();
        let follow = move || follow(&progress, &mut gauge);
        Display {
            tell: Some(tell),
            // Without a thread nothing is shown; no query should fail because of that.
            thread: thread::Builder::new().spawn(follow).ok(),
        }
    }

    fn tell(&self, progress: QueryProgress) {
        if let Some(tell) = &self.tell {
            // A thread that has ended shows nothing any more.
            let _ = tell.send(progress);
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.tell = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn follow(queries: &Receiver<QueryProgress>, gauge: &mut Gauge) {
    loop {
        match queries.recv_timeout(QUIET) {
            Ok(progress) => gauge.show(progress.tasks_done, Some(progress.tasks), &progress),
            Err(RecvTimeoutError::Timeout) => gauge.clear(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
