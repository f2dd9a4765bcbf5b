//! Reads Spark's logs.

use std::io;
use std::path::Path;

use crate::bounded;
use crate::engine::log::LastLines;

/// How much of a log is read: the failure is at its end.
pub(super) const END: u64 = 4 << 20;

/// The end of a log, without the frames of Java's stack traces, which would displace the reason.
pub(super) fn last_lines(log: &Path) -> io::Result<String> {
    let text = bounded::read_end(log, END)?;
    let mut last = LastLines::default();
    for line in String::from_utf8_lossy(&text)
        .lines()
        .filter(says_something)
    {
        last.push(line);
    }
    Ok(last.text())
}

/// Whether a line is more than a frame of a stack trace.
pub(super) fn says_something(line: &&str) -> bool {
    let line = line.trim_start();
    !(line.is_empty() || line.starts_with("at ") || line.starts_with("..."))
}

/// Whether a line is a record that also occurs in the log of a successful run, which always has some
/// warnings. Such records begin with date, time and level.
pub(super) fn is_routine(line: &str) -> bool {
    matches!(
        line.split_whitespace().nth(2),
        Some("WARN" | "INFO" | "DEBUG" | "TRACE")
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_end_of_a_log_shows_reasons_before_stack_frames() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let frames = "\tat org.example.Main.main(Main.java:1)\n".repeat(30);
        fs::write(
            log.path(),
            format!("start\n\nException: why\n{frames}Caused by: because\n{frames}\t... 3 more\n"),
        )
        .unwrap();
        assert_eq!(
            last_lines(log.path()).unwrap(),
            "  start\n  Exception: why\n  Caused by: because"
        );
    }

    #[test]
    fn records_of_a_run_that_goes_well_are_told_by_their_level() {
        assert!(is_routine("26/11/21 12:00:00 INFO SparkContext: Running"));
        assert!(is_routine("26/11/21 12:00:00 WARN Utils: loopback"));
        assert!(!is_routine("26/11/21 12:00:00 ERROR Executor: lost"));
        assert!(!is_routine("Exception in thread \"main\" INFO"));
    }
}
