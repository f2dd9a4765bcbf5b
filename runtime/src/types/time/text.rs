//! Times as text and as seconds, in the formats of ISO 8601 that Python writes and reads.

use super::SECOND;

pub(super) const DAY: i128 = 86_400 * SECOND;

/// A parsed point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// Nanoseconds since 1970 in UTC. A time without an offset counts as UTC.
    pub(crate) nanos: i128,
    /// Whether the text has more than the day.
    pub(crate) has_time: bool,
}

/// Formats `2024-01-31T12:30:00`, with a fraction of six digits, or of nine if necessary.
pub(crate) fn point(nanos: i128) -> String {
    let of_day = nanos.rem_euclid(DAY);
    let (seconds, fraction) = (of_day / SECOND, of_day % SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let day = day(nanos);
    let time = format!("{day}T{hour:02}:{minute:02}:{second:02}");
    if fraction == 0 {
        time
    } else if fraction % 1000 == 0 {
        format!("{time}.{:06}", fraction / 1000)
    } else {
        format!("{time}.{fraction:09}")
    }
}

/// Formats `2024-01-31`.
pub(crate) fn day(nanos: i128) -> String {
    let (year, month, day) = date_of(nanos.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Formats `PT1M30.5S`, like Pydantic, but with no unit above the hour.
pub(crate) fn length(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let (seconds, fraction) = (nanos.abs() / SECOND, nanos.abs() % SECOND);
    let (hours, minutes, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |count: i128, unit: &str| match count {
        0 => String::new(),
        _ => format!("{count}{unit}"),
    };
    let digits = format!("{fraction:09}");
    let second = match digits.trim_end_matches('0') {
        "" if seconds == 0 => "0S".to_owned(),
        "" => part(second, "S"),
        fraction => format!("{second}.{fraction}S"),
    };
    format!("{sign}PT{}{}{second}", part(hours, "H"), part(minutes, "M"))
}

/// Seconds as the nearest float.
pub(crate) fn to_seconds(nanos: i128) -> f64 {
    let sign = if nanos < 0 { "-" } else { "" };
    let (seconds, fraction) = (nanos.abs() / SECOND, nanos.abs() % SECOND);
    // Parsing digits rounds once; dividing a rounded sum would round twice.
    let digits = format!("{sign}{seconds}.{fraction:09}");
    digits.parse().unwrap_or(f64::NAN)
}

/// The duration of a number of seconds: rounded to the nanosecond where floats are as fine, else to the
/// microsecond. None for infinities and NaN.
#[expect(
    clippy::cast_possible_truncation,
    reason = "floats beyond an i128 are beyond any duration, which a later check refuses"
)]
pub(crate) fn of_seconds(seconds: f64) -> Option<i128> {
    const AS_FINE: f64 = 4_194_304.0; // 2²², where neighbours are half a nanosecond apart
    if !seconds.is_finite() || seconds.abs() > 1e18 {
        return None;
    }
    let (whole, fraction) = (seconds.trunc() as i128 * SECOND, seconds.fract());
    let fraction = if seconds.abs() < AS_FINE {
        (fraction * 1e9).round_ties_even() as i128
    } else {
        (fraction * 1e6).round_ties_even() as i128 * 1000
    };
    Some(whole + fraction)
}

/// Parses `2024-01-31`, optionally followed by `T12:30`, `T12:30:00` or `T12:30:00.5` and then `Z` or
/// `+01:00`, also without separators as in ISO's basic format. A space may replace the `T`.
pub(crate) fn parse_point(text: &str) -> Option<Point> {
    let mut rest = Cursor(text.as_bytes());
    let year = rest.digits(4)?;
    let extended = rest.eat(b'-');
    let month = rest.digits(2)?;
    if extended && !rest.eat(b'-') {
        return None;
    }
    let midnight = days_of(year, month, rest.digits(2)?)? * DAY;
    if rest.0.is_empty() {
        return Some(Point {
            nanos: midnight,
            has_time: false,
        });
    }
    let _separator = rest.any_of(b"Tt ")?;
    let of_day = rest.time_of_day()?;
    let offset = rest.offset()?;
    rest.0.is_empty().then_some(Point {
        nanos: midnight + of_day - offset,
        has_time: true,
    })
}

/// Parses `PT1M30.5S` and the like, `1h30m`, `1.5 h`, `90s`, `250ms`, `2 days, 5 hours`, `1:30:00` and
/// `2 days, 1:30:00`: all formats that flytekit's command line accepts, and Python's display of a
/// `timedelta`.
///
/// As in Pydantic, a year has 365 days, and a month, the M before the T, has 30 days.
pub(crate) fn parse_length(text: &str) -> Option<i128> {
    let mut rest = Cursor(text.trim().as_bytes());
    let negative = rest.any_of(b"+-") == Some(b'-');
    let nanos = if rest.any_of(b"Pp").is_some() {
        rest.iso_length()?
    } else {
        rest.friendly_length()?
    };
    Some(if negative { -nanos } else { nanos })
}

/// The units of a duration as people write them, from large to small.
const UNITS: &[(&[&str], i128)] = &[
    (&["w", "wk", "wks", "week", "weeks"], 7 * DAY),
    (&["d", "day", "days"], DAY),
    (&["h", "hr", "hrs", "hour", "hours"], 3600 * SECOND),
    (&["m", "min", "mins", "minute", "minutes"], 60 * SECOND),
    (&["s", "sec", "secs", "second", "seconds"], SECOND),
    (&["ms", "millisecond", "milliseconds"], 1_000_000),
    (&["us", "microsecond", "microseconds"], 1000),
    (&["ns", "nanosecond", "nanoseconds"], 1),
];

/// The remaining part of a text.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn eat(&mut self, byte: u8) -> bool {
        self.any_of(&[byte]).is_some()
    }

    fn any_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn next_is_digit(&self) -> bool {
        self.0.first().is_some_and(u8::is_ascii_digit)
    }

    /// Parses a number of exactly this many digits.
    fn digits(&mut self, count: usize) -> Option<i128> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        number(digits)
    }

    fn take_while(&mut self, holds: fn(&u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|byte| !holds(byte));
        let (taken, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Parses an optional fraction of a second as nanoseconds; further digits are dropped.
    fn fraction(&mut self) -> Option<i128> {
        if self.any_of(b".,").is_none() {
            return Some(0);
        }
        let digits = self.take_while(u8::is_ascii_digit);
        let used = &digits[..digits.len().min(9)];
        let missing = u32::try_from(9 - used.len()).ok()?;
        Some(number(used)? * 10_i128.pow(missing))
    }

    /// Parses `12:30:00.5` or `123000.5`; the seconds, or the minutes and the seconds, may be missing.
    fn time_of_day(&mut self) -> Option<i128> {
        let hour = self.digits(2).filter(|hour| *hour < 24)?;
        let (minute, second) = self.minutes_and_seconds()?;
        Some((hour * 3600 + minute * 60) * SECOND + second)
    }

    /// Parses minutes and seconds, both below 60; the seconds are returned in nanoseconds.
    fn minutes_and_seconds(&mut self) -> Option<(i128, i128)> {
        let below_60 = |number: &i128| *number < 60;
        let extended = self.eat(b':');
        if !extended && !self.next_is_digit() {
            return Some((0, 0));
        }
        let minute = self.digits(2).filter(below_60)?;
        let has_seconds = if extended {
            self.eat(b':')
        } else {
            self.next_is_digit()
        };
        if !has_seconds {
            return Some((minute, 0));
        }
        let second = self.digits(2).filter(below_60)?;
        Some((minute, second * SECOND + self.fraction()?))
    }

    /// Parses `Z`, `+01:00` or nothing.
    fn offset(&mut self) -> Option<i128> {
        if self.any_of(b"Zz").is_some() {
            return Some(0);
        }
        match self.any_of(b"+-") {
            Some(b'-') => self.time_of_day().map(|offset| -offset),
            Some(_) => self.time_of_day(),
            None => Some(0),
        }
    }

    /// Parses the part after a `P`: `1Y2M3W4DT5H6M7.5S`, of which at least one unit must be present.
    fn iso_length(&mut self) -> Option<i128> {
        const DATE: &[(&[u8], i128)] = &[
            (b"Yy", 365 * DAY),
            (b"Mm", 30 * DAY),
            (b"Ww", 7 * DAY),
            (b"Dd", DAY),
        ];
        const TIME: &[(&[u8], i128)] = &[
            (b"Hh", 3600 * SECOND),
            (b"Mm", 60 * SECOND),
            (b"Ss", SECOND),
        ];
        let mut nanos = 0;
        let mut units = DATE;
        let mut empty = true;
        while !self.0.is_empty() {
            if self.any_of(b"Tt").is_some() {
                if units.len() != DATE.len() && empty {
                    return None;
                }
                units = TIME;
                empty = true;
                continue;
            }
            let (count, fraction) = self.amount()?;
            let at = units
                .iter()
                .position(|(letters, _)| self.any_of(letters).is_some())?;
            nanos += scaled(count, fraction, units[at].1)?;
            units = &units[at + 1..];
            empty = false;
        }
        (!empty).then_some(nanos)
    }

    /// Parses `1h30m`, `1.5 h`, `2 days, 5 hours`: each unit once, from large to small; `1:30` may come last.
    fn friendly_length(&mut self) -> Option<i128> {
        let mut nanos = 0;
        let mut units = UNITS;
        self.blanks();
        while !self.0.is_empty() {
            let (count, fraction) = self.amount()?;
            if self.0.starts_with(b":") && fraction == 0 {
                let clock = self.clock(count)?;
                return self.0.is_empty().then_some(nanos + clock);
            }
            self.blanks();
            let unit = self.take_while(u8::is_ascii_alphabetic);
            let is_unit = |name: &&str| unit.eq_ignore_ascii_case(name.as_bytes());
            let at = units
                .iter()
                .position(|(names, _)| names.iter().any(is_unit))?;
            nanos += scaled(count, fraction, units[at].1)?;
            units = &units[at + 1..];
            self.blanks();
            if self.eat(b',') {
                self.blanks();
            }
        }
        (units.len() < UNITS.len()).then_some(nanos)
    }

    /// Parses the rest after the first number of `4:13` (minutes), `1:04:13` (hours) and `2:01:04:13.5`
    /// (days).
    fn clock(&mut self, first: i128) -> Option<i128> {
        let mut numbers = vec![first];
        while numbers.len() < 4 && self.eat(b':') {
            numbers.push(self.digits(2)?);
        }
        let fraction = self.fraction()?;
        let (minute, hour) = (60 * SECOND, 3600 * SECOND);
        let nanos = match *numbers {
            [minutes, seconds] if seconds < 60 => minutes.checked_mul(minute)? + seconds * SECOND,
            [hours, minutes, seconds] if minutes < 60 && seconds < 60 => {
                hours.checked_mul(hour)? + minutes * minute + seconds * SECOND
            }
            [days, hours, minutes, seconds] if hours < 24 && minutes < 60 && seconds < 60 => {
                days.checked_mul(DAY)? + hours * hour + minutes * minute + seconds * SECOND
            }
            _ => return None,
        };
        Some(nanos + fraction)
    }

    fn blanks(&mut self) {
        self.take_while(u8::is_ascii_whitespace);
    }

    /// Parses a number as its integer part and the billionths of its fraction.
    fn amount(&mut self) -> Option<(i128, i128)> {
        let whole = self.take_while(u8::is_ascii_digit);
        // No duration has more digits.
        let whole = number(whole).filter(|_| whole.len() <= 18)?;
        Some((whole, self.fraction()?))
    }
}

fn scaled(count: i128, billionths: i128, unit: i128) -> Option<i128> {
    count
        .checked_mul(unit)?
        .checked_add(billionths * unit / SECOND)
}

/// Parses digits as a number; None if there are other characters, or no digit.
fn number(digits: &[u8]) -> Option<i128> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}

