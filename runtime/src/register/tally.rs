//! Shows the progress of a registration.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::submit::Outcome;
use crate::meter::{Audience, BETWEEN_LINES, Meter};

/// A registration that ends sooner shows nothing.
const SOON: Duration = Duration::from_secs(1);

/// Counts the results of entities, and shows the counts while the registration runs.
#[derive(Debug)]
pub(crate) struct Tally {
    all: usize,
    started: Instant,
    shown: Mutex<Shown>,
}

#[derive(Debug, Default)]
struct Shown {
    counts: Counts,
    meter: Meter,
}

/// The number of entities per result.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) registered: usize,
    pub(crate) unchanged: usize,
    pub(crate) failed: usize,
    pub(crate) untried: usize,
}

impl Tally {
    /// `all` is the number of entities.
    pub(crate) fn new(all: usize) -> Self {
        Tally {
            all,
            started: Instant::now(),
            shown: Mutex::default(),
        }
    }

    /// Counts one more result.
    pub(crate) fn add(&self, outcome: &Outcome) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.counts.add(outcome);
        let can_draw = io::stderr().is_terminal();
        if self.started.elapsed() < if can_draw { SOON } else { BETWEEN_LINES } {
            return;
        }
        let (audience, counts) = (
            Audience {
                name: "register",
                can_draw,
            },
            shown.counts,
        );
        let what = format!("{} of {}: {}", counts.done(), self.all, counts.brief());
        let [done, all] = [counts.done(), self.all].map(|count| count as u64);
        shown.meter.show(audience, done, Some(all), &what);
    }

    /// Ends the display, and returns the counts.
    pub(crate) fn finish(&self) -> Counts {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.meter.clear();
        shown.counts
    }

    /// The number of entities.
    pub(crate) fn all(&self) -> usize {
        self.all
    }
}

impl Counts {
    /// Counts these results.
    pub(crate) fn of(outcomes: &[Outcome]) -> Self {
        let mut counts = Counts::default();
        for outcome in outcomes {
            counts.add(outcome);
        }
        counts
    }

    fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Registered => &mut self.registered,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Different(_) | Outcome::Failed(_) | Outcome::Inactive(_) => &mut self.failed,
            Outcome::Untried => &mut self.untried,
        };
        *count += 1;
    }

    /// The number of registered entities, new or unchanged.
    pub(crate) fn sound(self) -> usize {
        self.registered + self.unchanged
    }

    /// A summary that fits onto a line of a terminal.
    fn brief(self) -> String {
        let counts = [
            (self.registered, "registered"),
            (self.unchanged, "unchanged"),
            (self.failed, "failed"),
        ];
        let some = counts.into_iter().filter(|(count, _)| *count > 0);
        let some: Vec<_> = some
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        some.join(", ")
    }

    fn done(self) -> usize {
        self.sound() + self.failed
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            registered,
            unchanged,
            failed,
            untried,
        } = self;
        write!(
            f,
            "{registered} registered, {unchanged} unchanged, {failed} failed"
        )?;
        if *untried > 0 {
            write!(f, ", {untried} not tried")?;
        }
        Ok(())
    }
}
