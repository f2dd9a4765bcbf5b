//! Cron lines in the syntax of Flyte Admin's parser and scheduler: robfig/cron v3, `ParseStandard`.

use crate::text::equals_ignoring_case;

/// Checks that `text` is a schedule on which Flyte can start a launch plan: five fields (minute, hour, day of
/// the month, month, day of the week), or one of `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`,
/// `@yearly`, `@annually` and `@every 1h30m`. `TZ=Europe/Berlin ` may precede it; otherwise times are in UTC.
///
/// flytekit accepts more than Flyte does: a sixth field, 7 for Sunday, `L`, and aliases without `@`.
///
/// ```
/// use flytekit_grammar::cron;
///
/// assert!(cron("*/5 8-18 * * MON-FRI").is_ok());
/// assert!(cron("TZ=Europe/Berlin @daily").is_ok());
/// assert!(cron("0 0 * * 7").unwrap_err().contains("0 for Sunday"));
/// assert!(cron("daily").unwrap_err().contains("@daily"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn cron(text: &str) -> Result<(), &'static str> {
    let mut line = Line {
        bytes: text.as_bytes(),
    };
    let has_zone = starts_with(line.bytes, b"TZ=") || starts_with(line.bytes, b"CRON_TZ=");
    if has_zone && let Err(problem) = line.time_zone() {
        return Err(problem);
    }
    let is_indented = !has_zone && matches!(line.bytes, [b' ' | b'\t', ..]);
    line.spaces();
    match line.bytes {
        [b'@', ..] if is_indented => Err("has spaces before its `@`, which Flyte reads as a field"),
        [] => Err("is empty: write five fields, such as `0 2 * * *`, or `@daily`"),
        [b'@', rest @ ..] => alias(rest),
        [b'a'..=b'z' | b'A'..=b'Z', ..] if line.is_one_word() => Err(
            "is not a cron line: aliases begin with `@`, as in `@hourly`, `@daily`, `@weekly`, `@monthly` and \
             `@yearly`, and fields are five, as in `0 2 * * *`",
        ),
        _ => fields(line),
    }
}

/// Checks the text after `@`.
const fn alias(word: &[u8]) -> Result<(), &'static str> {
    const ALIASES: [&[u8]; 7] = [
        b"hourly",
        b"daily",
        b"midnight",
        b"weekly",
        b"monthly",
        b"yearly",
        b"annually",
    ];
    let mut index = 0;
    while index < ALIASES.len() {
        if equal(word, ALIASES[index]) {
            return Ok(());
        }
        index += 1;
    }
    if starts_with(word, b"every ") {
        return go_duration(word.split_at(b"every ".len()).1);
    }
    Err(
        "is not an alias of Flyte; the aliases are `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, \
         `@yearly`, `@annually` and `@every 1h30m`",
    )
}

/// Checks a duration such as `1h30m` in Go's syntax, of at least a second.
const fn go_duration(text: &[u8]) -> Result<(), &'static str> {
    const WRONG: Result<(), &str> = Err(
        "has no duration after `@every`: write hours, minutes and seconds, as in `@every 1h30m`",
    );
    let mut rest = text;
    let mut is_long = false;
    loop {
        let (mut digits, mut is_positive) = (0, false);
        while let [digit @ b'0'..=b'9', more @ ..] = rest {
            is_positive = is_positive || *digit != b'0';
            (digits, rest) = (digits + 1, more);
        }
        // Nine digits of hours exceed Go's range.
        if digits == 0 || digits > 6 {
            return WRONG;
        }
        let long = match rest {
            [b'm', b's', more @ ..] => {
                rest = more;
                false
            }
            [b'h' | b'm' | b's', more @ ..] => {
                rest = more;
                true
            }
            _ => return WRONG,
        };
        is_long = is_long || long && is_positive;
        if rest.is_empty() {
            break;
        }
    }
    if is_long {
        Ok(())
    } else {
        Err("is more often than once a second, which Flyte does not support")
    }
}

