//! Times as constants of graphs.

use super::{FIRST, LAST, LONGEST, SECOND, SecondsNanos, seconds_nanos};
use crate::declare::Constant;

/// A point in time, by its nanoseconds since 1970.
#[track_caller]
pub(super) const fn point(nanos: i128) -> Constant<'static> {
    assert!(
        FIRST <= nanos && nanos <= LAST,
        "Flyte's date-times are of the years 1 to 9999"
    );
    let SecondsNanos { seconds, nanos } =
        seconds_nanos(nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
    Constant::Datetime { seconds, nanos }
}

/// A length of time.
#[track_caller]
pub(super) const fn length(nanos: i128) -> Constant<'static> {
    assert!(
        nanos.abs() <= LONGEST,
        "Flyte's lengths of time end at 315576000000 seconds"
    );
    let SecondsNanos { seconds, nanos } = seconds_nanos(nanos / SECOND, nanos % SECOND);
    Constant::Duration { seconds, nanos }
}

/// Readers of types that have const functions which say what a value is.
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
