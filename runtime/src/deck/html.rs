//! Text within HTML.

use std::borrow::Cow;

/// Escapes a text, also for quoted attributes.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    const SPECIAL: [char; 5] = ['&', '<', '>', '"', '\''];
    if !text.contains(SPECIAL) {
        return text.into();
    }
    let mut html = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html.into()
}

/// Source code, with the name of its language.
pub(super) fn code(language: &str, source: &str) -> String {
    format!(
        "<figure class=\"code\"><figcaption>{}</figcaption><pre><code>{}</code></pre></figure>",
        escaped(language),
        escaped(source)
    )
}

/// A text, cut to at most `most` bytes.
pub(super) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return text.into();
    }
    let is_end = |at: &usize| text.is_char_boundary(*at);
    let end = (0..=most).rev().find(is_end).unwrap_or_default();
    let left_out = text.len() - end;
    format!("{}… ({left_out} bytes more)", &text[..end]).into()
}

#[cfg(test)]
mod tests {
    use super::{escaped, shortened};

    #[test]
    fn a_value_is_never_a_tag() {
        let value = "<script>alert('x' & \"y\")</script>";
        let html = "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;";
        assert_eq!(escaped(value), html);
        assert_eq!(escaped("plain ä"), "plain ä");
    }

    #[test]
    fn a_long_text_ends_between_characters() {
        assert_eq!(shortened("äää", 3), "ä… (4 bytes more)");
        assert_eq!(shortened("äää", 6), "äää");
    }
}