/// Checks the five fields, none of which may be missing.
const fn fields(mut line: Line<'_>) -> Result<(), &'static str> {
    let mut days = Days {
        first: 1,
        months: 0,
        any_weekday: true,
    };
    let mut index = 0;
    while index < FIELDS.len() {
        let word = line.word();
        if word.is_empty() {
            return Err(
                "has too few fields: write five, for minute, hour, day of the month, month and day of \
                 the week, as in `0 2 * * *`",
            );
        }
        let found = match field(word, &FIELDS[index]) {
            Ok(found) => found,
            Err(problem) => return Err(problem),
        };
        match index {
            2 => days.first = found.trailing_zeros(),
            3 => days.months = found,
            4 => days.any_weekday = matches!(word[0], b'*' | b'?'),
            _ => {}
        }
        line.spaces();
        index += 1;
    }
    if !line.bytes.is_empty() {
        return Err(
            "has more than five fields: Flyte has none for seconds or years, only minute, hour, day of \
             the month, month and day of the week",
        );
    }
    if days.never_come() {
        return Err("never occurs: no such month has that day");
    }
    Ok(())
}

/// The constraints of the fields on days.
struct Days {
    /// The first day of a month.
    first: u32,
    /// A bit for each month.
    months: u64,
    /// If this is false, the days of the month are only one of two alternatives.
    any_weekday: bool,
}

impl Days {
    const fn never_come(&self) -> bool {
        /// A bit for each month; February has up to 29 days.
        const WITH_30: u64 = !(1 << 2);
        const WITH_31: u64 = WITH_30 & !(1 << 4 | 1 << 6 | 1 << 9 | 1 << 11);
        let with_first = match self.first {
            31 => WITH_31,
            30 => WITH_30,
            _ => u64::MAX,
        };
        self.any_weekday && self.months & with_first == 0
    }
}

/// The range of a field.
struct Field {
    least: u32,
    most: u32,
    /// The names, of three letters each, beginning with the one for `least`.
    names: &'static [&'static [u8; 3]],
    /// The error for other numbers.
    outside: &'static str,
}

const FIELDS: [Field; 5] = [
    Field {
        least: 0,
        most: 59,
        names: &[],
        outside: "has a minute outside of 0 to 59 in its first field",
    },
    Field {
        least: 0,
        most: 23,
        names: &[],
        outside: "has an hour outside of 0 to 23 in its second field",
    },
    Field {
        least: 1,
        most: 31,
        names: &[],
        outside: "has a day of the month outside of 1 to 31 in its third field",
    },
    Field {
        least: 1,
        most: 12,
        names: &[
            b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
            b"dec",
        ],
        outside: "has a month outside of 1 to 12 and JAN to DEC in its fourth field",
    },
    Field {
        least: 0,
        most: 6,
        names: &[b"sun", b"mon", b"tue", b"wed", b"thu", b"fri", b"sat"],
        outside: "has a day of the week outside of 0 to 6 and SUN to SAT in its fifth field: write 0 \
                  for Sunday",
    },
];

/// Parses `5`, `1-5`, `*/10` or `MON,WED`, and returns a bit for each selected value.
const fn field(word: &[u8], field: &Field) -> Result<u64, &'static str> {
    let (mut rest, mut found) = (word, 0);
    loop {
        let (part, more) = until(rest, b',');
        match range(part, field) {
            Ok(values) => found |= values,
            Err(problem) => return Err(problem),
        }
        match more {
            Some(more) => rest = more,
            None => return Ok(found),
        }
    }
}

