//! The last output of a program, for a message about its failure.

use std::collections::VecDeque;

use crate::console::redacted;

/// How many lines go into a message.
const LAST_LINES: usize = 12;

/// How many characters of a line go into a message.
const LINE: usize = 2048;

/// The last of a sequence of lines, indented.
#[derive(Debug, Default)]
pub(super) struct LastLines(VecDeque<String>);

impl LastLines {
    pub(super) fn push(&mut self, line: &str) {
        if self.0.len() == LAST_LINES {
            self.0.pop_front();
        }
        // Secrets are removed before the line is cut, because a part of a secret would not be found later.
        let line = redacted(line.trim_end());
        let line: String = line.chars().take(LINE).collect();
        self.0.push_back(format!("  {line}"));
    }

    pub(super) fn text(&self) -> String {
        let lines: Vec<&str> = self.0.iter().map(String::as_str).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_few_and_short() {
        let mut last = LastLines::default();
        for number in 0..LAST_LINES + 2 {
            last.push(&number.to_string());
        }
        let text = last.text();
        assert_eq!(text.lines().count(), LAST_LINES);
        assert_eq!(text.lines().next(), Some("  2"));
        last.push(&"ä".repeat(LINE));
        assert!(last.text().chars().count() < LINE + 200);
    }
}
