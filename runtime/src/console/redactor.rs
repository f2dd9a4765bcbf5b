//! Removes the values of secrets from all text that leaves this process: as they are, as strings of Rust,
//! JSON, URLs or base64 show them, and each line of a secret with several.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The replacement for a secret.
const INSTEAD: &str = "[secret]";

/// A shorter value occurs by chance, in numbers and in words. It is only replaced where it stands alone, and
/// only in its plain form.
const SHORTEST: usize = 4;

/// The secrets of this process.
static HIDDEN: RwLock<Option<Arc<Redactor>>> = RwLock::new(None);

/// Removes a value from all text that leaves this process from now on.
pub(crate) fn hide(value: &[u8]) {
    let known = hidden();
    if known.as_ref().is_some_and(|known| known.has(value)) {
        return;
    }
    let mut hidden = HIDDEN.write().unwrap_or_else(PoisonError::into_inner);
    let mut redactor = hidden.as_deref().cloned().unwrap_or_default();
    redactor.add(value);
    *hidden = Some(Arc::new(redactor));
}

/// A text without the secrets of this process.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    match hidden() {
        Some(hidden) => hidden.redact(text),
        None => text.into(),
    }
}

/// The lock is held only here, so that a panic hook can redact, too.
fn hidden() -> Option<Arc<Redactor>> {
    HIDDEN
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

/// Values to remove from texts.
#[derive(Clone, Default)]
pub struct Redactor {
    /// The values as they were given.
    values: Vec<Vec<u8>>,
    /// The values and their lines.
    texts: Vec<Text>,
    /// Parts of their base64 encodings.
    codes: Vec<Code>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.values.len())
    }
}

impl Redactor {
    fn has(&self, value: &[u8]) -> bool {
        self.values.iter().any(|known| known == value)
    }

    /// Adds a value.
    pub fn add(&mut self, value: &[u8]) {
        self.values.push(value.to_owned());
        let text = String::from_utf8_lossy(value).replace("\r\n", "\n");
        let whole = text.trim();
        let lines = whole.lines().map(str::trim);
        let lines = lines.filter(|line| line.len() >= SHORTEST && *line != whole);
        let texts = std::iter::once(whole).chain(lines);
        let new = texts.filter(|text| !text.is_empty()).map(Text::new);
        self.texts.extend(new);
        self.codes.extend(Code::of(value.trim_ascii()));
    }

    /// A text without the values.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut found: Vec<_> = self.texts.iter().flat_map(|it| it.find(text)).collect();
        found.extend(self.codes.iter().flat_map(|it| it.find(text)));
        if found.is_empty() {
            return text.into();
        }
        found.sort_unstable_by_key(|range| range.start);
        let mut left = String::with_capacity(text.len());
        let mut end = 0;
        for range in found {
            // An overlapping match is removed, too, because a part of a secret is also confidential.
            if range.start >= end {
                left.extend([&text[end..range.start], INSTEAD]);
            }
            end = end.max(range.end);
        }
        left.push_str(&text[end..]);
        left.into()
    }
}

/// A secret, or a line of one.
#[derive(Clone)]
struct Text {
    characters: Vec<char>,
    stands_alone: bool,
}

impl Text {
    fn new(text: &str) -> Self {
        Text {
            characters: text.chars().collect(),
            stands_alone: text.len() < SHORTEST,
        }
    }

