//! Shows the progress of long maps.

use std::time::{Duration, Instant};

use indicatif::HumanCount;

use super::connection::Connection;
use crate::engine::{Gauge, Progress};
use crate::meter::BETWEEN_LINES;

/// A map that ends sooner shows nothing.
const SOON: Duration = Duration::from_secs(2);

/// The progress of one map.
#[derive(Debug)]
pub(super) struct ItemProgress {
    function: &'static str,
    items: Option<u64>,
    started: Instant,
    gauge: Gauge,
    /// For how long nothing is shown.
    quiet: Duration,
}

impl ItemProgress {
    /// The progress of a function over a number of items, if the number is known.
    pub(super) fn new(function: &'static str, items: Option<usize>, progress: &Progress) -> Self {
        let can_draw = progress.can_draw();
        ItemProgress {
            function,
            items: items.and_then(|items| u64::try_from(items).ok()),
            started: Instant::now(),
            gauge: progress.gauge(),
            quiet: if can_draw { SOON } else { BETWEEN_LINES },
        }
    }

    /// Shows the number of finished items.
    pub(super) fn show(&mut self, connection: &Connection, done: u64) {
        if self.started.elapsed() < self.quiet {
            return;
        }
        let of = self
            .items
            .map_or_else(String::new, |all| format!(" of {}", HumanCount(all)));
        let (workers, threads) = connection
            .calls
            .look(|table| (table.workers().len(), table.threads()));
        let what = format!(
            "{}: {}{of} items are done, on {workers} workers with {threads} threads",
            self.function,
            HumanCount(done),
        );
        self.gauge.show(done, self.items, &what);
    }
}
