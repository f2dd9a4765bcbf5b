//! Points in time and durations as JSON strings.

use serde_json::Value as Json;

use crate::error::NoJson;
use crate::tree::{Message, Value};

const NANOS: i128 = 1_000_000_000;

/// The years 1 to 9999.
const POINTS: std::ops::Range<i128> = -62_135_596_800 * NANOS..253_402_300_800 * NANOS;

/// The smallest duration above the limit of 10,000 years.
const TOO_LONG: i128 = 315_576_000_001 * NANOS;

/// `2024-01-02T03:04:05.678Z`
pub(super) fn timestamp(message: &Message<'_>) -> Result<Json, NoJson> {
    let point = nanos(message);
    if !POINTS.contains(&point) {
        return Err(NoJson::Timestamp);
    }
    let (seconds, fraction) = (point.div_euclid(NANOS), point.rem_euclid(NANOS));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = decimals(fraction);
    Ok(Json::String(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"
    )))
}

/// `-1.500s`
pub(super) fn duration(message: &Message<'_>) -> Result<Json, NoJson> {
    let length = nanos(message);
    if length.abs() >= TOO_LONG || number(message, "nanos").abs() >= NANOS {
        return Err(NoJson::Duration);
    }
    let sign = if length < 0 { "-" } else { "" };
    let (seconds, fraction) = (length.abs() / NANOS, decimals(length.abs() % NANOS));
    Ok(Json::String(format!("{sign}{seconds}{fraction}s")))
}

/// The fields `seconds` and `nanos`, which both messages have, as one number.
fn nanos(message: &Message<'_>) -> i128 {
    number(message, "seconds") * NANOS + number(message, "nanos")
}

fn number(message: &Message<'_>, name: &str) -> i128 {
    match message.get(name) {
        Some(Value::I64(seconds)) => (*seconds).into(),
        Some(Value::I32(nanos)) => (*nanos).into(),
        _ => 0,
    }
}

/// Zero, three, six or nine decimals.
fn decimals(nanos: i128) -> String {
    match nanos {
        0 => String::new(),
        _ if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        _ if nanos % 1_000 == 0 => format!(".{:06}", nanos / 1_000),
        _ => format!(".{nanos:09}"),
    }
}

/// The year, month and day of the day this many days after 1970-01-01, by the Gregorian calendar.
///
/// Years begin with March here, so that the leap day is the last one.
fn date(days: i128) -> (i128, i128, i128) {
    const DAYS_OF_400_YEARS: i128 = 146_097;
    let days = days + 719_468;
    let (era, day) = (
        days.div_euclid(DAYS_OF_400_YEARS),
        days.rem_euclid(DAYS_OF_400_YEARS),
    );
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Five consecutive months have 153 days.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = 400 * era + year + i128::from(month >= 10);
    (year, (month + 2) % 12 + 1, day)
}

#[cfg(all(test, feature = "messages"))]
mod tests {
    use proptest::prelude::*;
    use prost::Message as _;

    use crate::{Error, json};

    fn form(name: &str, bytes: &[u8]) -> Option<String> {
        match json::format(name, bytes) {
            Ok(json) => Some(json.as_str().expect("a text").to_owned()),
            Err(Error::Json { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    fn point(seconds: i64, nanos: i32) -> Option<String> {
        let point = prost_types::Timestamp { seconds, nanos };
        form("google.protobuf.Timestamp", &point.encode_to_vec())
    }

    fn length(seconds: i64, nanos: i32) -> Option<String> {
        let length = prost_types::Duration { seconds, nanos };
        form("google.protobuf.Duration", &length.encode_to_vec())
    }

    #[test]
    fn the_ends_are_within() {
        let first = point(-62_135_596_800, 0);
        assert_eq!(first.as_deref(), Some("0001-01-01T00:00:00Z"));
        let last = point(253_402_300_799, 999_999_999);
        assert_eq!(last.as_deref(), Some("9999-12-31T23:59:59.999999999Z"));
        assert_eq!(point(-62_135_596_800, -1), None);
        assert_eq!(point(253_402_300_800, 0), None);
        let longest = length(-315_576_000_000, -999_999_999);
        assert_eq!(longest.as_deref(), Some("-315576000000.999999999s"));
        assert_eq!(length(315_576_000_001, 0), None);
        assert_eq!(length(0, 1_000_000_000), None);
    }

    #[test]
    fn the_sign_of_a_fraction_is_not_lost() {
        assert_eq!(length(0, -500_000_000).as_deref(), Some("-0.500s"));
        assert_eq!(length(1, -1_000).as_deref(), Some("0.999999s"));
        assert_eq!(length(0, 0).as_deref(), Some("0s"));
    }

    proptest! {
        #[test]
        fn any_point_is_written_as_prost_does(
            seconds in -62_135_596_799_i64..253_402_300_799,
            nanos in 0..1_000_000_000_i32,
        ) {
            for nanos in [nanos, nanos / 1_000 * 1_000, nanos / 1_000_000 * 1_000_000, 0] {
                let theirs = prost_types::Timestamp { seconds, nanos }.to_string();
                prop_assert_eq!(point(seconds, nanos), Some(theirs));
            }
        }

        #[test]
        fn any_length_is_written_as_prost_does(
            seconds in -315_576_000_000_i64..315_576_000_000,
            nanos in 0..1_000_000_000_i32,
        ) {
            let nanos = if seconds < 0 { -nanos } else { nanos };
            let theirs = prost_types::Duration { seconds, nanos }.to_string();
            prop_assert_eq!(length(seconds, nanos), Some(theirs));
        }
    }
}
