//! Points in time and durations: types of `std`, of `jiff` and, with its feature, of `chrono`.
//!
//! | Rust | Python | literal |
//! |---|---|---|
//! | `SystemTime`, `jiff::Timestamp`, `jiff::Zoned`, `chrono::DateTime<Utc>` and `<FixedOffset>` | `datetime` | a point in time |
//! | `jiff::civil::DateTime`, `chrono::NaiveDateTime` | `datetime` | the point at which UTC has this time |
//! | `jiff::civil::Date`, `chrono::NaiveDate` | `date` | midnight in UTC |
//! | `Duration`, `jiff::SignedDuration`, `chrono::TimeDelta` | `timedelta` | a duration |
//!
//! Literals have nanoseconds; Python sees microseconds. They range from the year 1 to the year 9999, and up
//! to 10 000 years for a duration. Inside objects a point in time is text in the format of ISO 8601, with an
//! offset unless the type has none, and a duration is its seconds as a float. Such a float is rounded to
//! nanoseconds, or, from 2²² seconds (48 days) on, where floats are no finer, to microseconds. Pydantic's
//! durations, `PT1M30.5S`, can be read, too.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(any(feature = "chrono", feature = "jiff"))]
mod constant;
#[cfg(feature = "jiff")]
mod jiff;
mod std;
#[cfg(test)]
mod tests;
pub(crate) mod text;

use super::msgpack::MsgpackKind;
use super::{
    Content, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, SecondsNanos,
    ValueError, Written, data,
};
use crate::declare::{Json, SimpleType, schema};

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;

/// A type that is a number of nanoseconds: since 1970, in UTC, or in total.
trait Nanoseconds: Sized {
    /// The range of the type, for an error.
    const RANGE: &'static str;

    fn to_nanos(&self) -> i128;

    /// None if the value is out of range.
    fn from_nanos(nanos: i128) -> Option<Self>;
}

/// The meaning of a number of nanoseconds, and its text form.
trait Form {
    const SIMPLE: SimpleType;
    /// The name of flytekit's transformer.
    const TAG: &'static str;
    const SCHEMA: Json<'static>;
    const EXPECTED: &'static str;