    /// The ranges of a text that contain it.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        let first = self.characters.first().copied().unwrap_or_default();
        let may_begin = |it: char| it == first || it == '\\' || it == '%';
        while let Some(start) = text[from..].find(may_begin).map(|at| from + at) {
            let end = if self.stands_alone {
                self.end_of_word(text, start)
            } else {
                self.end_in(text, start)
            };
            from = match end {
                Some(end) => {
                    found.push(start..end);
                    end
                }
                None => start + text[start..].chars().next().map_or(1, char::len_utf8),
            };
        }
        found
    }

    /// The end of a match at `start`, in any escaped form of its characters.
    fn end_in(&self, text: &str, start: usize) -> Option<usize> {
        let mut ends = vec![start];
        for &character in &self.characters {
            let mut next = Vec::new();
            for end in ends {
                push_ends(&mut next, text, end, character);
            }
            if next.is_empty() {
                return None;
            }
            next.sort_unstable();
            next.dedup();
            ends = next;
        }
        ends.last().copied()
    }

    /// The end of a match at `start` as a whole word.
    fn end_of_word(&self, text: &str, start: usize) -> Option<usize> {
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        let (before, rest) = text.split_at(start);
        let word: String = self.characters.iter().collect();
        let after = rest.strip_prefix(&word)?;
        let is_alone = !before.ends_with(is_word) && !after.starts_with(is_word);
        is_alone.then_some(start + word.len())
    }
}

/// Adds the ends of a character at `start`, in any of its escaped forms. One of several backslashes can be
/// read in more than one way.
fn push_ends(ends: &mut Vec<usize>, text: &str, start: usize, character: char) {
    let rest = &text[start..];
    if character == '\n' {
        ends.extend(ends_of_break(rest).map(|length| start + length));
    } else if rest.starts_with(character) {
        ends.push(start + character.len_utf8());
    }
    if rest.starts_with('%') {
        ends.extend(end_of_percents(rest, character).map(|length| start + length));
    } else if rest.starts_with('+') && character == ' ' {
        ends.push(start + 1);
    } else if rest.starts_with('\\') {
        push_escaped(ends, rest, start, character);
    }
}

/// Ends of a line break of either kind, followed by any number of the blanks of an indented line.
fn ends_of_break(rest: &str) -> impl Iterator<Item = usize> {
    let after = rest.strip_prefix("\r\n").or(rest.strip_prefix('\n'));
    let after = after.map(|after| {
        let first = rest.len() - after.len();
        let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
        first..=first + blanks
    });
    after.into_iter().flatten()
}

/// The end of a percent-encoded character: `%C3%A4`.
fn end_of_percents(rest: &str, character: char) -> Option<usize> {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).as_bytes();
    let codes = rest.as_bytes().chunks(3);
    let is_written = codes.clone().take(bytes.len()).zip(bytes).all(|(code, byte)| {
        matches!(code, [b'%', high, low] if hex(&[*high, *low]) == Some(u32::from(*byte)))
    });
    let length = 3 * bytes.len();
    (is_written && rest.len() >= length).then_some(length)
}

/// Adds the ends of a character after backslashes. In a string inside a string there are several.
fn push_escaped(ends: &mut Vec<usize>, rest: &str, start: usize, character: char) {
    let after = rest.trim_start_matches('\\');
    let backslashes = rest.len() - after.len();
    if character == '\\' {
        let several = [2, 4, 8].into_iter().filter(|it| *it <= backslashes);
        ends.extend(several.map(|it| start + it));
        return;
    }
    let length = match after.chars().next() {
        Some('n') if character == '\n' => Some(1),
        Some('r') if character == '\r' => Some(1),
        Some('t') if character == '\t' => Some(1),
        Some('b') if character == '\u{8}' => Some(1),
        Some('f') if character == '\u{c}' => Some(1),
        Some('0') if character == '\0' => Some(1),
        Some('"' | '\'' | '/') if after.starts_with(character) => Some(1),
        Some('x') => end_of_number(&after[1..], 2, character).map(|it| it + 1),
        Some('u') => end_of_unicode(after, character),
        _ => None,
    };
    ends.extend(length.map(|length| start + backslashes + length));
}

