//! Words for people.

use std::io::Write;

/// Writes a line to standard error, or not, if nobody reads it any more: a driver's terminal is a
/// pipe to the JVM that started it, and `eprintln!` would panic when that is gone.
pub(crate) fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
