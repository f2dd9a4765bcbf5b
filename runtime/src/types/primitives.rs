//! Integers, floats, booleans, strings and null.

use std::borrow::Cow;

use super::msgpack::whole;
use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    ValueError, Written, data,
};
use crate::declare::{Json, LiteralType, SimpleType, Variant, schema};

/// Flyte has one integer type, `int64`. Every value is checked against the Rust type that reads it and, if
/// the Rust type is wider (`u64`, `usize`), against `int64` when it is written. Inside an object MessagePack
/// can represent all of `u64`; flytekit writes Python's `int` in this way there.
///
/// A float without a fraction is accepted, too. flytekit accepts all floats, and truncates 2.7 to 2: a silent
/// loss is not worth copying.
macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl FlyteData for $integer {
            const SCHEMA: Json<'static> = schema!(Json::Strings(&[("type", "integer")]));
            const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());
            const DEFAULT: Json<'static> = Json::Number(0.0);

            #[inline]
            fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
                let at = *value;
                value.integer().and_then(|found| {
                    Self::try_from(found).map_err(|_| at.unexpected(all_of(Self::MIN, Self::MAX)))
                })
            }

            #[inline]
            fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
                match i64::try_from(*self) {
                    Ok(value) => Ok(out.integer(value)),
                    Err(_) => match u64::try_from(*self) {
                        Ok(value) => Ok(out.unsigned(value)),
                        Err(_) => Err(too_large(self)),
                    },
                }
            }
        }

        impl FlyteType for $integer {
            const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::Integer);
            const TAG: &'static str = "int";

            #[inline]
            fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
                match literal.plain_integer().and_then(|value| Self::try_from(value).ok()) {
                    Some(value) => Ok(value),
                    None => other_integer(literal, range_of(Self::MIN, Self::MAX)),
                }
            }

            #[inline]
            fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
                match i64::try_from(*self) {
                    Ok(value) => Ok(out.integer(value)),
                    Err(_) => Err(too_large(self)),
                }
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

/// Reads an integer in an unusual layout, or returns the error that the literal is not an integer.
#[cold]
fn other_integer<T: FlyteType + TryFrom<i128>>(
    literal: LiteralRef<'_>,
    expected: Cow<'static, str>,
) -> Result<T, ValueError> {
    let integer = match literal.content()? {
        Content::Integer(value) => Some(value.into()),
        Content::Float(value) => whole(value),
        _ => return data::decode(literal, expected),
    };
    integer
        .and_then(|value| T::try_from(value).ok())
        .ok_or_else(|| ValueError::unexpected(expected, literal))
}

#[cold]
fn too_large(value: &dyn std::fmt::Display) -> ValueError {
    let expected = range_of(0_i64, i64::MAX);
    ValueError::mismatch(expected, format_args!("integer {value}"))
}

/// The values that both a Rust type and Flyte's type can represent, in words.
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

/// The values of a Rust type, in words.
#[cold]
fn all_of<T: std::fmt::Display>(min: T, max: T) -> Cow<'static, str> {
    format!("an integer from {min} to {max}").into()
}

impl FlyteData for f64 {
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[("type", "number")]));
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());
    const DEFAULT: Json<'static> = Json::Number(0.0);

    #[inline]
    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        value.float()
    }

    #[inline]
    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.float(*self))
    }
}

/// An integer is accepted, too, as in flytekit; above 2⁵³ it is rounded to the nearest float.
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
            _ => data::decode(literal, "a float"),
        }
    }

    #[inline]
    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.float(*self))
    }
}

const F32_RANGE: &str = "a float from -3.4028235e38 to 3.4028235e38";

/// The nearest `f32`; None for a finite number beyond its range.
fn narrow(wide: f64) -> Option<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "documented")]
    let value = wide as f32;
    (value.is_finite() || !wide.is_finite()).then_some(value)
}

impl FlyteData for f32 {
    const SCHEMA: Json<'static> = f64::SCHEMA;
    const FIELD_TYPE: Option<Variant> = f64::FIELD_TYPE;
    const DEFAULT: Json<'static> = f64::DEFAULT;

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        let at = *value;
        narrow(value.float()?).ok_or_else(|| at.unexpected(F32_RANGE))
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.float(f64::from(*self)))
    }
}

/// Flyte's floats have 64 bits: a value is rounded to the nearest `f32` when it is read, and refused if it is
/// finite but beyond the range of `f32`.
impl FlyteType for f32 {
    const LITERAL_TYPE: LiteralType = f64::LITERAL_TYPE;
    const TAG: &'static str = f64::TAG;

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        narrow(f64::decode(literal)?).ok_or_else(|| ValueError::unexpected(F32_RANGE, literal))
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.float(f64::from(*self)))
    }
}

impl FlyteData for bool {
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[("type", "boolean")]));
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());
    const DEFAULT: Json<'static> = Json::Bool(false);

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        value.boolean()
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.boolean(*self))
    }
}

impl FlyteType for bool {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::Boolean);
    const TAG: &'static str = "bool";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::Boolean(value) => Ok(value),
            _ => data::decode(literal, "a boolean"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.boolean(*self))
    }
}

impl FlyteData for String {
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[("type", "string")]));
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());
    const DEFAULT: Json<'static> = Json::String("");

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        value.str().map(str::to_owned)
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.str(self))
    }
}

impl FlyteType for String {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::String);
    const TAG: &'static str = "str";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::String(value) => Ok(value.to_owned()),
            _ => data::decode(literal, "a string"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.string(self))
    }
}

impl FlyteData for () {
    const SCHEMA: Json<'static> = schema!(Json::Strings(&[("type", "null")]));
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());
    const DEFAULT: Json<'static> = Json::Null;

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        if value.nil() {
            Ok(())
        } else {
            Err(value.unexpected("none"))
        }
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.nil())
    }
}

/// Python's `None`. As a task's result it means that there are no outputs.
impl FlyteType for () {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::None);
    const TAG: &'static str = "none";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::None => Ok(()),
            _ => data::decode(literal, "none"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.none())
    }
}

#[cfg(test)]
mod tests {
    use crate::types::{
        FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter, Written,
    };

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
    fn inside_an_object_an_integer_may_have_all_of_64_bits() {
        for number in [0, 1 << 63, u64::MAX] {
            let packed = MsgpackWriter::to_bytes(|out| number.pack(out)).unwrap();
            assert_eq!(
                u64::unpack(&mut MsgpackReader::new(&packed)).unwrap(),
                number
            );
        }
        let packed = MsgpackWriter::to_bytes(|out| u64::MAX.pack(out)).unwrap();
        let error = i64::unpack(&mut MsgpackReader::new(&packed)).unwrap_err();
        let expected = "expected an integer from -9223372036854775808 to 9223372036854775807, \
                        found integer 18446744073709551615";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_number_is_of_both_types_if_nothing_is_lost() {
        let fraction = literal(|out| out.float(2.5));
        assert_eq!(
            refused::<i64>(&fraction),
            "expected an integer, found float 2.5"
        );
        let large = literal(|out| out.float(1e300));
        assert_eq!(
            refused::<i64>(&large),
            "expected an integer, found float 1e300"
        );
        let integral = literal(|out| out.float(-2.0));
        assert_eq!(i8::decode(LiteralRef::new(&integral)).unwrap(), -2);
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
