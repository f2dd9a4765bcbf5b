//! Constants of the program as values of a graph.
//!
//! An expression's type decides how its value is read, and traits have no const functions. Therefore a type
//! names another type, its reader, which has a const function of its own.

use core::marker::PhantomData;
use core::time::Duration;

use super::Constant;

/// A type whose constants can be values of a graph.
#[diagnostic::on_unimplemented(
    message = "a constant of type `{Self}` cannot be bound",
    label = "not a constant of a workflow",
    note = "constants are numbers, `bool`, `&'static str`, times, `Option`s of these, and enums that derive `FlyteData`; write a struct where it is passed",
    note = "a value that is not known at compile time comes from a task"
)]
pub trait ConstValue {
    /// The type as an input, in which text is owned.
    type Input;

    /// A type with a function `constant` for values of this type.
    type Reader: Copy;

    /// The reader.
    const READER: Self::Reader;
}

/// The reader of the type of a constant.
pub const fn reader<T: ConstValue>(_: &T) -> T::Reader {
    T::READER
}

/// The reader of a type that the runtime knows.
#[derive(Debug)]
pub struct ReaderOf<T>(PhantomData<T>);

#[cfg(any(feature = "chrono", feature = "jiff"))]
impl<T> ReaderOf<T> {
    /// The only value of this type.
    pub(crate) const fn new() -> Self {
        ReaderOf(PhantomData)
    }
}

impl<T> Clone for ReaderOf<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ReaderOf<T> {}

macro_rules! readers {
    ($($type:ty as $input:ty: |$value:ident| $constant:expr;)+) => {$(
        impl ConstValue for $type {
            type Input = $input;
            type Reader = ReaderOf<$type>;

            const READER: ReaderOf<$type> = ReaderOf(PhantomData);
        }

        impl ReaderOf<$type> {
            /// The constant of a graph.
            pub const fn constant(self, value: &$type) -> Constant<'static> {
                let $value = *value;
                $constant
            }
        }

        impl ConstValue for Option<$type> {
            type Input = Option<$input>;
            type Reader = ReaderOf<Option<$type>>;

            const READER: ReaderOf<Option<$type>> = ReaderOf(PhantomData);
        }

        impl ReaderOf<Option<$type>> {
            /// The constant of a graph.
            #[allow(clippy::ref_option_ref, reason = "of some types an option of a reference")]
            pub const fn constant(self, value: &Option<$type>) -> Constant<'static> {
                match *value {
                    Some($value) => $constant,
                    None => Constant::None,
                }
            }
        }
    )+};
}

readers! {
    i8 as i8: |value| Constant::Integer(value as i64);
    i16 as i16: |value| Constant::Integer(value as i64);
    i32 as i32: |value| Constant::Integer(value as i64);
    i64 as i64: |value| Constant::Integer(value);
    u8 as u8: |value| Constant::Integer(value as i64);
    u16 as u16: |value| Constant::Integer(value as i64);
    u32 as u32: |value| Constant::Integer(value as i64);
    u64 as u64: |value| integer(value);
    f32 as f32: |value| Constant::Float(value as f64);
    f64 as f64: |value| Constant::Float(value);
    bool as bool: |value| Constant::Boolean(value);
    &'static str as String: |value| Constant::String(value);
    Duration as Duration: |value| duration(value);
}

const fn integer(value: u64) -> Constant<'static> {
    assert!(
        value <= i64::MAX as u64,
        "Flyte's integers end at 9223372036854775807"
    );
    Constant::Integer(value.cast_signed())
}

const fn duration(value: Duration) -> Constant<'static> {
    assert!(
        value.as_secs() <= i64::MAX as u64,
        "the duration is too long for Flyte"
    );
    Constant::Duration {
        seconds: value.as_secs().cast_signed(),
        nanos: value.subsec_nanos().cast_signed(),
    }
}
