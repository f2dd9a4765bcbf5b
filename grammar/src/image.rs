//! Container images.

use crate::text::Cursor;

/// The longest name of an image, without tag and digest.
const NAME_MAX: usize = 255;
const TAG_MAX: usize = 128;
/// The shortest digest is 32 hexadecimal digits.
const DIGEST_HEX_MIN: usize = 32;

/// Checks an image reference: `[registry[:port]/]path[:tag][@digest]`, by the distribution project's
/// reference grammar.
///
/// flytekit's templates are placeholders for images that are known at registration. They are accepted if they
/// are well formed: `{{.image.spark.fqn}}:{{.image.spark.version}}`, `{{.image.spark}}`,
/// `{{.images.default.fqn}}:latest`.
///
/// ```
/// use flytekit_grammar::image;
/// assert!(image("ghcr.io/flyteorg/flytekit:py3.12-1.16.31").is_ok());
/// assert!(image("{{.image.spark.fqn}}:{{.image.spark.version}}").is_ok());
/// assert!(image("Spark:latest").unwrap_err().contains("lower-case"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn image(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("is empty: write an image such as `registry.example.com/app:1.0`");
    }
    if has_template(text) {
        return templated(Cursor::new(text));
    }
    let mut cursor = Cursor::new(text);
    match skip_registry(&mut cursor) {
        Ok(()) => {}
        Err(problem) => return Err(problem),
    }
    match skip_path(&mut cursor) {
        Ok(()) => {}
        Err(problem) => return Err(problem),
    }
    if cursor.position() > NAME_MAX {
        return Err("is too long: an image's name has at most 255 characters without its tag");
    }
    match skip_tag(&mut cursor) {
        Ok(()) => skip_digest(&mut cursor),
        Err(problem) => Err(problem),
    }
}

const fn has_template(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    while !cursor.is_at_end() {
        if cursor.starts_with("{{") {
            return true;
        }
        cursor.advance(1);
    }
    false
}

