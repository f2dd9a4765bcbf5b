//! Values as text in the formats of Go, in which Flyte's backend is written.

/// Formats a float like `%v`: the shortest digits that identify this number, with an exponent below -4 and
/// from 6 on.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let parts = scientific.split_once('e');
    match parts.and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?))) {
        Some((digits, exponent @ (..-4 | 6..))) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => number.to_string(),
    }
}

#[cfg(feature = "container")]
pub(super) use times::{duration, parse_duration, parse_time, time};

/// Times, which only containers need as text.
#[cfg(feature = "container")]
mod times {
    use crate::types::time::text::{day, parse_point};

    const SECOND: i128 = 1_000_000_000;
    const MINUTE: i128 = 60 * SECOND;
    const HOUR: i128 = 60 * MINUTE;
    const DAY: i128 = 24 * HOUR;

    /// Formats a point in time, in nanoseconds since 1970, like `time.RFC3339Nano` in UTC.
    pub(in crate::engine) fn time(nanos: i128) -> String {
        let of_day = nanos.rem_euclid(DAY);
        let (hour, minute, second) = (of_day / HOUR, of_day / MINUTE % 60, of_day / SECOND % 60);
        let fraction = fraction(of_day % SECOND);
        format!(
            "{}T{hour:02}:{minute:02}:{second:02}{fraction}Z",
            day(nanos)
        )
    }

    /// Formats the fraction of a second: `.5` for half a second; nothing if there is none.
    fn fraction(nanos: i128) -> String {
        match format!("{nanos:09}").trim_end_matches('0') {
            "" => String::new(),
            digits => format!(".{digits}"),
        }
    }

    /// Parses a point in time like `time.Parse(time.RFC3339, …)`: with an offset, which has no default.
    pub(in crate::engine) fn parse_time(text: &str) -> Option<i128> {
        let bytes = text.as_bytes();
        let offset = matches!(bytes, [.., b'Z'] | [.., b'+' | b'-', _, _, b':', _, _]);
        let has_time = bytes.get(10) == Some(&b'T') && bytes.get(16) == Some(&b':');
        let point = parse_point(text).filter(|_| offset && has_time)?;
        point.has_time.then_some(point.nanos)
    }

    /// Formats a duration like `time.Duration`: `1h2m3.5s`, `1.5ms`, `0s`.
    pub(in crate::engine) fn duration(nanos: i128) -> String {
        let (sign, length) = (if nanos < 0 { "-" } else { "" }, nanos.abs());
        if length == 0 {
            return "0s".to_owned();
        }
        if length < SECOND {
            let (unit, of_unit) = match length {
                ..1_000 => ("ns", 1),
                1_000..1_000_000 => ("µs", 1_000),
                _ => ("ms", 1_000_000),
            };
            let (whole, rest) = (length / of_unit, length % of_unit * (SECOND / of_unit));
            return format!("{sign}{whole}{}{unit}", fraction(rest));
        }
        let (hours, minutes) = (length / HOUR, length / MINUTE % 60);
        let seconds = format!("{}{}s", length / SECOND % 60, fraction(length % SECOND));
        match (hours, minutes) {
            (0, 0) => format!("{sign}{seconds}"),
            (0, minutes) => format!("{sign}{minutes}m{seconds}"),
            (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}"),
        }
    }

    /// Parses a duration like `time.ParseDuration`: numbers with units, one after another.
    pub(in crate::engine) fn parse_duration(text: &str) -> Option<i128> {
        let (sign, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Some(0);
        }
        let mut length: i128 = 0;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let is_of_unit = |it: char| it != '.' && !it.is_ascii_digit();
            let (number, after) = rest.split_at(rest.find(is_of_unit)?);
            let end = after.find(|it| !is_of_unit(it)).unwrap_or(after.len());
            let (unit, after) = after.split_at(end);
            let of_unit = match unit {
                "ns" => 1,
                "us" | "µs" | "μs" => 1_000,
                "ms" => 1_000_000,
                "s" => SECOND,
                "m" => MINUTE,
                "h" => HOUR,
                _ => return None,
            };
            length = length.checked_add(scaled(number, of_unit)?)?;
            rest = after;
        }
        // Go's durations have 64 bits.
        let length = sign * length;
        i64::try_from(length).is_ok().then_some(length)
    }

    /// Parses `1.5` of a unit, rounded down to nanoseconds.
    fn scaled(number: &str, of_unit: i128) -> Option<i128> {
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| match text {
            "" => Some(0),
            text => text.parse::<i128>().ok(),
        };
        if whole.len() + part.len() == 0 || whole.len() > 18 || part.contains('.') {
            return None;
        }
        // Further digits are below a nanosecond of an hour.
        let part = &part[..part.len().min(18)];
        let scale = 10_i128.pow(u32::try_from(part.len()).ok()?);
        Some(digits(whole)? * of_unit + digits(part)? * of_unit / scale)
    }

    #[cfg(test)]
    mod tests {
        use super::{DAY, HOUR, MINUTE, SECOND, duration, parse_duration, parse_time, time};

        #[test]
        fn lengths_are_written_and_read_as_in_go() {
            for (nanos, text) in [
                (0, "0s"),
                (1, "1ns"),
                (1_100, "1.1µs"),
                (2_200_000, "2.2ms"),
                (SECOND, "1s"),
                (-3 * SECOND / 2, "-1.5s"),
                (4 * MINUTE, "4m0s"),
                (HOUR, "1h0m0s"),
                (DAY + 2 * MINUTE + 3 * SECOND + 1, "24h2m3.000000001s"),
            ] {
                assert_eq!(duration(nanos), text);
                assert_eq!(parse_duration(text), Some(nanos), "{text}");
            }
            for (text, nanos) in [
                ("0", 0),
                ("+5s", 5 * SECOND),
                ("-.5h", -HOUR / 2),
                ("1.h", HOUR),
                ("2h45m", 2 * HOUR + 45 * MINUTE),
                ("1us1μs", 2_000),
                ("1s1s", 2 * SECOND),
            ] {
                assert_eq!(parse_duration(text), Some(nanos), "{text}");
            }
            for text in [
                "", "-", "3", "s", ".s", "1x", "1 s", "1.2.3s", "1d", "1e3s", "PT1S", "0:01:00",
                "3000000h",
            ] {
                assert_eq!(parse_duration(text), None, "{text}");
            }
        }

        #[test]
        fn points_are_written_and_read_as_in_go() {
            for (nanos, text) in [
                (0, "1970-01-01T00:00:00Z"),
                (-SECOND / 2, "1969-12-31T23:59:59.5Z"),
                (DAY + HOUR + 1, "1970-01-02T01:00:00.000000001Z"),
            ] {
                assert_eq!(time(nanos), text);
                assert_eq!(parse_time(text), Some(nanos), "{text}");
            }
            assert_eq!(parse_time("1970-01-01T02:00:00+01:30"), Some(30 * MINUTE));
            for text in [
                "",
                "1970-01-01",
                "1970-01-01T00:00:00",
                "1970-01-01 00:00:00Z",
                "1970-01-01T00:00Z+",
                "yesterday",
            ] {
                assert_eq!(parse_time(text), None, "{text}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::float;

    #[test]
    fn floats_are_written_as_in_go() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (100_000.0, "100000"),
            (123_456.75, "123456.75"),
            (1_000_000.0, "1e+06"),
            (123_456_789.0, "1.23456789e+08"),
            (1e100, "1e+100"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (-1.5e-7, "-1.5e-07"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(float(number), text);
        }
    }
}
