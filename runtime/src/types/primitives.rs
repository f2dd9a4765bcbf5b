//! Integers, floats, booleans, text and no value.

use std::borrow::Cow;

use super::{Content, FlyteType, LiteralRef, LiteralWriter, ValueError, Written};
use crate::template::{LiteralType, SimpleType};

/// Flyte has one integer type, `int64`: every value is checked against the Rust type that reads it
/// and, where that is wider (`u64`, `usize`), against `int64` when it is written.
///
/// A float is no integer, not even an integral one: flytekit takes it and truncates, 2.7 to 2, and
/// a silent loss is not worth copying.
macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl FlyteType for $integer {
            const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::Integer);
            const TAG: &'static str = "int";

            #[inline]
            fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
                read_integer(literal)
                    .and_then(|value| Self::try_from(value).ok())
                    .ok_or_else(|| ValueError::unexpected(range_of(Self::MIN, Self::MAX), literal))
            }

            #[inline]
            fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
                i64::try_from(*self).map(|value| out.integer(value)).map_err(|_| {
                    ValueError::mismatch(range_of(Self::MIN, Self::MAX), format_args!("integer {self}"))
                })
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

#[inline]
fn read_integer(literal: LiteralRef<'_>) -> Option<i64> {
    literal.plain_integer().or_else(|| match literal.content() {
        Ok(Content::Integer(value)) => Some(value),
        _ => None,
    })
}

/// The values that both a Rust type and Flyte's have, in words.
#[cold]
fn range_of<T: TryInto<i64>>(min: T, max: T) -> Cow<'static, str> {
    match (min.try_into().unwrap_or(i64::MIN), max.try_into().unwrap_or(i64::MAX)) {
        (i64::MIN, i64::MAX) => "an integer".into(),
        (min, max) => format!("an integer from {min} to {max}").into(),
    }
}

/// An integer is taken too, as flytekit does; above 2⁵³ it is rounded to the nearest float.
impl FlyteType for f64 {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::Float);
    const TAG: &'static str = "float";

    #[inline]
    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        if let Some(value) = literal.plain_float() {
            return Ok(value);
        }
        match literal.content()? {
            Content::Float(value) => Ok(value),
            #[expect(clippy::cast_precision_loss, reason = "documented")]
            Content::Integer(value) => Ok(value as f64),
            _ => Err(ValueError::unexpected("a float", literal)),
        }
    }

    #[inline]
    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.float(*self))
    }
}

/// Flyte's floats have 64 bits: what is read is rounded to the nearest `f32`, and refused when it
/// is finite but beyond the range of one.
impl FlyteType for f32 {
    const LITERAL_TYPE: LiteralType = f64::LITERAL_TYPE;
    const TAG: &'static str = f64::TAG;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        let wide = f64::decode(literal)?;
        #[expect(clippy::cast_possible_truncation, reason = "documented")]
        let value = wide as f32;
        if value.is_infinite() && wide.is_finite() {
            return Err(ValueError::unexpected("a float from -3.4028235e38 to 3.4028235e38", literal));
        }
        Ok(value)
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.float(f64::from(*self)))
    }
}

impl FlyteType for bool {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::Boolean);
    const TAG: &'static str = "bool";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::Boolean(value) => Ok(value),
            _ => Err(ValueError::unexpected("a boolean", literal)),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.boolean(*self))
    }
}

impl FlyteType for String {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::String);
    const TAG: &'static str = "str";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::String(value) => Ok(value.to_owned()),
            _ => Err(ValueError::unexpected("a string", literal)),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.string(self))
    }
}

/// Python's `None`. As a task's result it means that there are no outputs.
impl FlyteType for () {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::None);
    const TAG: &'static str = "none";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::None => Ok(()),
            _ => Err(ValueError::unexpected("none", literal)),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.none())
    }
}