/// The days from 1970 to a date of the Gregorian calendar; None if there is no such date.
fn days_of(year: i128, month: i128, day: i128) -> Option<i128> {
    if !(1..=12).contains(&month) || year < 1 {
        return None;
    }
    let days = days_before_month(year, month) + day - 1;
    (date_of(days) == (year, month, day)).then_some(days)
}

/// The nanoseconds from 1970 to a valid day, in any year.
#[cfg(feature = "jiff")]
pub(super) const fn midnight(year: i16, month: i8, day: i8) -> i128 {
    (days_before_month(year as i128, month as i128) + day as i128 - 1) * DAY
}

/// The days from 1970 to the first of a month. Years begin with March here, so that the leap day is the last
/// one.
const fn days_before_month(year: i128, month: i128) -> i128 {
    /// Days from the first of March in the year 0 to 1970.
    const EPOCH: i128 = 719_468;
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // The months from March on have 31, 30, 31, 30, 31 days, repeated.
    365 * year + leap_days + (153 * month + 2) / 5 - EPOCH
}

/// The year, month and day of a number of days after 1970.
pub(super) fn date_of(days: i128) -> (i128, i128, i128) {
    // 400 years have 146 097 days. The guess is never too late, and at most a year too early.
    let guess = 1970 + (days * 400).div_euclid(146_097);
    let year = [guess + 1, guess, guess - 1]
        .into_iter()
        .find(|year| days_before_month(*year, 1) <= days)
        .unwrap_or(guess - 2);
    let month = (1..=12)
        .rev()
        .find(|month| days_before_month(year, *month) <= days)
        .unwrap_or(1);
    (year, month, days - days_before_month(year, month) + 1)
}

