//! The report of a failure: `error.pb` for Flyte, and a line for the log.

use std::fmt;
use std::time::SystemTime;

use crate::console::clean;
use crate::context::worker;
use crate::ends::Ends;
use crate::error::{Error, Origin};
use crate::execute::in_time;
use crate::wire::Writer;

/// The maximum size of an error's message, and of its trace. Flyte reads documents of up to 2 MiB. It keeps
/// the message in its database, and beside the messages of the workflow's other nodes in a Kubernetes object
/// of at most 1.5 MiB.
const LONGEST: usize = 48 << 10;

/// A formatted failure.
#[derive(Debug)]
pub(super) struct Said {
    /// The line for standard error.
    pub(super) line: String,
    /// The bytes of `error.pb`.
    pub(super) document: Vec<u8>,
}

impl Said {
    /// Formats an error of a task. This may run the user's code, so it has a time limit.
    pub(super) fn of(error: &Error, task: &str) -> Self {
        let (line, trace, error) = in_time(|| {
            let line = Ends::of(|out| write!(out, "{error}"));
            let trace = Ends::of(|out| error.write_trace(out));
            let shown = |ends: Ends| ends.shown(LONGEST, clean);
            (shown(line), shown(trace), error.verdict())
        });
        let message = format!(
            "Trace:\n\n{}\nMessage:\n\n    {}: {line}",
            Indented(&format!("task {task}\n{}", trace.trim_end())),
            error.code,
        );
        let (non_recoverable, recoverable) = (0, 1);
        let document = Document {
            code: error.code,
            message: &message,
            kind: if error.recoverable {
                recoverable
            } else {
                non_recoverable
            },
            origin: match error.origin {
                Origin::User => 1,
                Origin::System => 2,
            },
        };
        Said {
            document: document.encode(),
            line,
        }
    }
}

/// A `flyteidl.core.ErrorDocument`, with a message in flytekit's layout: a trace, indented, then the message.
struct Document<'a> {
    code: &'a str,
    message: &'a str,
    kind: i64,
    origin: i64,
}

impl Document<'_> {
    fn encode(&self) -> Vec<u8> {
        let (seconds, nanos) = now();
        let worker = worker();
        Writer::to_bytes(|w| {
            let end = w.len();
            w.string_nonempty(6, worker.as_deref().unwrap_or_default());
            let timestamp = w.len();
            w.int64_nonzero(2, nanos);
            w.int64_nonzero(1, seconds);
            w.message(5, timestamp);
            w.int64_nonzero(4, self.origin);
            w.int64_nonzero(3, self.kind);
            w.string_nonempty(2, self.message);
            w.string_nonempty(1, self.code);
            w.message(1, end);
        })
    }
}

/// A text with indented lines.
struct Indented<'a>(&'a str);

impl fmt::Display for Indented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .lines()
            .try_for_each(|line| writeln!(f, "    {line}"))
    }
}

/// The current time, in seconds and nanoseconds since 1970.
pub(super) fn now() -> (i64, i64) {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    (since.as_secs().cast_signed(), since.subsec_nanos().into())
}
