//! Kubernetes quantities.

use crate::text::Cursor;

/// Kubernetes caps larger numbers at this one.
const CAP_NANOS: u128 = (i64::MAX as u128) * NANOS_PER_UNIT;
const NANOS_PER_UNIT: u128 = 1_000_000_000;

/// An amount of a resource, exact to the billionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    nanos: u128,
}

impl Quantity {
    /// The amount in billionths of a core, a byte or a device.
    pub const fn nanos(self) -> u128 {
        self.nanos
    }

    /// Whether the amount is zero.
    pub const fn is_zero(self) -> bool {
        self.nanos == 0
    }
}

/// Parses a quantity in Kubernetes' notation, without a sign: `2`, `0.5`, `500m`, `1Gi`, `1e3`.
///
/// The grammar is the one of `k8s.io/apimachinery/pkg/api/resource.Quantity`: a decimal number and one of the
/// suffixes `n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`, or a decimal exponent. As there, amounts are rounded up
/// to a billionth, and capped at 2⁶³-1.
///
/// ```
/// use flytekit_grammar::quantity;
///
/// assert_eq!(quantity("500m").map(|half| half.nanos()), Ok(500_000_000));
/// assert!(quantity("2Gb").unwrap_err().contains("`Gi`"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn quantity(text: &str) -> Result<Quantity, &'static str> {
    let mut cursor = Cursor::new(text);
    if text.is_empty() {
        return Err("is empty: write a number, such as `2`, `500m` or `1Gi`");
    }
    if matches!(cursor.peek(), b'-' | b'+') {
        return Err("has a sign: resources are counted without one");
    }
    let Some(number) = Number::read(&mut cursor) else {
        return Err("does not begin with a number, as `2`, `500m` and `1Gi` do");
    };
    match Scale::read(&mut cursor) {
        Ok(scale) => Ok(Quantity {
            nanos: number.nanos(scale),
        }),
        Err(problem) => Err(problem),
    }
}

/// Checks a number of GPUs: a quantity without a fraction, because devices cannot be divided.
///
/// ```
/// use flytekit_grammar::gpus;
/// assert!(gpus("2").is_ok());
/// assert!(gpus("500m").unwrap_err().contains("partition"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn gpus(text: &str) -> Result<(), &'static str> {
    match quantity(text) {
        Ok(count) if count.nanos().is_multiple_of(NANOS_PER_UNIT) => Ok(()),
        Ok(_) => Err(
            "is not a whole number of GPUs: use `accelerator` with a partition for a share of one",
        ),
        Err(problem) => Err(problem),
    }
}

/// A decimal number: `digits` without the point, of which `decimals` come after the point.
#[derive(Clone, Copy)]
struct Number {
    digits: u128,
    decimals: i32,
    /// Whether digits were dropped because they did not fit.
    truncated: bool,
}

impl Number {
    const fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut number = Number {
            digits: 0,
            decimals: 0,
            truncated: false,
        };
        let whole = number.read_digits(cursor, false);
        let mut decimals = 0;
        if cursor.peek() == b'.' {
            cursor.advance(1);
            decimals = number.read_digits(cursor, true);
        }
        if whole + decimals == 0 {
            None
        } else {
            Some(number)
        }
    }

    /// Parses digits, and returns their number.
    const fn read_digits(&mut self, cursor: &mut Cursor<'_>, after_point: bool) -> usize {
        // A number of 19 digits times 1024⁶ still fits into `u128`.
        const ROOM: u128 = 1_000_000_000_000_000_000;
        let start = cursor.position();
        while let Some(digit) = cursor.digit() {
            if self.digits < ROOM {
                self.digits = self.digits * 10 + digit as u128;
                self.decimals += after_point as i32;
            } else {
                self.truncated |= digit != 0;
                self.decimals -= !after_point as i32;
            }
        }
        cursor.position() - start
    }

    /// The number times the scale, in billionths, rounded up and capped.
    const fn nanos(self, scale: Scale) -> u128 {
        let mut nanos = self.digits;
        let mut inexact = self.truncated;
        let mut thousands = scale.binary_thousands;
        while thousands > 0 {
            nanos = nanos.saturating_mul(1024);
            thousands -= 1;
        }
        let mut exponent = scale
            .decimal_exponent
            .saturating_add(9)
            .saturating_sub(self.decimals);
        while exponent > 0 && nanos != 0 && nanos < u128::MAX {
            nanos = nanos.saturating_mul(10);
            exponent -= 1;
        }
        while exponent < 0 && nanos != 0 {
            inexact |= !nanos.is_multiple_of(10);
            nanos /= 10;
            exponent += 1;
        }
        let nanos = nanos.saturating_add(inexact as u128);
        if nanos > CAP_NANOS { CAP_NANOS } else { nanos }
    }
}

