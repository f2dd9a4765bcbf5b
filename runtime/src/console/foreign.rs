//! Text of others (servers, archives, programs) on its way to a terminal. Its escape sequences would move the
//! cursor and change colours, its line breaks would look like lines of this program, and its direction marks
//! would show text in another order.

use std::borrow::Cow;
use std::fmt;

/// A text of others, shown on one line: control characters are escaped, as in `\n` and `\u{1b}`.
#[derive(Clone, Copy)]
pub(crate) struct Foreign<'a>(pub(crate) &'a str);

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(|it| is_break(it) || is_unreadable(it)) {
            let (readable, from) = rest.split_at(at);
            f.write_str(readable)?;
            let mut characters = from.chars();
            characters
                .by_ref()
                .take(1)
                .try_for_each(|it| escape(f, it))?;
            rest = characters.as_str();
        }
        f.write_str(rest)
    }
}

/// Escapes all control characters except line breaks and tabs.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unreadable) {
        return text.into();
    }
    let mut visible = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if !is_unreadable(character) {
            visible.push(character);
        } else if character != '\r' || characters.peek() != Some(&'\n') {
            // Writing to a string cannot fail.
            let _ = escape(&mut visible, character);
        }
    }
    visible.into()
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\t')
}

/// Whether a character is not plain text: controls, also those above ASCII, line separators, and marks that
/// change the direction of text.
fn is_unreadable(character: char) -> bool {
    match character {
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        other => other.is_control() && !is_break(other),
    }
}

fn escape(out: &mut impl fmt::Write, character: char) -> fmt::Result {
    match character {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        other => write!(out, "{}", other.escape_unicode()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_but_reading_is_left() {
        for (text, line, lines) in [
            ("a b – ä", "a b – ä", "a b – ä"),
            ("a\tb\nc", "a\\tb\\nc", "a\tb\nc"),
            ("a\r\nb\r", "a\\r\\nb\\r", "a\nb\\r"),
            ("\u{1b}]0;x\u{7}", "\\u{1b}]0;x\\u{7}", "\\u{1b}]0;x\\u{7}"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}", "\\u{9b}2J\\u{7f}"),
            (
                "a\u{202e}b\u{2028}",
                "a\\u{202e}b\\u{2028}",
                "a\\u{202e}b\\u{2028}",
            ),
        ] {
            assert_eq!(Foreign(text).to_string(), line);
            assert_eq!(visible(text), lines);
        }
    }

    proptest! {
        #[test]
        fn no_text_does_anything_to_a_terminal(text in any::<String>()) {
            let line = Foreign(&text).to_string();
            prop_assert!(!line.contains(|it| is_break(it) || is_unreadable(it)));
            prop_assert!(!visible(&text).contains(is_unreadable));
        }
    }
}
