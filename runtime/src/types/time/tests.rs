//! Properties of all types of time.

use ::std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::{FIRST, LAST, LONGEST, Nanoseconds, SECOND};
use crate::types::{
    FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, SecondsNanos,
    ValueError, Written,
};

fn literal(write: impl FnOnce(LiteralWriter<'_>) -> Result<Written, ValueError>) -> Vec<u8> {
    LiteralWriter::to_bytes(write).unwrap()
}

fn packed(write: impl FnOnce(MsgpackWriter<'_>) -> Result<Written, ValueError>) -> Vec<u8> {
    MsgpackWriter::to_bytes(write).unwrap()
}

fn at<T: Nanoseconds>(nanos: i128) -> T {
    T::from_nanos(nanos).unwrap()
}

fn refused<T: FlyteType>(bytes: &[u8]) -> String {
    match T::decode(LiteralRef::new(bytes)) {
        Ok(_) => panic!("this must not be read"),
        Err(error) => error.to_string(),
    }
}

fn of_text<T: FlyteData>(text: &str) -> Result<T, String> {
    let bytes = packed(|out| Ok(out.str(text)));
    T::unpack(&mut MsgpackReader::new(&bytes)).map_err(|error| error.to_string())
}

fn of_float<T: FlyteData>(seconds: f64) -> Result<T, String> {
    let bytes = packed(|out| Ok(out.float(seconds)));
    T::unpack(&mut MsgpackReader::new(&bytes)).map_err(|error| error.to_string())
}

/// Checks that a type can represent a number of nanoseconds, in a literal and inside an object.
fn check<T: FlyteType + Nanoseconds>(nanos: i128, inside: i128) {
    let value: T = at(nanos);
    let bytes = literal(|out| value.encode(out));
    let read = T::decode(LiteralRef::new(&bytes)).unwrap();
    assert_eq!(read.to_nanos(), value.to_nanos());
    let bytes = packed(|out| value.pack(out));
    let read = T::unpack(&mut MsgpackReader::new(&bytes).exact()).unwrap();
    assert_eq!(read.to_nanos(), inside);
    let bytes = literal(|out| out.msgpack(|out| value.pack(out)));
    let read = T::decode(LiteralRef::new(&bytes)).unwrap();
    assert_eq!(read.to_nanos(), inside);
}

fn check_points(nanos: i128) {
    check::<SystemTime>(nanos, nanos);
    #[cfg(feature = "jiff")]
    {
        if nanos <= jiff::Timestamp::MAX.as_nanosecond() {
            check::<jiff::Timestamp>(nanos, nanos);
            check::<jiff::Zoned>(nanos, nanos);
        }
        check::<jiff::civil::DateTime>(nanos, nanos);
        let midnight = nanos.div_euclid(86_400 * SECOND) * 86_400 * SECOND;
        check::<jiff::civil::Date>(nanos, midnight);
    }
    #[cfg(feature = "chrono")]
    {
        check::<chrono::DateTime<chrono::Utc>>(nanos, nanos);
        check::<chrono::DateTime<chrono::FixedOffset>>(nanos, nanos);
        check::<chrono::NaiveDateTime>(nanos, nanos);
        let midnight = nanos.div_euclid(86_400 * SECOND) * 86_400 * SECOND;
        check::<chrono::NaiveDate>(nanos, midnight);
    }
}

fn check_lengths(nanos: i128, inside: i128) {
    if nanos >= 0 {
        check::<Duration>(nanos, inside);
    }
    #[cfg(feature = "jiff")]
    check::<jiff::SignedDuration>(nanos, inside);
    #[cfg(feature = "chrono")]
    check::<chrono::TimeDelta>(nanos, inside);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn points_are_read_as_they_were_written(nanos in FIRST..=LAST) {
        check_points(nanos);
        check_points(nanos / SECOND * SECOND);
    }

    #[test]
    fn lengths_are_read_as_they_were_written(
        short in -4_194_303 * SECOND..4_194_303 * SECOND,
        micros in -8_589_934_591_000_000..8_589_934_591_000_000_i128,
    ) {
        check_lengths(short, short);
        check_lengths(micros * 1000, micros * 1000);
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn texts_are_those_of_jiff(nanos in FIRST..=LAST) {
        let civil: jiff::civil::DateTime = at(nanos);
        prop_assert_eq!(&super::text::point(nanos).parse::<jiff::civil::DateTime>().unwrap(), &civil);
        prop_assert_eq!(of_text::<jiff::civil::DateTime>(&civil.to_string()), Ok(civil));
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn durations_are_those_of_jiff(nanos in -LONGEST..=LONGEST) {
        let length: jiff::SignedDuration = at(nanos);
        prop_assert_eq!(&super::text::length(nanos).parse::<jiff::SignedDuration>().unwrap(), &length);
        prop_assert_eq!(of_text::<jiff::SignedDuration>(&length.to_string()), Ok(length));
    }

    #[test]
    fn no_text_is_too_random(text in "[0-9PTYMWDHS:.,+Zz -]{0,30}") {
        let _ = super::text::parse_point(&text);
        let _ = super::text::parse_length(&text);
    }
}

#[test]
fn all_of_protobufs_range_is_read() {
    for nanos in [FIRST, -1, 0, 1, LAST] {
        check_points(nanos);
    }
    for nanos in [-LONGEST, -1, 0, 1, LONGEST] {
        check_lengths(nanos, nanos);
    }
}

#[test]
fn literals_are_as_flytekit_writes_them() {
    // 2024-01-02T03:04:05.678901Z
    let bytes = literal(|out| at::<SystemTime>(1_704_164_645_678_901_000).encode(out));
    // scalar { primitive { datetime { seconds: 1704164645 nanos: 678901000 } } }
    assert_eq!(
        bytes,
        b"\x0a\x10\x0a\x0e\x2a\x0c\x08\xa5\xfa\xcd\xac\x06\x10\x88\xea\xdc\xc3\x02"
    );
    // 1 day, 2.000003 s
    let bytes = literal(|out| Duration::new(86_402, 3000).encode(out));
    // scalar { primitive { duration { seconds: 86402 nanos: 3000 } } }
    assert_eq!(
        bytes,
        b"\x0a\x0b\x0a\x09\x32\x07\x08\x82\xa3\x05\x10\xb8\x17"
    );
}

#[test]
fn inside_an_object_they_are_as_mashumaro_writes_them() {
    let bytes = packed(|out| at::<SystemTime>(1_704_164_645_000_678_000).pack(out));
    assert_eq!(bytes, b"\xd9\x202024-01-02T03:04:05.000678+00:00");
    let bytes = packed(|out| Duration::from_secs(90).pack(out));
    assert_eq!(bytes, b"\xcb\x40\x56\x80\0\0\0\0\0");
}

#[test]
fn pydantics_durations_are_read() {
    let length = Duration::from_millis(90_500);
    assert_eq!(of_text("PT1M30.5S"), Ok(length));
    assert_eq!(of_float(90.5), Ok(length));
    let integer = MsgpackReader::new(b"\x5a");
    assert_eq!(
        Duration::unpack(&mut integer.clone()).unwrap().as_secs(),
        90
    );
    // For a union, an integer or a text may be a duration.
    assert!(Duration::unpack(&mut integer.exact()).is_err());
    let text = packed(|out| Ok(out.str("PT1S")));
    assert!(Duration::unpack(&mut MsgpackReader::new(&text).exact()).is_err());
}

#[test]
fn what_no_literal_can_hold_is_refused() {
    let error = LiteralWriter::to_bytes(|out| Duration::MAX.encode(out)).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("expected a duration from -315576000000 s to 315576000000 s, found PT"),
        "{error}"
    );
    let late = at::<SystemTime>(LAST + 1);
    let expected = "expected a date-time from 0001-01-01T00:00:00Z to \
                    9999-12-31T23:59:59.999999999Z, found 10000-01-01T00:00:00Z";
    let error = LiteralWriter::to_bytes(|out| late.encode(out)).unwrap_err();
    assert_eq!(error.to_string(), expected);
    let error = MsgpackWriter::to_bytes(|out| late.pack(out)).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn malformed_literals_are_refused() {
    let time = |seconds, nanos| SecondsNanos { seconds, nanos };
    for (time, message) in [
        (
            time(0, -1),
            "expected nanoseconds from 0 to 999999999 in a date-time, found -1",
        ),
        (
            time(0, 1_000_000_000),
            "expected nanoseconds from 0 to 999999999 in a date-time, found 1000000000",
        ),
    ] {
        let bytes = literal(|out| Ok(out.datetime(time)));
        assert_eq!(refused::<SystemTime>(&bytes), message);
    }
    for time in [
        time(i64::MAX, 0),
        time(i64::MIN, 0),
        time(253_402_300_800, 0),
    ] {
        let bytes = literal(|out| Ok(out.datetime(time)));
        assert!(refused::<SystemTime>(&bytes).starts_with("expected a date-time from 0001"));
    }
    for length in [
        time(1, -1),
        time(-1, 1),
        time(0, 1_000_000_000),
        time(1, i32::MIN),
    ] {
        let bytes = literal(|out| Ok(out.duration(length)));
        assert!(
            refused::<Duration>(&bytes).contains("with the sign of"),
            "{length:?}"
        );
    }
    let bytes = literal(|out| Ok(out.duration(time(315_576_000_000, 1))));
    assert!(refused::<Duration>(&bytes).starts_with("expected a duration from"));
}

#[test]
fn types_are_not_mixed_up() {
    let point = literal(|out| at::<SystemTime>(0).encode(out));
    let length = literal(|out| Duration::ZERO.encode(out));
    assert_eq!(
        refused::<Duration>(&point),
        "expected a duration, found a date-time"
    );
    assert_eq!(
        refused::<SystemTime>(&length),
        "expected a date-time, found a duration"
    );
    let negative = literal(|out| {
        Ok(out.duration(SecondsNanos {
            seconds: -1,
            nanos: -500_000_000,
        }))
    });
    assert_eq!(
        refused::<Duration>(&negative),
        "expected a duration that is not negative, found -PT1.5S"
    );
    assert_eq!(
        of_text::<SystemTime>("tomorrow").unwrap_err(),
        "expected a date-time such as 2024-01-31T12:30:00Z, found string \"tomorrow\""
    );
    assert_eq!(
        of_float::<Duration>(f64::NAN).unwrap_err(),
        "expected a duration in seconds, or such as PT1M30.5S, found float NaN"
    );
}

#[cfg(feature = "jiff")]
#[test]
fn a_union_tells_days_from_points() {
    use jiff::Timestamp;
    use jiff::civil::Date;

    let day = packed(|out| Ok(out.str("2024-01-02")));
    let point = packed(|out| Ok(out.str("2024-01-02T23:00:00-05:00")));
    let exact = |bytes| MsgpackReader::new(bytes).exact();
    assert!(Timestamp::unpack(&mut exact(&day)).is_err());
    assert!(Date::unpack(&mut exact(&point)).is_err());
    assert_eq!(
        of_text::<Date>("2024-01-02"),
        Ok(Date::constant(2024, 1, 2))
    );
    // The day in UTC, as for a literal.
    let point = of_text::<Date>("2024-01-02T23:00:00-05:00");
    assert_eq!(point, Ok(Date::constant(2024, 1, 3)));
}

#[cfg(feature = "jiff")]
#[test]
fn what_jiff_cannot_hold_is_refused() {
    let last = literal(|out| at::<SystemTime>(LAST).encode(out));
    assert_eq!(
        refused::<jiff::Timestamp>(&last),
        "expected a date-time up to 9999-12-30T22:00:00.999999999Z, \
         found 9999-12-31T23:59:59.999999999Z"
    );
    let early = jiff::civil::DateTime::default();
    let error = LiteralWriter::to_bytes(|out| early.encode(out)).unwrap_err();
    assert!(
        error.to_string().ends_with("found 0000-01-01T00:00:00Z"),
        "{error}"
    );
}
