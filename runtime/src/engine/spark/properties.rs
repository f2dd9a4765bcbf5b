//! Java's properties format, in which `spark-submit` reads settings from a file.

use std::fmt::Write;

/// The text of a properties file. If a key occurs twice, the last one wins.
///
/// The text is ASCII, so that the reader's encoding does not matter.
pub(super) fn properties<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (key, value) in entries {
        escape(key, &mut text);
        text.push('=');
        escape(value, &mut text);
        text.push('\n');
    }
    text
}

fn escape(part: &str, text: &mut String) {
    for c in part.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\\' | '=' | ':' | '#' | '!' | ' ' => text.extend(['\\', c]),
            ' '..='~' => text.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::properties;

    #[test]
    fn what_means_something_in_the_format_is_escaped() {
        let text = properties([
            ("spark.app.name", "a=b: c\\d"),
            ("spark.x", "#1\n\u{e9}\u{1f600}"),
        ]);
        assert_eq!(
            text,
            "spark.app.name=a\\=b\\:\\ c\\\\d\nspark.x=\\#1\\n\\u00e9\\ud83d\\ude00\n"
        );
    }
}
