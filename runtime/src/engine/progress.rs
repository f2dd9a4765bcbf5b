//! The progress that people see while a run goes on.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use crate::console::tell;
use crate::context::Mode;
use crate::meter::{Audience, Meter};

/// Reports the progress of a run, on standard error and in the log.
///
/// An engine gets it with its [`TaskContext`](super::TaskContext), and may keep it for its session.
#[derive(Clone, Debug)]
pub struct Progress {
    of: Arc<str>,
    can_draw: bool,
}

impl Progress {
    /// The progress of a task, or of anything else with this name.
    pub fn new(of: &str, mode: Mode) -> Self {
        Progress {
            of: of.into(),
            can_draw: mode == Mode::Local && io::stderr().is_terminal(),
        }
    }

    /// Reports what is being waited for, or what has happened.
    pub fn tell(&self, what: impl Display) {
        tracing::info!(task = &*self.of, "{what}");
        tell(format_args!("{}: {what}", self.of));
    }

    /// Shows the progress of one long operation.
    pub fn gauge(&self) -> Gauge {
        Gauge {
            progress: self.clone(),
            meter: Meter::default(),
        }
    }

    /// Whether standard error is a terminal, on which a gauge can be drawn.
    pub fn can_draw(&self) -> bool {
        self.can_draw
    }
}

/// The progress of one long operation: a bar on a terminal, an occasional line anywhere else. Dropping it
/// removes the bar.
///
/// Bars need one of the features that include them, such as `s3` or `register`; without them, lines are
/// printed.
#[derive(Debug)]
pub struct Gauge {
    progress: Progress,
    meter: Meter,
}

impl Gauge {
    /// Shows how much is done, of the total if it is known, and a description.
    pub fn show(&mut self, done: u64, all: Option<u64>, what: &impl Display) {
        let audience = Audience {
            name: &self.progress.of,
            can_draw: self.progress.can_draw,
        };
        self.meter.show(audience, done, all, what);
    }

    /// Removes the bar, before other output.
    pub fn clear(&mut self) {
        self.meter.clear();
    }
}
