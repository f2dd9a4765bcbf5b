//! How far registering is.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::submit::Outcome;
use crate::meter::{Audience, BETWEEN_LINES, Meter};

/// What ends sooner shows nothing.
const SOON: Duration = Duration::from_secs(1);

/// Counts what becomes of entities, and shows it to those who wait.
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

/// How many became what.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) registered: usize,
    pub(crate) unchanged: usize,
    pub(crate) failed: usize,
    pub(crate) untried: usize,
}

impl Tally {
    /// Of so many.
    pub(crate) fn new(all: usize) -> Self {
        Tally {
            all,
            started: Instant::now(),
            shown: Mutex::default(),
        }
    }

    /// One more is done.
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

    /// What is done; nothing is shown any more.
    pub(crate) fn finish(&self) -> Counts {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.meter.clear();
        shown.counts
    }

    /// How many there are.
    pub(crate) fn all(&self) -> usize {
        self.all
    }
}

impl Counts {
    /// Of these outcomes.
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

    /// How many are registered, now or before.
    pub(crate) fn sound(self) -> usize {
        self.registered + self.unchanged
    }

    /// What there is of each, as short as a terminal wants it.
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
