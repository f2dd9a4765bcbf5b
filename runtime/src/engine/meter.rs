//! How far something is: a bar on a terminal, a line now and then anywhere else.

use std::fmt::Display;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::TaskContext;

/// How often a line is written where nothing can be drawn.
pub(super) const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Shows how far one thing is; dropped, it leaves the terminal as it was.
#[derive(Debug, Default)]
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    written: Option<Instant>,
}

impl Meter {
    /// Shows it: so much is done, of so much if that is known, and what to say about it.
    pub(super) fn show(
        &mut self,
        task: &TaskContext<'_>,
        done: u64,
        all: Option<u64>,
        what: &impl Display,
    ) {
        if task.can_draw() {
            let bar = self.bar.get_or_insert_with(|| new_bar(task, all.is_some()));
            bar.set_message(what.to_string());
            if let Some(all) = all {
                bar.set_length(all);
            }
            bar.set_position(done);
        } else if self
            .written
            .is_none_or(|written| written.elapsed() >= BETWEEN_LINES)
        {
            self.written = Some(Instant::now());
            task.progress(&what.to_string());
        }
    }

    /// Takes the bar away; what comes next is something else.
    pub(super) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.clear();
    }
}

fn new_bar(task: &TaskContext<'_>, ends: bool) -> ProgressBar {
    let style = ProgressStyle::with_template(if ends {
        "{prefix}: {bar:20} {msg} ({elapsed})"
    } else {
        "{prefix}: {spinner} {msg} ({elapsed})"
    });
    ProgressBar::no_length()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_prefix(task.task.to_owned())
}
