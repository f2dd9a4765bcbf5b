//! The timeline: the parts of a run, and their durations.

use std::time::{Duration, SystemTime};

use super::html::escaped;
use super::lock;
use crate::console::redacted;
use crate::context::{Context, context};

/// A part of a run.
#[derive(Debug)]
pub(super) struct Span {
    name: String,
    /// The time since the start of the run.
    start: Duration,
    length: Duration,
}

/// The maximum number of parts: nobody reads a page with more.
const MOST: usize = 1_000;

/// Calls `work`, and shows its duration on the timeline of the run.
///
/// ```
/// use flytekit::deck::time_it;
///
/// let sum: u64 = time_it("adding", || (0..1_000).sum());
/// assert_eq!(sum, 499_500);
/// ```
pub fn time_it<R>(name: &str, work: impl FnOnce() -> R) -> R {
    timed(&context(), name, work)
}

/// Like [`time_it`], for this run; a `work` that panics is recorded, too.
pub(crate) fn timed<R>(context: &Context, name: &str, work: impl FnOnce() -> R) -> R {
    struct Timed<'a>(&'a Context, &'a str, SystemTime);

    impl Drop for Timed<'_> {
        fn drop(&mut self) {
            let Timed(context, name, began) = *self;
            let Some(decks) = context.decks() else {
                return;
            };
            let mut spans = lock(&decks.spans);
            if spans.len() < MOST {
                spans.push(Span {
                    name: redacted(name).into_owned(),
                    start: began.duration_since(context.started()).unwrap_or_default(),
                    length: began.elapsed().unwrap_or_default(),
                });
            }
        }
    }

    let _timed = Timed(context, name, SystemTime::now());
    work()
}

/// A row for each part, with a bar at its position in the run.
pub(super) fn html(spans: &mut [Span], whole: Duration) -> String {
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.length)));
    let percent = |it: Duration| 100.0 * it.as_secs_f64() / whole.as_secs_f64().max(f64::EPSILON);
    let rows = spans.iter().map(|span| {
        let (left, width) = (percent(span.start), percent(span.length));
        let left = left.min(100.0);
        format!(
            "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
             <td class=\"bar\"><svg viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
             <rect x=\"{left:.2}\" width=\"{:.2}\" height=\"1\"/></svg></td></tr>",
            escaped(&span.name),
            seconds(span.start),
            seconds(span.length),
            width.clamp(0.4, (100.4 - left).max(0.4)),
        )
    });
    format!(
        "<div class=\"table\"><table class=\"timeline\"><thead><tr><th scope=\"col\">part</th>\
         <th scope=\"col\">after</th><th scope=\"col\">took</th><th scope=\"col\">of {}</th></tr></thead>\
         <tbody>{}</tbody></table></div>",
        seconds(whole),
        rows.collect::<String>()
    )
}

fn seconds(length: Duration) -> String {
    let seconds = length.as_secs_f64();
    if seconds < 0.001 {
        format!("{:.0} µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}