/// Checks each `{{…}}`. Of the text around them only the characters are checked, because the rest depends on
/// the values.
const fn templated(mut cursor: Cursor<'_>) -> Result<(), &'static str> {
    while !cursor.is_at_end() {
        if cursor.starts_with("{{") {
            if !skip_template(&mut cursor) {
                return Err(
                    "has a malformed template: expected `{{.image.NAME}}`, `{{.image.NAME.fqn}}` or `{{.image.NAME.version}}`",
                );
            }
        } else if cursor.peek().is_ascii_alphanumeric()
            || matches!(
                cursor.peek(),
                b'.' | b'_' | b'-' | b'/' | b':' | b'@' | b'[' | b']'
            )
        {
            cursor.advance(1);
        } else {
            return Err("has a character that is not allowed in an image's name");
        }
    }
    Ok(())
}

/// Skips `{{ .image[s].NAME[.fqn|.version] }}`.
const fn skip_template(cursor: &mut Cursor<'_>) -> bool {
    cursor.advance(2);
    skip_spaces(cursor);
    if cursor.starts_with(".images.") {
        cursor.advance(8);
    } else if cursor.starts_with(".image.") {
        cursor.advance(7);
    } else {
        return false;
    }
    let start = cursor.position();
    while cursor.peek().is_ascii_alphanumeric() || matches!(cursor.peek(), b'_' | b'-') {
        cursor.advance(1);
    }
    if cursor.position() == start {
        return false;
    }
    if cursor.starts_with(".fqn") {
        cursor.advance(4);
    } else if cursor.starts_with(".version") {
        cursor.advance(8);
    }
    skip_spaces(cursor);
    let closed = cursor.starts_with("}}");
    cursor.advance(if closed { 2 } else { 0 });
    closed
}

const fn skip_spaces(cursor: &mut Cursor<'_>) {
    while cursor.peek() == b' ' {
        cursor.advance(1);
    }
}

/// Skips `registry[:port]/`, if the first component is a registry: it has a dot or a port, or is `localhost`.
const fn skip_registry(cursor: &mut Cursor<'_>) -> Result<(), &'static str> {
    if cursor.peek() == b'[' {
        return skip_address(cursor);
    }
    let mut length = 0;
    let mut host_like = false;
    while !matches!(cursor.peek_at(length), b'/' | b'@' | 0) {
        host_like |= matches!(cursor.peek_at(length), b'.' | b':');
        length += 1;
    }
    let is_registry = host_like || (length == 9 && cursor.starts_with("localhost"));
    if cursor.peek_at(length) != b'/' || !is_registry {
        return Ok(());
    }
    let end = cursor.position() + length;
    while cursor.position() < end && cursor.peek() != b':' {
        let edge = cursor.position() + 1 == end || matches!(cursor.peek_at(1), b'.' | b':');
        let inner = matches!(cursor.peek(), b'-' | b'.') && !edge && cursor.position() > 0;
        if !cursor.peek().is_ascii_alphanumeric() && !inner {
            return Err(
                "has a malformed registry: expected a host name such as `registry.example.com:5000`",
            );
        }
        cursor.advance(1);
    }
    if !skip_port(cursor) || cursor.position() != end {
        return Err(NO_PORT);
    }
    cursor.advance(1);
    Ok(())
}

const NO_PORT: &str = "has a registry with a port that is not a number";

/// Skips `:` and digits if there is a colon, and returns false if no digits follow it.
const fn skip_port(cursor: &mut Cursor<'_>) -> bool {
    if cursor.peek() != b':' {
        return true;
    }
    cursor.advance(1);
    cursor.number().is_some()
}

/// Skips a registry with an IPv6 address: `[::1]:5000/`.
const fn skip_address(cursor: &mut Cursor<'_>) -> Result<(), &'static str> {
    const MALFORMED: &str =
        "has a malformed registry: expected an IPv6 address such as `[fd00::1]:5000`";
    cursor.advance(1);
    let start = cursor.position();
    while cursor.peek().is_ascii_hexdigit() || cursor.peek() == b':' {
        cursor.advance(1);
    }
    if cursor.position() == start || cursor.peek() != b']' {
        return Err(MALFORMED);
    }
    cursor.advance(1);
    if !skip_port(cursor) {
        return Err(NO_PORT);
    }
    if cursor.peek() != b'/' {
        return Err(MALFORMED);
    }
    cursor.advance(1);
    Ok(())
}

/// Skips components of lower-case letters and digits with single separators, joined by slashes.
const fn skip_path(cursor: &mut Cursor<'_>) -> Result<(), &'static str> {
    loop {
        if !skip_word(cursor) {
            return Err(match cursor.peek() {
                b'A'..=b'Z' => "has upper-case letters: the path of an image is lower-case",
                _ if cursor.is_at_end() => "ends where a part of the image's path is expected",
                _ => {
                    "has a malformed path: expected lower-case letters and digits, joined by `.`, `_`, `-` or `/`"
                }
            });
        }
        match cursor.peek() {
            b'/' => cursor.advance(1),
            b':' | b'@' => return Ok(()),
            _ if cursor.is_at_end() => return Ok(()),
            b'A'..=b'Z' => {
                return Err("has upper-case letters: the path of an image is lower-case");
            }
            _ => skip_separator(cursor),
        }
    }
}

/// Skips letters and digits, and returns whether there were any.
const fn skip_word(cursor: &mut Cursor<'_>) -> bool {
    let start = cursor.position();
    while cursor.peek().is_ascii_lowercase() || cursor.peek().is_ascii_digit() {
        cursor.advance(1);
    }
    cursor.position() > start
}

/// Skips `.`, `_`, `__` or dashes; a word must follow.
const fn skip_separator(cursor: &mut Cursor<'_>) {
    if cursor.starts_with("__") {
        cursor.advance(2);
    } else if matches!(cursor.peek(), b'.' | b'_') {
        cursor.advance(1);
    } else {
        while cursor.peek() == b'-' {
            cursor.advance(1);
        }
    }
}

const fn skip_tag(cursor: &mut Cursor<'_>) -> Result<(), &'static str> {
    if cursor.peek() != b':' {
        return Ok(());
    }
    cursor.advance(1);
    let start = cursor.position();
    if matches!(cursor.peek(), b'.' | b'-') {
        return Err("has a tag that begins with a dot or a dash");
    }
    while cursor.peek().is_ascii_alphanumeric() || matches!(cursor.peek(), b'_' | b'.' | b'-') {
        cursor.advance(1);
    }
    if cursor.position() == start {
        return Err("has an empty tag after its colon");
    }
    if cursor.position() - start > TAG_MAX {
        return Err("has a tag of more than 128 characters");
    }
    if cursor.is_at_end() || cursor.peek() == b'@' {
        Ok(())
    } else {
        Err("has a malformed tag: expected letters, digits, `_`, `.` and `-`")
    }
}

const fn skip_digest(cursor: &mut Cursor<'_>) -> Result<(), &'static str> {
    const MALFORMED: &str = "has a malformed digest: expected `@sha256:` and hexadecimal digits";
    if cursor.is_at_end() {
        return Ok(());
    }
    // The rest begins with `@`, which ends path and tag.
    cursor.advance(1);
    if !cursor.peek().is_ascii_alphabetic() {
        return Err(MALFORMED);
    }
    while cursor.peek().is_ascii_alphanumeric()
        || matches!(cursor.peek(), b'+' | b'.' | b'_' | b'-')
    {
        cursor.advance(1);
    }
    if cursor.peek() != b':' {
        return Err(MALFORMED);
    }
    cursor.advance(1);
    let start = cursor.position();
    while cursor.peek().is_ascii_hexdigit() {
        cursor.advance(1);
    }
    if cursor.is_at_end() && cursor.position() - start >= DIGEST_HEX_MIN {
        Ok(())
    } else {
        Err(MALFORMED)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;

    use proptest::prelude::*;

    use super::image;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn references() {
        for text in [
            "spark",
            "apache/spark:4.1.0",
            "ghcr.io/flyteorg/flytekit:py3.12-1.16.31",
            "localhost/app",
            "localhost:5000/app:dev",
            "registry.example.com:5000/team/app__x/y---z.w:V_1",
            "app:1.0",
            "[::1]:5000/x:1",
            "[fd00:12::A]/team/app",
            "[::1]/{{.image.spark}}",
            &format!("app@{DIGEST}"),
            &format!("reg.io/app:1@{DIGEST}"),
            "{{.image.spark.fqn}}:{{.image.spark.version}}",
            "{{.image.spark}}",
            "{{ .images.default.fqn }}:latest",
            "{{.image.default.fqn}}-suffix:v1",
        ] {
            assert_eq!(image(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn problems_say_what_is_wrong() {
        for (text, hint) in [
            ("", "empty"),
            ("App", "upper-case"),
            ("reg.io/team/App:1", "upper-case"),
            ("app:", "empty tag"),
            ("app:-1", "begins with"),
            ("app:a b", "malformed tag"),
            ("app latest", "malformed path"),
            ("app//x", "malformed path"),
            ("app/", "ends where"),
            ("app-", "ends where"),
            ("reg.io:port/app", "port"),
            ("reg..io/app", "registry"),
            ("-reg.io/app", "registry"),
            ("[::1]", "IPv6"),
            ("[]/app", "IPv6"),
            ("[::1/app", "IPv6"),
            ("[::g]/app", "IPv6"),
            ("[::1]:/app", "port"),
            ("[::1]:x/app", "port"),
            ("[::1]:5000", "IPv6"),
            ("https://reg.io/app", "port"),
            ("app@sha256:12", "digest"),
            ("app@", "digest"),
            ("{{.image}}", "template"),
            ("{{.image.a.tag}}", "template"),
            ("{{.image.a", "template"),
            ("{{.image.a}} x", "character"),
        ] {
            let problem = image(text).expect_err(text);
            assert!(problem.contains(hint), "{text} {problem}");
        }
    }

    proptest! {
        #[test]
        fn composed_references_are_accepted(
            registry in "([a-z0-9]{1,5}[.][a-z]{2,3}(:[0-9]{1,5})?/)?",
            path in "[a-z0-9]{1,5}([_-][a-z0-9]{1,4}){0,2}(/[a-z0-9]{1,5}[.][a-z0-9]{1,5}){0,2}",
            tag in "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,9})?",
        ) {
            prop_assert_eq!(image(&format!("{registry}{path}{tag}")), Ok(()));
        }

        #[test]
        fn any_text_is_answered(text in "[a-zA-Z0-9:/@{}. _-]{0,40}") {
            let _ = image(&text);
        }

        #[test]
        fn any_unicode_is_answered(text in any::<String>()) {
            let _ = image(&text);
        }
    }
}
