//! The types of `jiff`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::constant::{constants, length, point};
use super::text::{DAY, date_of, midnight};
use super::{Nanoseconds, SECOND, time_types};
use crate::declare::{ConstValue, Constant, Json, ReaderOf};

/// The default of `Timestamp`.
const EPOCH: Json<'static> = Json::String("1970-01-01T00:00:00+00:00");

time_types! {
    /// A point in time: Python's `datetime`. Its range ends 26 hours before the end of the year 9999.
    Timestamp: Point, EPOCH;
    /// A point in time: Python's `datetime`. It is written and read in UTC.
    Zoned: Point, EPOCH;
    /// The date and the time in UTC: Python's `datetime` without a time zone.
    DateTime: Naive, Json::Absent;
    /// A day: Python's `date`. A point in time is read as its day in UTC.
    Date: Day, Json::Absent;
    /// A signed duration: Python's `timedelta`.
    SignedDuration: Length, Json::Number(0.0);
}

const TIMESTAMPS: &str = "a date-time up to 9999-12-30T22:00:00.999999999Z";
const YEARS: &str = "a date from the year -9999 to 9999";

impl Nanoseconds for Timestamp {
    const RANGE: &'static str = TIMESTAMPS;

    fn to_nanos(&self) -> i128 {
        self.as_nanosecond()
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        Timestamp::from_nanosecond(nanos).ok()
    }
}

impl Nanoseconds for Zoned {
    const RANGE: &'static str = TIMESTAMPS;

    fn to_nanos(&self) -> i128 {
        self.timestamp().to_nanos()
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let point = <Timestamp as Nanoseconds>::from_nanos(nanos)?;
        Some(point.to_zoned(TimeZone::UTC))
    }
}

impl Nanoseconds for Date {
    const RANGE: &'static str = YEARS;

    fn to_nanos(&self) -> i128 {
        midnight(self.year(), self.month(), self.day())
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let (year, month, day) = date_of(nanos.div_euclid(DAY));
        Date::new(
            year.try_into().ok()?,
            month.try_into().ok()?,
            day.try_into().ok()?,
        )
        .ok()
    }
}

impl Nanoseconds for DateTime {
    const RANGE: &'static str = YEARS;

    fn to_nanos(&self) -> i128 {
        let of_day = self.time().duration_since(Time::midnight());
        self.date().to_nanos() + of_day.as_nanos()
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let of_day = <SignedDuration as Nanoseconds>::from_nanos(nanos.rem_euclid(DAY))?;
        let time = Time::midnight().checked_add(of_day).ok()?;
        Some(DateTime::from_parts(Date::from_nanos(nanos)?, time))
    }
}

impl Nanoseconds for SignedDuration {
    const RANGE: &'static str = "a duration";

    fn to_nanos(&self) -> i128 {
        self.as_nanos()
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let seconds = (nanos / SECOND).try_into().ok()?;
        Some(SignedDuration::new(
            seconds,
            (nanos % SECOND).try_into().ok()?,
        ))
    }
}

constants! {
    SignedDuration: |value| length(value.as_nanos());
}

/// Implements readers for types without const functions that give the parts of a value: the parts are only
/// known where the value is made.
macro_rules! written {
    ($($type:ty: $example:literal, $types:ty = |$parts:pat_param| $nanos:expr;)+) => {$(
        constants! {
            $type: |_value| panic!(concat!(
                "jiff's times have no const functions that look into them: write the value where it is passed, as `",
                $example,
                "`"
            ));
        }

        impl ReaderOf<$type> {
            /// The constant of a graph that is made of these parts by `constant`.
            #[track_caller]
            pub const fn written(self, _: &$type, $parts: $types) -> Constant<'static> {
                point($nanos)
            }
        }
    )+};
}

written! {
    Date: "Date::constant(2026, 1, 31)",
        (i16, i8, i8) = |(year, month, day)| midnight(year, month, day);
    DateTime: "DateTime::constant(2026, 1, 31, 6, 30, 0, 0)",
        (i16, i8, i8, i8, i8, i8, i32) = |(year, month, day, hour, minute, second, nanos)|
            midnight(year, month, day)
                + ((hour as i128 * 60 + minute as i128) * 60 + second as i128) * SECOND
                + nanos as i128;
    Timestamp: "Timestamp::constant(1_769_817_600, 0)",
        (i64, i32) = |(seconds, nanos)| seconds as i128 * SECOND + nanos as i128;
}
