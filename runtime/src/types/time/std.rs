//! `std`'s types.

use ::std::time::{Duration, SystemTime};

use super::{Nanoseconds, SECOND, time_types};

time_types! {
    /// A point in time: Python's `datetime`. Values beyond the range of the system's clock are refused.
    SystemTime: Point, Json::Absent;
    /// A duration: Python's `timedelta`. Negative values are refused.
    Duration: Length, Json::Number(0.0);
}

impl Nanoseconds for SystemTime {
    const RANGE: &'static str = "a date-time of this system's clock";

    fn to_nanos(&self) -> i128 {
        match self.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => after.to_nanos(),
            Err(before) => -before.duration().to_nanos(),
        }
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let length = <Duration as Nanoseconds>::from_nanos(nanos.abs())?;
        if nanos < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(length)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(length)
        }
    }
}

impl Nanoseconds for Duration {
    const RANGE: &'static str = "a duration that is not negative";

    fn to_nanos(&self) -> i128 {
        i128::from(self.as_secs()) * SECOND + i128::from(self.subsec_nanos())
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let (seconds, nanos) = (nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
        Some(Duration::new(
            seconds.try_into().ok()?,
            nanos.try_into().ok()?,
        ))
    }
}
