//! What people are told of a run while it goes on.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use crate::console::tell;
use crate::context::Mode;
use crate::meter::{Audience, Meter};

/// Tells people how a run goes, on standard error and in the log.
///
/// An engine gets one with its [`TaskContext`](super::TaskContext), and may keep it for its session.
#[derive(Clone, Debug)]
pub struct Progress {
    of: Arc<str>,
    can_draw: bool,
}

impl Progress {
    /// Of a task, or of whatever has this name.
    pub fn new(of: &str, mode: Mode) -> Self {
        Progress {
            of: of.into(),
            can_draw: mode == Mode::Local && io::stderr().is_terminal(),
        }
    }

    /// Tells what is being waited for, or what has happened.
    pub fn tell(&self, what: impl Display) {
        tracing::info!(task = &*self.of, "{what}");
        tell(format_args!("{}: {what}", self.of));
    }

    /// Shows how far one long thing is.
    pub fn gauge(&self) -> Gauge {
        Gauge {
            progress: self.clone(),
            meter: Meter::default(),
        }
    }

    /// Whether somebody looks at a terminal, on which a gauge is drawn.
    pub fn can_draw(&self) -> bool {
        self.can_draw
    }
}

/// Shows how far one long thing is: a bar on a terminal, a line now and then anywhere else. Dropped,
/// it leaves the terminal as it was.
///
/// Bars need one of the features that bring them, such as `s3` or `register`; without, there are
/// lines.
#[derive(Debug)]
pub struct Gauge {
    progress: Progress,
    meter: Meter,
}

impl Gauge {
    /// Shows that so much is done, of so much if that is known, and what to say about it.
    pub fn show(&mut self, done: u64, all: Option<u64>, what: &impl Display) {
        let audience = Audience {
            name: &self.progress.of,
            can_draw: self.progress.can_draw,
        };
        self.meter.show(audience, done, all, what);
    }

    /// Takes the bar away; what comes next is something else.
    pub fn clear(&mut self) {
        self.meter.clear();
    }
}