/// The end of `u{e4}`, of `u00e4`, or of the surrogate pair `uD83D\uDE00` for a character above 16 bits.
fn end_of_unicode(after: &str, character: char) -> Option<usize> {
    if let Some(braced) = after.strip_prefix("u{") {
        let digits = braced.find('}')?;
        return Some(end_of_number(braced, digits, character)? + 3);
    }
    let mut units = [0; 2];
    let mut rest = after;
    for unit in character.encode_utf16(&mut units) {
        rest = rest.trim_start_matches('\\').strip_prefix('u')?;
        let digits = rest.as_bytes().get(..4)?;
        if hex(digits)? != u32::from(*unit) {
            return None;
        }
        rest = &rest[4..];
    }
    Some(after.len() - rest.len())
}

/// The length of a number with this many digits, if it is the character's code.
fn end_of_number(rest: &str, digits: usize, character: char) -> Option<usize> {
    let number = hex(rest.as_bytes().get(..digits)?)?;
    (number == u32::from(character)).then_some(digits)
}

fn hex(digits: &[u8]) -> Option<u32> {
    let is_short = (1..=6).contains(&digits.len());
    let is_hex = is_short && digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(digits, 16).ok()
}

/// A secret in base64, also as a part of a longer value such as `user:password`.
#[derive(Clone)]
struct Code {
    /// The letters that depend on the secret only.
    letters: String,
    /// Whether the letters before and after them also depend on it.
    has_neighbours: [bool; 2],
}

impl Code {
    /// The encodings of a secret: there are three alignments, and two alphabets.
    fn of(secret: &[u8]) -> Vec<Self> {
        if secret.len() < SHORTEST {
            return Vec::new();
        }
        let codes = (0..3).flat_map(|before| {
            let code = Code::after(before, secret);
            let for_urls = Code {
                letters: code.letters.replace('+', "-").replace('/', "_"),
                ..code
            };
            [code, for_urls]
        });
        let mut codes: Vec<_> = codes.collect();
        codes.dedup_by(|a, b| a.letters == b.letters);
        codes
    }

    /// The encoding of a secret after `before` bytes.
    fn after(before: usize, secret: &[u8]) -> Self {
        let whole = STANDARD_NO_PAD.encode([&[0; 3][..before], secret].concat());
        let bits = 8 * (before + secret.len());
        Code {
            letters: whole[(8 * before).div_ceil(6)..bits / 6].to_owned(),
            has_neighbours: [before > 0, !bits.is_multiple_of(6)],
        }
    }

