//! Durations in the notation that people use for timeouts.

use crate::text::Cursor;

/// Parses `90s`, `5m`, `1h30m`, `2d` or `500ms`: whole numbers with units, from the largest unit to the
/// smallest, each at most once. The result is in seconds and billionths of a second.
///
/// ```
/// use flytekit_grammar::duration;
///
/// assert_eq!(duration("1h30m"), Ok((5400, 0)));
/// assert_eq!(duration("500ms"), Ok((0, 500_000_000)));
/// assert!(duration("90").unwrap_err().contains("unit"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn duration(text: &str) -> Result<(u64, u32), &'static str> {
    if text.is_empty() {
        return Err("is empty: write a duration such as `90s` or `1h30m`");
    }
    let mut cursor = Cursor::new(text);
    let mut total_millis: u64 = 0;
    let mut last_unit_millis = u64::MAX;
    while !cursor.is_at_end() {
        let number = match read_number(&mut cursor) {
            Ok(number) => number,
            Err(problem) => return Err(problem),
        };
        let unit_millis = match read_unit(&mut cursor) {
            Ok(unit) => unit,
            Err(problem) => return Err(problem),
        };
        if unit_millis >= last_unit_millis {
            return Err(
                "has its units out of order: write d, h, m, s, ms in this order, each at most once",
            );
        }
        last_unit_millis = unit_millis;
        total_millis = match number.checked_mul(unit_millis) {
            Some(millis) => match total_millis.checked_add(millis) {
                Some(total) => total,
                None => return Err(TOO_LONG),
            },
            None => return Err(TOO_LONG),
        };
    }
    let nanos = (total_millis % 1000) as u32 * 1_000_000;
    Ok((total_millis / 1000, nanos))
}

const TOO_LONG: &str = "is too long to be counted in milliseconds";

const fn read_number(cursor: &mut Cursor<'_>) -> Result<u64, &'static str> {
    let mut number: u64 = match cursor.digit() {
        Some(digit) => digit as u64,
        None => return Err("lacks a number before a unit, as in `90s` or `1h30m`"),
    };
    while let Some(digit) = cursor.digit() {
        number = match number.checked_mul(10) {
            Some(number) => match number.checked_add(digit as u64) {
                Some(number) => number,
                None => return Err(TOO_LONG),
            },
            None => return Err(TOO_LONG),
        };
    }
    Ok(number)
}

/// Parses a unit, and returns its milliseconds.
const fn read_unit(cursor: &mut Cursor<'_>) -> Result<u64, &'static str> {
    let (millis, length) = match (cursor.peek(), cursor.peek_at(1)) {
        (b'd', _) => (24 * 60 * 60 * 1000, 1),
        (b'h', _) => (60 * 60 * 1000, 1),
        (b'm', b's') => (1, 2),
        (b'm', _) => (60 * 1000, 1),
        (b's', _) => (1000, 1),
        (b'.', _) => return Err("has a fraction: write whole numbers, such as `1m30s` or `500ms`"),
        (0, _) if cursor.is_at_end() => {
            return Err("lacks a unit: write `90s` for seconds, or a bare number without quotes");
        }
        _ => return Err("has an unknown unit: expected one of d, h, m, s, ms"),
    };
    cursor.advance(length);
    Ok(millis)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;

    use proptest::prelude::*;

    use super::duration;

    #[test]
    fn units_add_up() {
        for (text, expected) in [
            ("90s", (90, 0)),
            ("5m", (300, 0)),
            ("1h30m", (5400, 0)),
            ("2d", (172_800, 0)),
            ("500ms", (0, 500_000_000)),
            ("1m500ms", (60, 500_000_000)),
            ("0s", (0, 0)),
        ] {
            assert_eq!(duration(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn problems_say_what_is_wrong() {
        for (text, hint) in [
            ("", "empty"),
            ("90", "unit"),
            ("s", "number"),
            ("1.5h", "fraction"),
            ("5 m", "unknown unit"),
            ("5min", "number"),
            ("1s1s", "order"),
            ("30m1h", "order"),
            ("18446744073709551615d", "too long"),
            ("99999999999999999999s", "too long"),
            ("1\0", "unknown unit"),
        ] {
            let problem = duration(text).expect_err(text);
            assert!(problem.contains(hint), "{text} {problem}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(d in 0_u64..1000, h in 0_u64..100, m in 0_u64..100, s in 0_u64..100) {
            let text = format!("{d}d{h}h{m}m{s}s");
            prop_assert_eq!(duration(&text), Ok((((d * 24 + h) * 60 + m) * 60 + s, 0)));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = duration(&text);
        }
    }
}
