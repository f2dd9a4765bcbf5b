//! Text for people: lines on standard error, logs, error documents. All of it passes through [`clean`], which
//! removes secrets, and escapes characters that would control a terminal.

mod foreign;
mod redactor;
mod unread;
mod url;

use std::io::Write;

pub(crate) use foreign::Foreign;
pub use redactor::Redactor;
pub(crate) use redactor::{hide, redacted};
pub(crate) use unread::{end_if_unread, end_when_unread, was_unread};
pub(crate) use url::{ShownUrl, hide_user};

use crate::ends::Ends;

/// Writes a message to standard error. Its further lines are indented, so that text of others never begins a
/// line. The middle of a very long message is left out.
pub(crate) fn tell(line: impl std::fmt::Display) {
    const LONGEST: usize = 128 << 10;
    let line = Ends::of(|out| write!(out, "{line}"));
    write(&indented(&line.shown(LONGEST, clean)));
}

/// Writes a line to standard error, followed by the complete address of a page that people are asked to open.
#[cfg(feature = "register")]
pub(crate) fn tell_page(line: impl std::fmt::Display, page: &str) {
    let page = redacted(page);
    write(&format!(
        "{}\n{}",
        indented(&clean(&line.to_string())),
        Foreign(&page)
    ));
}

/// Writes the mistakes in a command line, whose lines this program has laid out.
pub(crate) fn tell_usage(lines: &str) {
    write(clean(lines).trim_end());
}

/// Writes a question for somebody at the terminal, on the line that the answer ends.
///
/// # Errors
///
/// If nobody can read it.
pub(crate) fn ask(question: impl std::fmt::Display) -> std::io::Result<()> {
    let mut stderr = std::io::stderr();
    write!(stderr, "{}", clean_line(&question.to_string()))?;
    stderr.flush()
}

/// Writes, and ignores failures: a driver's terminal is a pipe to the JVM that started it, and `eprintln!`
/// would panic when the JVM is gone.
fn write(lines: &str) {
    let _ = writeln!(std::io::stderr(), "{lines}");
}

/// Puts a blank in front of each line that has none, except the first.
fn indented(lines: &str) -> String {
    let mut indented = String::with_capacity(lines.len());
    for (number, line) in lines.split('\n').enumerate() {
        if number > 0 {
            indented.push('\n');
            let needs_blanks = !line.is_empty() && !line.starts_with(char::is_whitespace);
            indented.push_str(if needs_blanks { "  " } else { "" });
        }
        indented.push_str(line);
    }
    indented
}

/// A text in the form in which it may leave this process: without the values of secrets, without credentials
/// in URLs, and with control characters escaped. Line breaks and tabs stay.
pub(crate) fn clean(text: &str) -> String {
    let text = redacted(text);
    let text = url::without_access(&text);
    foreign::visible(&text).into_owned()
}

/// Like [`clean`], on one line: for a log, where a second line would be another record.
pub(crate) fn clean_line(text: &str) -> String {
    Foreign(&clean(text)).to_string()
}

#[cfg(test)]
mod tests {
    use super::{clean, clean_line, indented};

    #[test]
    fn what_leaves_is_harmless() {
        let said = "GET https://me:pa55@host/a?sig=1&page=2\r\n\u{1b}[2Jgone\u{202e}";
        let harmless = "GET https://host/a?sig=…&page=2\n\\u{1b}[2Jgone\\u{202e}";
        assert_eq!(clean(said), harmless);
        assert_eq!(clean_line(said), harmless.replace('\n', "\\n"));
    }

    #[test]
    fn a_line_within_is_no_line_of_this_program() {
        assert_eq!(indented("a\nerror: b\n\n  c\n"), "a\n  error: b\n\n  c\n");
    }
}
