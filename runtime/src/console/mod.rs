//! Words for people: lines on standard error, logs, error documents. All of them go through
//! [`clean`], which keeps back what nobody may see, and what would make a terminal do something.

mod foreign;
mod redactor;
mod url;

use std::io::Write;

pub(crate) use foreign::Foreign;
pub(crate) use redactor::{hide, redacted};
pub(crate) use url::ShownUrl;

/// Writes a line to standard error, or not, if nobody reads it any more: a driver's terminal is a
/// pipe to the JVM that started it, and `eprintln!` would panic when that is gone.
pub(crate) fn tell(line: impl std::fmt::Display) {
    let line = clean(&line.to_string());
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A text as it may leave this process: without the values of secrets, without what gives access in
/// URLs, and with characters escaped that are not for reading. Line breaks and tabs stay.
pub(crate) fn clean(text: &str) -> String {
    let text = redacted(text);
    let text = url::without_access(&text);
    foreign::visible(&text).into_owned()
}

/// The same, as one line: of a log, where a second line would be another record.
pub(crate) fn clean_line(text: &str) -> String {
    Foreign(&clean(text)).to_string()
}

#[cfg(test)]
mod tests {
    use super::{clean, clean_line};

    #[test]
    fn what_leaves_is_harmless() {
        let said = "GET https://me:pa55@host/a?sig=1&page=2\r\n\u{1b}[2Jgone\u{202e}";
        let harmless = "GET https://host/a?sig=…&page=2\n\\u{1b}[2Jgone\\u{202e}";
        assert_eq!(clean(said), harmless);
        assert_eq!(clean_line(said), harmless.replace('\n', "\\n"));
    }
}