#[cfg(test)]
mod tests {
    use super::{
        Point, SECOND, day, length, of_seconds, parse_length, parse_point, point, to_seconds,
    };

    fn at(text: &str) -> Option<i128> {
        parse_point(text).map(|point| point.nanos)
    }

    #[test]
    fn days_are_counted_as_the_calendar_has_them() {
        let mut days = 0;
        let first = at("0001-01-01").unwrap();
        for year in 1..=9999 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let months = [
                31,
                28 + i128::from(leap),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ];
            for (month, length) in (1..).zip(months) {
                for (number, offset) in [(1, 0), (length, length - 1)] {
                    let text = format!("{year:04}-{month:02}-{number:02}");
                    let nanos = first + (days + offset) * super::DAY;
                    assert_eq!(at(&text), Some(nanos), "{text}");
                    assert_eq!(day(nanos), text);
                }
                assert_eq!(at(&format!("{year:04}-{month:02}-{:02}", length + 1)), None);
                days += length;
            }
        }
    }

    #[test]
    fn points_are_read_in_every_form() {
        let second = 1_704_164_645 * SECOND;
        for (text, nanos) in [
            ("2024-01-02T03:04:05", second),
            ("2024-01-02 03:04:05Z", second),
            ("2024-01-02t03:04:05z", second),
            ("20240102T030405", second),
            ("2024-01-02T03:04", second - 5 * SECOND),
            ("2024-01-02T03", second - 245 * SECOND),
            ("2024-01-02T03:04:05.678", second + 678_000_000),
            ("2024-01-02T03:04:05,5Z", second + 500_000_000),
            ("2024-01-02T03:04:05.1234567899+00:00", second + 123_456_789),
            ("2024-01-02T05:34:05+02:30", second),
            ("2024-01-02T05:34:05+0230", second),
            ("2024-01-02T00:04:05-03", second),
            ("2024-01-02T05:34:20+02:30:15", second),
        ] {
            assert_eq!(at(text), Some(nanos), "{text}");
        }
        assert_eq!(
            parse_point("2024-01-02"),
            Some(Point {
                nanos: second - 11_045 * SECOND,
                has_time: false
            })
        );
        for text in [
            "",
            "2024",
            "2024-01",
            "2024-1-2",
            "2024-0102",
            "202401-02",
            "2024-02-30",
            "2024-13-01",
            "0000-01-01",
            "2024-01-02T",
            "2024-01-02T24:00",
            "2024-01-02T23:59:60",
            "2024-01-02Z",
            "2024-01-02T03:60",
            "2024-01-02T03:04:05.",
            "2024-01-02T03:04:05+24:00",
            " 2024-01-02",
            "2024-01-02T03:04:05 ",
            "+024-01-02",
            "２024-01-02",
            "2024-01-02T03:04:0é",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn points_are_written_as_python_does() {
        for text in [
            "0001-01-01T00:00:00",
            "1969-12-31T23:59:59.000001",
            "2024-02-29T12:00:00.500000",
            "9999-12-31T23:59:59.999999999",
        ] {
            assert_eq!(point(at(text).unwrap()), text);
        }
        assert_eq!(point(-1), "1969-12-31T23:59:59.999999999");
    }

    #[test]
    fn lengths_are_read_in_every_form() {
        for (text, nanos) in [
            ("PT1M30.5S", 90_500_000_000),
            ("-P1DT2H", -26 * 3600 * SECOND),
            ("P1Y35D", 400 * super::DAY),
            ("P2W", 14 * super::DAY),
            ("p1m", 30 * super::DAY),
            ("PT0S", 0),
            ("+PT0.000001S", 1000),
            ("90s", 90 * SECOND),
            ("1h30m", 5400 * SECOND),
            ("1.5 h", 5400 * SECOND),
            ("1d 2h", 26 * 3600 * SECOND),
            ("-250ms", -250_000_000),
            ("7ns", 7),
            ("2 days", 2 * super::DAY),
            ("1 Hour 30 minutes", 5400 * SECOND),
            ("2 days, 5 hours, 34 mins, 56 secs", 192_896 * SECOND),
            ("- 32 m 1 s", -1921 * SECOND),
            ("90 seconds", 90 * SECOND),
            ("4:13", 253 * SECOND),
            ("1:30:00", 5400 * SECOND),
            ("2:04:13:02.266", 187_982_266_000_000),
            ("2 days, 4:13:02", 187_982 * SECOND),
        ] {
            assert_eq!(parse_length(text), Some(nanos), "{text}");
        }
        for text in [
            "",
            "-",
            "P",
            "PT",
            "P1",
            "1",
            "PT1D",
            "P1H",
            "PT1S1M",
            "P1DT",
            "PTT1S",
            "1m1h",
            "1s1s",
            "1 fortnight",
            "h",
            "--1s",
            "PT1.S",
            "1e3s",
            "PT9999999999999999999S",
            "1:3",
            "1:60",
            "1:00:00:00:00",
            "1:30 h",
            "1.5:00",
            "1:30, 2 days",
            ", 1 s",
            "1 hourglass",
        ] {
            assert_eq!(parse_length(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_written_short() {
        for text in [
            "PT0S",
            "-PT1.5S",
            "PT1M",
            "PT26H",
            "PT1H0.000000001S",
            "PT1M30S",
        ] {
            assert_eq!(length(parse_length(text).unwrap()), text);
        }
    }

    #[test]
    fn seconds_are_exact_to_the_microsecond() {
        // The results of Python's `timedelta.total_seconds()`.
        assert_eq!(
            to_seconds(-86_399_999_999_000).to_bits(),
            (-86_399.999_999_f64).to_bits()
        );
        assert_eq!(to_seconds(100_000_000).to_bits(), 0.1_f64.to_bits());
        for nanos in [1, 999, 1001, 86_399_999_999_001, 4_194_303_999_999_999] {
            assert_eq!(of_seconds(to_seconds(nanos)), Some(nanos));
            assert_eq!(of_seconds(to_seconds(-nanos)), Some(-nanos));
        }
        let micros = 8_589_934_591_999_999_000; // 272 years
        assert_eq!(of_seconds(to_seconds(micros)), Some(micros));
        assert_eq!(of_seconds(0.999_999_999_9), Some(SECOND));
        assert_eq!(of_seconds(f64::NAN), None);
        assert_eq!(of_seconds(f64::INFINITY), None);
        assert_eq!(of_seconds(1e300), None);
    }
}
