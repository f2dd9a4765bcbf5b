//! Times as constants of graphs.

use super::{FIRST, LAST, LONGEST, SECOND, SecondsNanos, seconds_nanos};
use crate::declare::Constant;

/// A point in time, by its nanoseconds since 1970.
#[track_caller]
pub(super) const fn point(nanos: i128) -> Constant<'static> {
    assert!(
        FIRST <= nanos && nanos <= LAST,
        "Flyte's date-times range from the year 1 to the year 9999"
    );
    let SecondsNanos { seconds, nanos } =
        seconds_nanos(nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
    Constant::Datetime { seconds, nanos }
}

/// A duration, by its nanoseconds.
#[track_caller]
pub(super) const fn length(nanos: i128) -> Constant<'static> {
    assert!(
        nanos.abs() <= LONGEST,
        "Flyte's durations have at most 315576000000 seconds"
    );
    let SecondsNanos { seconds, nanos } = seconds_nanos(nanos / SECOND, nanos % SECOND);
    Constant::Duration { seconds, nanos }
}

/// Implements readers for types whose const functions give the parts of a value.
macro_rules! constants {
    ($($type:ty: |$value:ident| $constant:expr;)+) => {$(
        impl ConstValue for $type {
            type Input = Self;
            type Reader = ReaderOf<Self>;

            const READER: ReaderOf<Self> = ReaderOf::new();
        }

        impl ReaderOf<$type> {
            /// The constant of a graph.
            #[track_caller]
            pub const fn constant(self, $value: &$type) -> Constant<'static> {
                $constant
            }
        }
    )+};
}
pub(super) use constants;
