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
    match (
        min.try_into().unwrap_or(i64::MIN),
        max.try_into().unwrap_or(i64::MAX),
    ) {
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
            return Err(ValueError::unexpected(
                "a float from -3.4028235e38 to 3.4028235e38",
                literal,
            ));
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

#[cfg(test)]
mod tests {
    use crate::types::{FlyteType, LiteralRef, LiteralWriter, Written};

    fn literal(write: impl FnOnce(LiteralWriter<'_>) -> Written) -> Vec<u8> {
        LiteralWriter::to_bytes(|out| Ok(write(out))).unwrap()
    }

    fn refused<T: FlyteType>(literal: &[u8]) -> String {
        T::decode(LiteralRef::new(literal))
            .err()
            .expect("another type")
            .to_string()
    }

    #[test]
    fn integers_are_checked_against_the_type_that_reads_them() {
        let literal = literal(|out| out.integer(300));
        assert_eq!(u16::decode(LiteralRef::new(&literal)).unwrap(), 300);
        assert_eq!(
            refused::<u8>(&literal),
            "expected an integer from 0 to 255, found integer 300"
        );
        assert_eq!(
            refused::<i8>(&literal),
            "expected an integer from -128 to 127, found integer 300"
        );
    }

    #[test]
    fn a_negative_integer_is_not_unsigned() {
        let literal = literal(|out| out.integer(-1));
        let expected = "expected an integer from 0 to 9223372036854775807, found integer -1";
        assert_eq!(refused::<u64>(&literal), expected);
        assert_eq!(i64::decode(LiteralRef::new(&literal)).unwrap(), -1);
    }

    #[test]
    fn an_integer_beyond_int64_is_not_written() {
        let error = LiteralWriter::to_bytes(|out| u64::MAX.encode(out)).unwrap_err();
        let expected =
            "expected an integer from 0 to 9223372036854775807, found integer 18446744073709551615";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_float_is_no_integer_but_an_integer_is_a_float() {
        let integral = literal(|out| out.float(2.0));
        assert_eq!(
            refused::<i64>(&integral),
            "expected an integer, found float 2.0"
        );
        let integer = literal(|out| out.integer(2));
        assert_eq!(
            f64::decode(LiteralRef::new(&integer)).unwrap().to_bits(),
            2.0_f64.to_bits()
        );
        assert_eq!(
            f32::decode(LiteralRef::new(&integer)).unwrap().to_bits(),
            2.0_f32.to_bits()
        );
    }

    #[test]
    fn a_float_is_rounded_to_f32_but_does_not_become_infinite() {
        let third = literal(|out| out.float(1.0 / 3.0));
        assert_eq!(
            f32::decode(LiteralRef::new(&third)).unwrap().to_bits(),
            (1.0_f32 / 3.0).to_bits()
        );
        let infinite = literal(|out| out.float(f64::NEG_INFINITY));
        assert_eq!(
            f32::decode(LiteralRef::new(&infinite)).unwrap().to_bits(),
            f32::NEG_INFINITY.to_bits()
        );
        let large = literal(|out| out.float(1e300));
        assert_eq!(
            refused::<f32>(&large),
            "expected a float from -3.4028235e38 to 3.4028235e38, found float 1e300"
        );
    }

    #[test]
    fn types_are_not_mixed_up() {
        let text = literal(|out| out.string("7"));
        let truth = literal(|out| out.boolean(true));
        let none = LiteralWriter::to_bytes(|out| ().encode(out)).unwrap();
        assert_eq!(
            refused::<i64>(&text),
            r#"expected an integer, found string "7""#
        );
        assert_eq!(
            refused::<f64>(&text),
            r#"expected a float, found string "7""#
        );
        assert_eq!(
            refused::<i32>(&truth),
            "expected an integer from -2147483648 to 2147483647, found boolean true"
        );
        assert_eq!(refused::<bool>(&none), "expected a boolean, found none");
        assert_eq!(refused::<String>(&none), "expected a string, found none");
        assert_eq!(refused::<()>(&truth), "expected none, found boolean true");
        assert_eq!(refused::<()>(&[]), "expected none, found an empty literal");
    }
}
