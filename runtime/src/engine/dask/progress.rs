//! How far a long map is, for those who wait.

use std::time::{Duration, Instant};

use indicatif::HumanCount;

use super::session::Session;
use crate::meter::{BETWEEN_LINES, Meter};

/// A map that ends sooner shows nothing.
const SOON: Duration = Duration::from_secs(2);

/// The progress of one map.
#[derive(Debug)]
pub(super) struct Progress {
    function: &'static str,
    items: Option<u64>,
    started: Instant,
    meter: Meter,
}

impl Progress {
    /// Of this function over so many items, if that is known.
    pub(super) fn new(function: &'static str, items: Option<usize>) -> Self {
        Progress {
            function,
            items: items.and_then(|items| u64::try_from(items).ok()),
            started: Instant::now(),
            meter: Meter::default(),
        }
    }

    /// Shows that so many items are done.
    pub(super) fn show(&mut self, session: &Session, done: u64) {
        let task = session.task();
        let quiet = if task.can_draw() { SOON } else { BETWEEN_LINES };
        if self.started.elapsed() < quiet {
            return;
        }
        let of = self
            .items
            .map_or_else(String::new, |all| format!(" of {}", HumanCount(all)));
        let (workers, threads) = session
            .calls
            .look(|table| (table.workers().len(), table.threads()));
        let what = format!(
            "{}: {}{of} items are done, on {workers} workers with {threads} threads",
            self.function,
            HumanCount(done),
        );
        self.meter.show(task.audience(), done, self.items, &what);
    }
}