    fn of_literal(content: Content<'_>) -> Option<Result<i128, ValueError>>;
    fn encode(nanos: i128, out: LiteralWriter<'_>) -> Result<Written, ValueError>;
    fn unpack(value: &mut MsgpackReader<'_>) -> Result<i128, ValueError>;
    fn pack(nanos: i128, out: MsgpackWriter<'_>) -> Result<Written, ValueError>;
    fn show(nanos: i128) -> String;
}

/// A point in time.
struct Point;

/// A point in time without an offset.
#[cfg(any(feature = "chrono", feature = "jiff"))]
struct Naive;

/// A day.
#[cfg(any(feature = "chrono", feature = "jiff"))]
struct Day;

/// A duration.
struct Length;

fn decode<F: Form, T: Nanoseconds + FlyteType>(literal: LiteralRef<'_>) -> Result<T, ValueError> {
    match F::of_literal(literal.content()?) {
        Some(nanos) => held::<F, T>(nanos?),
        None => data::decode(literal, F::EXPECTED),
    }
}

fn unpack<F: Form, T: Nanoseconds>(value: &mut MsgpackReader<'_>) -> Result<T, ValueError> {
    held::<F, T>(F::unpack(value)?)
}

fn held<F: Form, T: Nanoseconds>(nanos: i128) -> Result<T, ValueError> {
    T::from_nanos(nanos).ok_or_else(|| ValueError::mismatch(T::RANGE, F::show(nanos)))
}

/// Implements the traits of types for a [`Form`], with the JSON form of their defaults.
macro_rules! time_types {
    ($($(#[$docs:meta])* $type:ty: $form:ident, $default:expr;)+) => {$(
        const _: () = {
            use crate::declare::{Json, LiteralType, Variant};
            use crate::types::time::{$form, Form, Nanoseconds, decode, unpack};
            use crate::types::{
                FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
                ValueError, Written,
            };

            impl FlyteData for $type {
                const SCHEMA: Json<'static> = $form::SCHEMA;
                const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());
                const DEFAULT: Json<'static> = $default;

                fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
                    unpack::<$form, Self>(value)
                }

                fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
                    $form::pack(self.to_nanos(), out)
                }
            }

            $(#[$docs])*
            impl FlyteType for $type {
                const LITERAL_TYPE: LiteralType = LiteralType::Simple($form::SIMPLE);
                const TAG: &'static str = $form::TAG;

                fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
                    decode::<$form, Self>(literal)
                }

                fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
                    $form::encode(self.to_nanos(), out)
                }
            }
        };
    )+};
}

use time_types;

impl Form for Point {
    const SIMPLE: SimpleType = SimpleType::Datetime;
    const TAG: &'static str = "datetime";
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[
        ("type", "string"),
        ("format", "date-time")
    ]));
    const EXPECTED: &'static str = "a date-time";

    fn of_literal(content: Content<'_>) -> Option<Result<i128, ValueError>> {
        match content {
            Content::Datetime(time) => Some(point_nanos(time)),
            _ => None,
        }
    }

    fn encode(nanos: i128, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        encode_point(nanos, out)
    }

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<i128, ValueError> {
        let at = *value;
        let read = text::parse_point(value.str()?);
        let fits = read.filter(|point| point.has_time || !value.is_exact());
        let point = fits.ok_or_else(|| at.unexpected(ISO_POINT))?;
        in_range(point.nanos)
    }

    fn pack(nanos: i128, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.str(&(text::point(in_range(nanos)?) + "+00:00")))
    }

    fn show(nanos: i128) -> String {
        text::point(nanos) + "Z"
    }
}

#[cfg(any(feature = "chrono", feature = "jiff"))]
impl Form for Naive {
    const SIMPLE: SimpleType = Point::SIMPLE;
    const TAG: &'static str = Point::TAG;
    const SCHEMA: Json<'static> = Point::SCHEMA;
    const EXPECTED: &'static str = Point::EXPECTED;

    fn of_literal(content: Content<'_>) -> Option<Result<i128, ValueError>> {
        Point::of_literal(content)
    }

    fn encode(nanos: i128, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        encode_point(nanos, out)
    }

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<i128, ValueError> {
        Point::unpack(value)
    }

    fn pack(nanos: i128, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.str(&text::point(in_range(nanos)?)))
    }

    fn show(nanos: i128) -> String {
        text::point(nanos)
    }
}

#[cfg(any(feature = "chrono", feature = "jiff"))]
impl Form for Day {
    const SIMPLE: SimpleType = SimpleType::Datetime;
    const TAG: &'static str = "date";
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[("type", "string"), ("format", "date")]));
    const EXPECTED: &'static str = "a date";

    fn of_literal(content: Content<'_>) -> Option<Result<i128, ValueError>> {
        Point::of_literal(content)
    }

    fn encode(nanos: i128, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        encode_point(nanos, out)
    }

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<i128, ValueError> {
        let at = *value;
        let read = text::parse_point(value.str()?);
        let fits = read.filter(|point| !(point.has_time && value.is_exact()));
        let point = fits.ok_or_else(|| at.unexpected("a date such as 2024-01-31"))?;
        in_range(point.nanos)
    }

    fn pack(nanos: i128, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.str(&text::day(in_range(nanos)?)))
    }

    fn show(nanos: i128) -> String {
        text::day(nanos)
    }
}