/// Parses `5`, `1-5` or `*`, each with an optional step.
const fn range(part: &[u8], field: &Field) -> Result<u64, &'static str> {
    let (span, step) = until(part, b'/');
    let (low, high) = until(span, b'-');
    let is_any = matches!(low, [b'*' | b'?']);
    let (first, mut last) = match (is_any, high) {
        (true, None) => (field.least, field.most),
        (true, Some(_)) => {
            return Err("has a range that begins with `*`, which already stands for all values");
        }
        (false, high) => {
            let first = match value(low, field) {
                Ok(value) => value,
                Err(problem) => return Err(problem),
            };
            let last = match high {
                None => first,
                Some(high) => match value(high, field) {
                    Ok(value) => value,
                    Err(problem) => return Err(problem),
                },
            };
            (first, last)
        }
    };
    if first > last {
        return Err("has a range that ends before it begins: write it as two, as in `22-23,0-5`");
    }
    let mut by = 1;
    if let Some(step) = step {
        by = match number(step) {
            Some(0) => return Err("has steps of 0: write at least `/1`"),
            Some(step) => step,
            None => return Err("has something other than a number after a `/`"),
        };
        if high.is_none() && !is_any {
            last = field.most;
        }
    }
    let (mut values, mut at) = (0, first);
    while at <= last {
        values |= 1 << at;
        at = at.saturating_add(by);
    }
    Ok(values)
}

/// Parses a number or a name in the range of the field.
const fn value(word: &[u8], field: &Field) -> Result<u32, &'static str> {
    if let Some(number) = number(word) {
        if number < field.least || number > field.most {
            return Err(field.outside);
        }
        return Ok(number);
    }
    let (mut names, mut value) = (field.names, field.least);
    while let [first, more @ ..] = names {
        if equals_ignoring_case(word, *first) {
            return Ok(value);
        }
        (names, value) = (more, value + 1);
    }
    Err(match word {
        [] => "has an empty value beside a `,` or a `-`",
        [.., b'L' | b'l'] | [b'L' | b'l', ..] => {
            "has an `L`, which Flyte does not know: for the last day of a month let a task look at the \
             date"
        }
        [.., b'W' | b'w'] if field.names.is_empty() => "has a `W`, which Flyte does not know",
        _ if holds(word, b'#') => "has a `#`, which Flyte does not know",
        _ => field.outside,
    })
}

/// The rest of a line.
#[derive(Clone, Copy)]
struct Line<'t> {
    bytes: &'t [u8],
}

impl<'t> Line<'t> {
    const fn spaces(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.bytes {
            self.bytes = rest;
        }
    }

    /// Takes the text before the next space.
    const fn word(&mut self) -> &'t [u8] {
        let whole = self.bytes;
        let mut len = 0;
        while let [byte, rest @ ..] = self.bytes {
            if matches!(*byte, b' ' | b'\t') {
                break;
            }
            len += 1;
            self.bytes = rest;
        }
        whole.split_at(len).0
    }

    const fn is_one_word(mut self) -> bool {
        self.word();
        self.spaces();
        self.bytes.is_empty()
    }

    /// Checks `TZ=Europe/Berlin `, which ends at a space: a tab ends Flyte Admin's answer. Only Flyte's
    /// machine knows whether the zone exists.
    const fn time_zone(&mut self) -> Result<(), &'static str> {
        let (word, rest) = until(self.bytes, b' ');
        let (_, zone) = until(word, b'=');
        let zone = match zone {
            Some([]) | None => {
                return Err("has no time zone after `TZ=`: write one such as `TZ=Europe/Berlin`");
            }
            Some(zone) => zone,
        };
        if !is_path(zone) {
            return Err("has something after `TZ=` that is not a time zone");
        }
        self.bytes = match rest {
            Some(rest) => rest,
            None => &[],
        };
        Ok(())
    }
}

/// Whether this is made of names between slashes, each of which begins with a letter.
const fn is_path(text: &[u8]) -> bool {
    let (mut rest, mut is_start) = (text, true);
    while let [byte, more @ ..] = rest {
        let fits = byte.is_ascii_alphabetic()
            || !is_start && (byte.is_ascii_digit() || matches!(*byte, b'/' | b'_' | b'-' | b'+'));
        if !fits {
            return false;
        }
        is_start = *byte == b'/';
        rest = more;
    }
    !is_start
}

