//! Messages at the terminal, in cargo's style: a verb and its object per line.

use std::fmt::Display;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use anyhow::Result;
use console::style;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// The moving lines, one for each step under way.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Reports that something starts, or a fact.
pub(crate) fn say(verb: &str, what: &str) {
    line(&style(format!("{verb:>12}")).green().bold(), what);
}

/// Reports a problem without ending the chore.
pub(crate) fn problem(verb: &str, what: &str) {
    line(&style(format!("{verb:>12}")).red().bold(), what);
}

fn line(verb: &impl Display, what: &str) {
    BARS.suspend(|| eprintln!("{verb} {what}"));
}

/// Reports why the chore failed, beginning with the outermost reason, each on its own line.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{}: {error}", style("error").red().bold());
    for cause in error.chain().skip(1) {
        eprintln!("{}: {cause}", style("because").bold());
    }
}

/// Does `work`, with a line before it and a line with its duration after it. Several steps may be under way.
///
/// On a terminal there is also a moving line, to which `work` passes news through [`Ticker`].
pub(crate) fn step<T>(what: &str, work: impl FnOnce(&Ticker) -> Result<T>) -> Result<T> {
    say("Setting up", what);
    let started = Instant::now();
    let ticker = Ticker::start();
    let outcome = work(&ticker);
    ticker.bar.finish_and_clear();
    if outcome.is_ok() {
        let took = seconds(started.elapsed());
        say("Finished", &format!("{what} in {took}"));
    }
    outcome
}

/// A line that shows the elapsed seconds and the latest news, on terminals only.
pub(crate) struct Ticker {
    bar: ProgressBar,
}

impl Ticker {
    fn start() -> Self {
        let style = ProgressStyle::with_template("{elapsed:>12} {wide_msg}");
        let bar = BARS.add(ProgressBar::new_spinner());
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// Replaces the latest news.
    pub(crate) fn news(&self, line: &str) {
        self.bar.set_message(line.trim().to_owned());
    }
}

/// A readable duration: `0.42 s`, `12.3 s`, `3 min 05 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    match whole {
        0..10 => format!("{:.2} s", duration.as_secs_f64()),
        10..60 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_few_digits() {
        assert_eq!(seconds(Duration::from_millis(417)), "0.42 s");
        assert_eq!(seconds(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }
}