impl Form for Length {
    const SIMPLE: SimpleType = SimpleType::Duration;
    const TAG: &'static str = "timedelta";
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[
        ("type", "number"),
        ("format", "time-delta")
    ]));
    const EXPECTED: &'static str = "a duration";

    fn of_literal(content: Content<'_>) -> Option<Result<i128, ValueError>> {
        match content {
            Content::Duration(length) => Some(length_nanos(length)),
            _ => None,
        }
    }

    fn encode(nanos: i128, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        encode_length(nanos, out)
    }

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<i128, ValueError> {
        let at = *value;
        let nanos = if value.kind()? == MsgpackKind::String && !value.is_exact() {
            text::parse_length(value.str()?)
        } else {
            text::of_seconds(value.float().map_err(|_| at.unexpected(ISO_LENGTH))?)
        };
        let nanos = nanos.ok_or_else(|| at.unexpected(ISO_LENGTH))?;
        length_in_range(nanos)
    }

    fn pack(nanos: i128, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.float(text::to_seconds(length_in_range(nanos)?)))
    }

    fn show(nanos: i128) -> String {
        text::length(nanos)
    }
}

const ISO_POINT: &str = "a date-time such as 2024-01-31T12:30:00Z";
const ISO_LENGTH: &str = "a duration in seconds, or such as PT1M30.5S";

/// The range of a `google.protobuf.Timestamp`.
const POINTS: &str = "a date-time from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z";
/// The range of a `google.protobuf.Duration`.
const LENGTHS: &str = "a duration from -315576000000 s to 315576000000 s";

const FIRST: i128 = -62_135_596_800 * SECOND;
const LAST: i128 = 253_402_300_800 * SECOND - 1;
const LONGEST: i128 = 315_576_000_000 * SECOND;

fn in_range(nanos: i128) -> Result<i128, ValueError> {
    if (FIRST..=LAST).contains(&nanos) {
        Ok(nanos)
    } else {
        Err(ValueError::mismatch(POINTS, Point::show(nanos)))
    }
}

fn length_in_range(nanos: i128) -> Result<i128, ValueError> {
    if nanos.abs() <= LONGEST {
        Ok(nanos)
    } else {
        Err(ValueError::mismatch(LENGTHS, Length::show(nanos)))
    }
}

/// The nanoseconds of a literal's point in time.
pub(crate) fn point_nanos(time: SecondsNanos) -> Result<i128, ValueError> {
    if (0..SECOND).contains(&time.nanos.into()) {
        in_range(total(time))
    } else {
        Err(ValueError::mismatch(
            "nanoseconds from 0 to 999999999 in a date-time",
            time.nanos,
        ))
    }
}

/// The nanoseconds of a literal's duration.
pub(crate) fn length_nanos(length: SecondsNanos) -> Result<i128, ValueError> {
    let nanos = i128::from(length.nanos);
    let one_sign = length.seconds == 0 || nanos == 0 || (length.seconds < 0) == (nanos < 0);
    if one_sign && nanos.abs() < SECOND {
        length_in_range(total(length))
    } else {
        Err(ValueError::mismatch(
            "nanoseconds below a second, with the sign of the duration's seconds",
            format_args!("{} s and {nanos} ns", length.seconds),
        ))
    }
}

fn total(time: SecondsNanos) -> i128 {
    i128::from(time.seconds) * SECOND + i128::from(time.nanos)
}

/// Writes the literal of a point in time.
pub(crate) fn encode_point(nanos: i128, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
    let nanos = in_range(nanos)?;
    Ok(out.datetime(seconds_nanos(
        nanos.div_euclid(SECOND),
        nanos.rem_euclid(SECOND),
    )))
}

/// Writes the literal of a duration.
pub(crate) fn encode_length(nanos: i128, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
    let nanos = length_in_range(nanos)?;
    Ok(out.duration(seconds_nanos(nanos / SECOND, nanos % SECOND)))
}

#[expect(clippy::cast_possible_truncation, reason = "both are in range")]
const fn seconds_nanos(seconds: i128, nanos: i128) -> SecondsNanos {
    SecondsNanos {
        seconds: seconds as i64,
        nanos: nanos as i32,
    }
}