/// The text before the first `mark`, and the text after it if there is one.
const fn until(text: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    let (mut rest, mut len) = (text, 0);
    while let [byte, more @ ..] = rest {
        if *byte == mark {
            return (text.split_at(len).0, Some(more));
        }
        (rest, len) = (more, len + 1);
    }
    (text, None)
}

const fn number(text: &[u8]) -> Option<u32> {
    let (mut rest, mut number) = (text, 0_u32);
    if rest.is_empty() || rest.len() > 6 {
        return None;
    }
    while let [digit, more @ ..] = rest {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + (*digit - b'0') as u32;
        rest = more;
    }
    Some(number)
}

const fn holds(text: &[u8], byte: u8) -> bool {
    until(text, byte).1.is_some()
}

const fn starts_with(text: &[u8], start: &[u8]) -> bool {
    match text.split_at_checked(start.len()) {
        Some((first, _)) => equal(first, start),
        None => false,
    }
}

const fn equal(one: &[u8], other: &[u8]) -> bool {
    let (mut one, mut other) = (one, other);
    while let ([a, more @ ..], [b, others @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (more, others);
    }
    one.is_empty() && other.is_empty()
}

#[cfg(test)]
mod tests {
    use super::cron;

    #[test]
    fn what_flyte_takes_is_taken() {
        for line in [
            "* * * * *",
            "0 2 * * *",
            "*/5 8-18 1,15 JAN-mar mon",
            "5/15 0 ? * ?",
            "1-5/2 0-23/3 * * 0-6",
            "  0\t2 * * *  ",
            "TZ=Europe/Berlin 0 2 * * *",
            "CRON_TZ=UTC @daily",
            "@hourly",
            "@annually",
            "@every 1h30m",
            "@every 90s",
            "0 0 29 2 *",
            // The 31st of February, or every Monday.
            "0 0 31 2 MON",
        ] {
            assert_eq!(cron(line), Ok(()), "{line}");
        }
    }

    #[test]
    fn what_flyte_refuses_is_refused_in_words() {
        for (line, says) in [
            ("", "is empty"),
            ("TZ=UTC", "is empty"),
            ("0 2 * *", "too few fields"),
            ("0 0 2 * * *", "more than five fields"),
            ("60 2 * * *", "minute outside of 0 to 59"),
            ("0 24 * * *", "hour outside of 0 to 23"),
            ("0 2 0 * *", "day of the month outside of 1 to 31"),
            ("0 2 * 13 *", "month outside of 1 to 12"),
            ("0 2 * * 7", "0 for Sunday"),
            ("0 2 L * *", "an `L`"),
            ("0 2 * * 5L", "an `L`"),
            ("0 2 15W * *", "a `W`"),
            ("0 2 * * 5#3", "a `#`"),
            ("0 2 * * MO", "SUN to SAT"),
            ("5-1 2 * * *", "ends before it begins"),
            ("*-5 2 * * *", "range that begins with `*`"),
            ("*/0 2 * * *", "steps of 0"),
            ("*/x 2 * * *", "after a `/`"),
            ("1, 2 * * *", "empty value"),
            ("-5 2 * * *", "empty value"),
            ("daily", "begin with `@`"),
            ("hours", "begin with `@`"),
            ("@reboot", "not an alias"),
            ("@Daily", "not an alias"),
            ("@every day", "no duration"),
            ("@every 0s", "once a second"),
            ("@every 10ms", "once a second"),
            ("TZ= 0 2 * * *", "no time zone"),
            ("TZ=Mars\\Base 0 2 * * *", "is not a time zone"),
            (" @daily", "spaces before its `@`"),
            ("TZ=/etc/localtime 0 2 * * *", "is not a time zone"),
            ("TZ=Europe//Berlin 0 2 * * *", "is not a time zone"),
            ("TZ=Europe/Berlin\t0 2 * * *", "is not a time zone"),
            ("0 0 31 2,4 *", "never occurs"),
            ("0 0 30 2 *", "never occurs"),
        ] {
            let said = cron(line).expect_err(line);
            assert!(said.contains(says), "{line}: {said}");
        }
    }
}
