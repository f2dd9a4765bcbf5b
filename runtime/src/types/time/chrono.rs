//! The types of `chrono`.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::constant::{constants, length, point};
use super::text::{DAY, date_of};
use super::{Nanoseconds, SECOND, time_types};
use crate::declare::{ConstValue, Constant, Json, ReaderOf};

/// The default of points in time.
const EPOCH: Json<'static> = Json::String("1970-01-01T00:00:00+00:00");

time_types! {
    /// A point in time: Python's `datetime`.
    DateTime<Utc>: Point, EPOCH;
    /// A point in time: Python's `datetime`. It is written and read in UTC.
    DateTime<FixedOffset>: Point, EPOCH;
    /// The date and the time in UTC: Python's `datetime` without a time zone.
    NaiveDateTime: Naive, Json::String("1970-01-01T00:00:00");
    /// A day: Python's `date`. A point in time is read as its day in UTC.
    NaiveDate: Day, Json::String("1970-01-01");
    /// A signed duration: Python's `timedelta`.
    TimeDelta: Length, Json::Number(0.0);
}

const POINTS: &str = "a date-time that chrono can hold";

impl Nanoseconds for DateTime<Utc> {
    const RANGE: &'static str = POINTS;

    fn to_nanos(&self) -> i128 {
        i128::from(self.timestamp()) * SECOND + i128::from(self.timestamp_subsec_nanos())
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        DateTime::from_timestamp(
            nanos.div_euclid(SECOND).try_into().ok()?,
            nanos.rem_euclid(SECOND).try_into().ok()?,
        )
    }
}

impl Nanoseconds for DateTime<FixedOffset> {
    const RANGE: &'static str = POINTS;

    fn to_nanos(&self) -> i128 {
        self.to_utc().to_nanos()
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        DateTime::<Utc>::from_nanos(nanos).map(|point| point.fixed_offset())
    }
}

impl Nanoseconds for NaiveDateTime {
    const RANGE: &'static str = POINTS;

    fn to_nanos(&self) -> i128 {
        self.and_utc().to_nanos()
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        DateTime::<Utc>::from_nanos(nanos).map(|point| point.naive_utc())
    }
}

impl Nanoseconds for NaiveDate {
    const RANGE: &'static str = POINTS;

    fn to_nanos(&self) -> i128 {
        self.and_time(NaiveTime::MIN).to_nanos()
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let (year, month, day) = date_of(nanos.div_euclid(DAY));
        NaiveDate::from_ymd_opt(
            year.try_into().ok()?,
            month.try_into().ok()?,
            day.try_into().ok()?,
        )
    }
}

impl Nanoseconds for TimeDelta {
    const RANGE: &'static str = "a duration that chrono can hold";

    fn to_nanos(&self) -> i128 {
        i128::from(self.num_seconds()) * SECOND + i128::from(self.subsec_nanos())
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let seconds = nanos.div_euclid(SECOND).try_into().ok()?;
        TimeDelta::new(seconds, nanos.rem_euclid(SECOND).try_into().ok()?)
    }
}

constants! {
    DateTime<Utc>: |value| since_1970(value);
    NaiveDateTime: |value| since_1970(&value.and_utc());
    NaiveDate: |value| since_1970(&value.and_time(NaiveTime::MIN).and_utc());
    TimeDelta: |value| length(
        value.num_seconds() as i128 * SECOND + value.subsec_nanos() as i128
    );
}

#[track_caller]
const fn since_1970(value: &DateTime<Utc>) -> Constant<'static> {
    point(value.timestamp() as i128 * SECOND + value.timestamp_subsec_nanos() as i128)
}
