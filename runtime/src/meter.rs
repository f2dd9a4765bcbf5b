//! Shows progress: a bar on a terminal, an occasional line anywhere else.

use std::fmt::Display;
use std::time::{Duration, Instant};

#[cfg(feature = "bars")]
use indicatif::{ProgressBar, ProgressStyle};

#[cfg(feature = "bars")]
use crate::console::clean_line;
use crate::console::tell;

/// The interval between lines if nothing can be drawn.
pub(crate) const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// The recipient of the display.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Audience<'a> {
    /// The prefix of lines, such as the task's name.
    pub(crate) name: &'a str,
    /// Whether somebody looks at a terminal.
    pub(crate) can_draw: bool,
}

/// The display of one operation. Dropping it removes the bar.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    #[cfg(feature = "bars")]
    bar: Option<ProgressBar>,
    written: Option<Instant>,
}

impl Meter {
    /// Shows how much is done, of the total if it is known, and a description.
    pub(crate) fn show(
        &mut self,
        to: Audience<'_>,
        done: u64,
        all: Option<u64>,
        what: &impl Display,
    ) {
        if to.can_draw && cfg!(feature = "bars") {
            self.draw(to.name, done, all, what);
        } else if self
            .written
            .is_none_or(|written| written.elapsed() >= BETWEEN_LINES)
        {
            self.written = Some(Instant::now());
            tracing::info!(name = to.name, "{what}");
            tell(format_args!("{}: {what}", to.name));
        }
    }

    #[cfg(feature = "bars")]
    fn draw(&mut self, name: &str, done: u64, all: Option<u64>, what: &impl Display) {
        let bar = self.bar.get_or_insert_with(|| new_bar(name, all.is_some()));
        bar.set_message(clean_line(&what.to_string()));
        if let Some(all) = all {
            bar.set_length(all);
        }
        bar.set_position(done);
    }

    #[cfg(not(feature = "bars"))]
    fn draw(&mut self, _: &str, _: u64, _: Option<u64>, _: &impl Display) {}

    /// Removes the bar, before other output.
    pub(crate) fn clear(&mut self) {
        #[cfg(feature = "bars")]
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

#[cfg(feature = "bars")]
fn new_bar(name: &str, ends: bool) -> ProgressBar {
    let style = ProgressStyle::with_template(if ends {
        "{prefix}: {bar:20} {msg} ({elapsed})"
    } else {
        "{prefix}: {spinner} {msg} ({elapsed})"
    });
    ProgressBar::no_length()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_prefix(name.to_owned())
}