/// The factor of a suffix: 1024ⁿ or 10ⁿ.
#[derive(Clone, Copy)]
struct Scale {
    binary_thousands: u32,
    decimal_exponent: i32,
}

impl Scale {
    const fn decimal(decimal_exponent: i32) -> Self {
        Scale {
            binary_thousands: 0,
            decimal_exponent,
        }
    }

    const fn binary(binary_thousands: u32) -> Self {
        Scale {
            binary_thousands,
            decimal_exponent: 0,
        }
    }

    /// Parses the rest of the text, which must be one suffix.
    const fn read(cursor: &mut Cursor<'_>) -> Result<Self, &'static str> {
        let (first, second) = (cursor.peek(), cursor.peek_at(1));
        if first == b'e' || (first == b'E' && second != 0 && second != b'i') {
            cursor.advance(1);
            return read_exponent(cursor);
        }
        let scale = match (first, second) {
            (0, _) => Scale::decimal(0),
            (b'n', 0) => Scale::decimal(-9),
            (b'u', 0) => Scale::decimal(-6),
            (b'm', 0) => Scale::decimal(-3),
            (b'k', 0) => Scale::decimal(3),
            (b'M', 0) => Scale::decimal(6),
            (b'G', 0) => Scale::decimal(9),
            (b'T', 0) => Scale::decimal(12),
            (b'P', 0) => Scale::decimal(15),
            (b'E', 0) => Scale::decimal(18),
            (b'K', b'i') => Scale::binary(1),
            (b'M', b'i') => Scale::binary(2),
            (b'G', b'i') => Scale::binary(3),
            (b'T', b'i') => Scale::binary(4),
            (b'P', b'i') => Scale::binary(5),
            (b'E', b'i') => Scale::binary(6),
            _ => return Err(unknown_suffix(first)),
        };
        cursor.advance((first != 0) as usize + (second != 0) as usize);
        if cursor.is_at_end() {
            Ok(scale)
        } else {
            Err(unknown_suffix(first))
        }
    }
}

const fn read_exponent(cursor: &mut Cursor<'_>) -> Result<Scale, &'static str> {
    let negative = cursor.peek() == b'-';
    if matches!(cursor.peek(), b'-' | b'+') {
        cursor.advance(1);
    }
    let mut exponent: i32 = match cursor.digit() {
        Some(digit) => digit as i32,
        None => return Err("has an exponent without a number, as in `1e3`"),
    };
    while let Some(digit) = cursor.digit() {
        exponent = exponent.saturating_mul(10).saturating_add(digit as i32);
    }
    if !cursor.is_at_end() {
        return Err(
            "has something after its exponent: a quantity has an exponent or a suffix, not both",
        );
    }
    Ok(Scale::decimal(if negative { -exponent } else { exponent }))
}

/// Advice for a suffix that begins with `first`.
const fn unknown_suffix(first: u8) -> &'static str {
    match first {
        b'K' | b'k' => "has an unknown suffix: for kilo- it is `Ki` (1024) or `k` (1000)",
        b'M' => {
            "has an unknown suffix: for mega- it is `Mi` (1024²) or `M` (1000²), and `m` is a thousandth"
        }
        b'G' | b'g' => "has an unknown suffix: for giga- it is `Gi` (1024³) or `G` (1000³)",
        b'T' | b't' => "has an unknown suffix: for tera- it is `Ti` (1024⁴) or `T` (1000⁴)",
        b'P' | b'p' => "has an unknown suffix: for peta- it is `Pi` (1024⁵) or `P` (1000⁵)",
        b'E' => "has an unknown suffix: for exa- it is `Ei` (1024⁶) or `E` (1000⁶)",
        b'm' => {
            "has an unknown suffix: for mega- it is `Mi` (1024²) or `M` (1000²), for a thousandth `m`"
        }
        _ => {
            "has an unknown suffix: expected one of n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei"
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;

    use proptest::prelude::*;

    use super::{CAP_NANOS, quantity};

    fn nanos(text: &str) -> u128 {
        quantity(text)
            .unwrap_or_else(|problem| panic!("{text} {problem}"))
            .nanos()
    }

    #[test]
    fn suffixes_scale() {
        let unit = 1_000_000_000;
        for (text, expected) in [
            ("1", unit),
            ("0", 0),
            ("1.", unit),
            (".5", unit / 2),
            ("0.5", unit / 2),
            ("500m", unit / 2),
            ("1n", 1),
            ("1u", 1000),
            ("2k", 2000 * unit),
            ("1Ki", 1024 * unit),
            ("1.5Gi", 3 * 512 * 1024 * 1024 * unit),
            ("1e3", 1000 * unit),
            ("1E3", 1000 * unit),
            ("1E", 1_000_000_000_000_000_000 * unit),
            ("1Ei", 1_152_921_504_606_846_976 * unit),
            ("5e-1", unit / 2),
        ] {
            assert_eq!(nanos(text), expected, "{text}");
        }
    }

    #[test]
    fn too_fine_is_rounded_up_and_too_large_is_capped() {
        assert_eq!(nanos("0.1n"), 1);
        assert_eq!(nanos("1e-40"), 1);
        assert_eq!(nanos("1e999999999999"), CAP_NANOS);
        assert_eq!(nanos("0e999999999999"), 0);
        assert_eq!(
            nanos("99999999999999999999999999999999999999999999"),
            CAP_NANOS
        );
        assert_eq!(nanos("0.00000000000000000000000000000000000000000001"), 1);
    }

    #[test]
    fn problems_name_the_right_suffix() {
        for (text, hint) in [
            ("2Gb", "`Gi`"),
            ("2GB", "`Gi`"),
            ("2g", "`Gi`"),
            ("1K", "`Ki`"),
            ("1kb", "`Ki`"),
            ("1Gii", "`Gi`"),
            ("512mb", "`Mi`"),
            ("1 Gi", "expected one of"),
            ("", "empty"),
            ("-1", "sign"),
            ("Gi", "number"),
            (".", "number"),
            ("1e", "exponent"),
            ("1e3Gi", "exponent"),
            ("1\0", "suffix"),
            ("1Gi\0", "suffix"),
        ] {
            let problem = quantity(text).expect_err(text);
            assert!(problem.contains(hint), "{text} {problem}");
        }
    }

    proptest! {
        #[test]
        fn decimals_agree_with_integers(whole in 0_u64..1_000_000_000, milli in 0_u64..1000) {
            let text = format!("{whole}.{milli:03}");
            let thousandths = format!("{}m", whole * 1000 + milli);
            prop_assert_eq!(nanos(&text), nanos(&thousandths));
        }

        #[test]
        fn suffixes_agree_with_powers(number in 1_u64..1000, power in 1_u32..=5) {
            let binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi"][power as usize];
            let decimal = ["", "k", "M", "G", "T", "P"][power as usize];
            let written = |factor: u128| format!("{}", u128::from(number) * factor);
            let (binary, decimal) = (format!("{number}{binary}"), format!("{number}{decimal}"));
            prop_assert_eq!(nanos(&binary), nanos(&written(1024_u128.pow(power))));
            prop_assert_eq!(nanos(&decimal), nanos(&written(1000_u128.pow(power))));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = quantity(&text);
        }
    }
}