    /// The ranges of a text that contain the letters and their neighbours.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let is_letter = |it: &u8| it.is_ascii_alphanumeric() || b"+/-_=".contains(it);
        let bytes = text.as_bytes();
        let found = text.match_indices(&self.letters).map(|(start, letters)| {
            let end = start + letters.len();
            let before = start.checked_sub(1).and_then(|before| bytes.get(before));
            let [has_before, has_after] = self.has_neighbours;
            let has_before = has_before && before.is_some_and(is_letter);
            let has_after = has_after && bytes.get(end).is_some_and(is_letter);
            start - usize::from(has_before)..end + usize::from(has_after)
        });
        found.collect()
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE;
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[&str]) -> Redactor {
        let mut redactor = Redactor::default();
        for value in values {
            redactor.add(value.as_bytes());
        }
        redactor
    }

    fn percent_encoded(text: &str, encode: fn(u8) -> String) -> String {
        let encoded = text.bytes().map(|byte| match byte {
            plain if plain.is_ascii_alphanumeric() => char::from(plain).to_string(),
            other => encode(other),
        });
        encoded.collect()
    }

    fn of_form(byte: u8) -> String {
        match byte {
            b' ' => "+".to_owned(),
            other => format!("%{other:02x}"),
        }
    }

    fn in_ascii(json: &str) -> String {
        let escaped = json.chars().map(|character| {
            let units = &mut [0; 2];
            match character {
                ascii if ascii.is_ascii() => ascii.to_string(),
                other => {
                    let units = other.encode_utf16(units).iter();
                    let escaped: Vec<_> = units.map(|unit| format!("\\u{unit:04x}")).collect();
                    escaped.concat()
                }
            }
        });
        escaped.collect()
    }

    /// All forms of a secret that the documentation lists.
    fn forms(secret: &str) -> Vec<String> {
        let json = serde_json::to_string(secret).expect("a string");
        let debug = format!("{secret:?}");
        let lines = secret.lines().collect::<Vec<_>>();
        vec![
            secret.to_owned(),
            format!("{debug:?}"),
            debug,
            in_ascii(&json),
            serde_json::to_string(&json).expect("a string"),
            json.replace('/', "\\/"),
            json,
            percent_encoded(secret, of_form),
            percent_encoded(secret, |byte| format!("%{byte:02X}")),
            lines.join("\n    "),
            lines.join("\r\n"),
            URL_SAFE.encode(secret),
            STANDARD_NO_PAD.encode(format!("me:{secret}")),
            STANDARD_NO_PAD.encode(format!("u:{secret}@host")),
            STANDARD_NO_PAD.encode(format!("{secret}\n")),
        ]
    }

    #[test]
    fn no_form_of_a_secret_stays() {
        for secret in [
            "correct horse",
            "qu\"ote\\back'slash/",
            "-----BEGIN KEY-----\nABC+/=\n\tDEF\n-----END KEY-----",
            "ümlaut 😀 \u{7}",
            "100%41\\n",
            "\\\\\"\\",
        ] {
            let redactor = of(&[secret]);
            for form in forms(secret) {
                let shown = redactor.redact(&format!("a {form} b")).into_owned();
                assert!(
                    shown.contains(INSTEAD) && shown.len() < 24,
                    "{form}: {shown}"
                );
            }
        }
    }

    #[test]
    fn each_line_of_a_secret_is_one() {
        let redactor = of(&["first line\r\n  {\n second: \"x\"\n}\n"]);
        for line in ["first line", "second: \"x\"", "second: \\\"x\\\""] {
            assert_eq!(redactor.redact(&format!("<{line}>")), "<[secret]>");
        }
        assert_eq!(redactor.redact("{ }"), "{ }");
    }

    #[test]
    fn of_secrets_that_overlap_nothing_stays() {
        let redactor = of(&["hunter2", "hunter22", "22-more"]);
        assert_eq!(
            redactor.redact("hunter22, hunter2, hunter22-more"),
            "[secret], [secret], [secret]"
        );
    }

    #[test]
    fn a_short_secret_is_left_out_where_it_stands_alone() {
        let redactor = of(&["7", "abc", ""]);
        assert_eq!(
            redactor.redact("pin=7, 17 of 7.5 rows; abc, abcd"),
            "pin=[secret], 17 of [secret].5 rows; [secret], abcd"
        );
    }

    #[test]
    fn a_value_that_is_no_text_is_found_as_base64() {
        let mut redactor = Redactor::default();
        redactor.add(b"\xff\xfe\x01\x02secret\xff");
        let shown = format!(
            "key {}",
            STANDARD_NO_PAD.encode(b"\xff\xfe\x01\x02secret\xff")
        );
        assert_eq!(redactor.redact(&shown), "key [secret]");
    }

    proptest! {
        #[test]
        fn whatever_the_secret_it_stays(secret in any::<String>(), before in any::<String>()) {
            prop_assume!(secret.trim().len() >= SHORTEST);
            let redactor = of(&[&secret]);
            let secret = secret.trim();
            for form in [secret.to_owned(), format!("{secret:?}"), format!("{:?}", format!("{secret:?}"))] {
                let text = format!("{before} {form} after");
                let shown = redactor.redact(&text);
                prop_assert!(shown.contains(INSTEAD), "{}: {}", form, shown);
                prop_assert!(!shown.contains(&form), "{}: {}", form, shown);
            }
        }

        #[test]
        fn a_text_without_secrets_stays_as_it_is(text in "[a-m\\\\%+ ]{0,60}") {
            prop_assert_eq!(of(&["nopqrst", "123"]).redact(&text), text.as_str());
        }
    }
}
