//! The kinds of values of Spark's settings.

use super::keys::KEYS;
use super::spark_memory;
use crate::text::{Cursor, equals_ignoring_case};

/// The kind of value that a key of Spark's configuration takes.
///
/// The kinds are those of Spark 4.2's own registry of settings. Spark trims blanks around a value; here they
/// are refused, because they are slips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SparkValue {
    /// Any value; also for keys that Spark does not declare.
    Any,
    /// `true` or `false`, in either case.
    Boolean,
    /// A 32-bit integer that is at least `least`.
    Int {
        /// The minimum that Spark accepts.
        least: i32,
    },
    /// A 64-bit integer that is at least `least`.
    Long {
        /// The minimum that Spark accepts.
        least: i64,
    },
    /// A number with or without a fraction, in Java's notation.
    Double,
    /// An amount of memory: see [`spark_memory`]. Here it may be negative.
    Bytes,
    /// A time span: see [`spark_time`].
    Time,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, in either case.
    OneOfAnyCase(&'static [&'static str]),
}

impl SparkValue {
    /// Checks a value of this kind.
    ///
    /// ```
    /// use flytekit_grammar::spark_value;
    /// assert!(spark_value("spark.executor.instances").check("2").is_ok());
    /// assert!(spark_value("spark.executor.instances").check("two").is_err());
    /// assert!(spark_value("spark.dynamicAllocation.enabled").check("yes").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The problem, as the end of a sentence that begins with the value.
    pub const fn check(self, value: &str) -> Result<(), &'static str> {
        match self {
            SparkValue::Any => Ok(()),
            SparkValue::Boolean if is_one_of(&["true", "false"], value, true) => Ok(()),
            SparkValue::Boolean => Err("is neither `true` nor `false`, which this key takes"),
            SparkValue::Int { least } => whole(value, least as i64, i32::MAX as i64),
            SparkValue::Long { least } => whole(value, least, i64::MAX),
            SparkValue::Double => double(value),
            SparkValue::Bytes => spark_memory(without_sign(value)),
            SparkValue::Time => spark_time(value),
            SparkValue::OneOf(words) if is_one_of(words, value, false) => Ok(()),
            SparkValue::OneOfAnyCase(words) if is_one_of(words, value, true) => Ok(()),
            SparkValue::OneOf(_) | SparkValue::OneOfAnyCase(_) => {
                Err("is not one of the words that this key takes")
            }
        }
    }

    /// The valid words, if the kind has a fixed set.
    ///
    /// ```
    /// use flytekit_grammar::spark_value;
    /// assert!(spark_value("spark.sql.ansi.enabled").words().is_empty());
    /// assert!(spark_value("spark.sql.storeAssignmentPolicy").words().contains(&"STRICT"));
    /// ```
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            SparkValue::OneOf(words) | SparkValue::OneOfAnyCase(words) => words,
            _ => &[],
        }
    }
}

/// The kind of value that `key` takes.
///
/// ```
/// use flytekit_grammar::{SparkValue, spark_value};
/// assert_eq!(spark_value("spark.driver.memoryOverhead"), SparkValue::Bytes);
/// assert_eq!(spark_value("spark.network.timeout"), SparkValue::Time);
/// assert_eq!(spark_value("spark.app.name"), SparkValue::Any);
/// ```
pub const fn spark_value(key: &str) -> SparkValue {
    let (mut from, mut to) = (0, KEYS.len());
    // The length of the prefix that the key shares with the entries at the bounds, and therefore with all
    // entries between them. It is not compared again, which saves most of the work in const evaluation.
    let (mut below, mut above) = (0, 0);
    while from < to {
        let middle = from.midpoint(to);
        let (known, value) = KEYS[middle];
        let common = common(known, key, if below < above { below } else { above });
        match (byte_at(known, common), byte_at(key, common)) {
            (None, None) => return value,
            (None, Some(_)) => (from, below) = (middle + 1, common),
            (Some(known), Some(byte)) if known < byte => (from, below) = (middle + 1, common),
            (Some(_), _) => (to, above) = (middle, common),
        }
    }
    SparkValue::Any
}

/// The length of the common prefix of two texts, whose first `known` bytes are known to be equal.
const fn common(left: &str, right: &str, known: usize) -> usize {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut index = known;
    while index < left.len() && index < right.len() && left[index] == right[index] {
        index += 1;
    }
    index
}

const fn byte_at(text: &str, index: usize) -> Option<u8> {
    if index < text.len() {
        Some(text.as_bytes()[index])
    } else {
        None
    }
}

/// The keys that Spark 4.2 declares, sorted. Other keys are valid as well: those of catalogs, of Hadoop, of
/// libraries.
///
/// ```
/// assert!(flytekit_grammar::spark_keys().any(|key| key == "spark.executor.memory"));
/// ```
pub fn spark_keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|&(key, _)| key)
}

/// Checks a duration in Spark's notation: a whole number and one of the suffixes `us`, `ms`, `s`, `m`, `min`,
/// `h`, `d`, in either case, or none.
///
/// The grammar is the one of Spark's `JavaUtils.timeStringAs`.
///
/// ```
/// use flytekit_grammar::spark_time;
/// assert!(spark_time("100ms").is_ok());
/// assert!(spark_time("1.5h").unwrap_err().contains("`90min`"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn spark_time(text: &str) -> Result<(), &'static str> {
    const UNITS: &[&str] = &["us", "ms", "s", "m", "min", "h", "d"];
    let unsigned = without_sign(text);
    let mut cursor = Cursor::new(unsigned);
    let Some(number) = cursor.number() else {
        return Err("does not begin with a number: write time for Spark as `10s` or `5min`");
    };
    let (_, unit) = unsigned.split_at(cursor.position());
    if number > i64::MAX as u64 {
        Err("is too long a time for Spark")
    } else if unit.is_empty() || is_one_of(UNITS, unit, true) {
        Ok(())
    } else if cursor.peek() == b'.' {
        Err("has a fraction: Spark counts time in whole numbers, such as `90min` for 1.5 h")
    } else {
        Err("has an unknown unit: expected one of us, ms, s, m, min, h, d")
    }
}

/// An integer between two bounds, in the syntax of Java's `parseLong`.
const fn whole(text: &str, least: i64, most: i64) -> Result<(), &'static str> {
    let negative = matches!(text.as_bytes(), [b'-', ..]);
    let unsigned = match text.as_bytes() {
        [b'+', ..] => text.split_at(1).1,
        _ => without_sign(text),
    };
    let mut cursor = Cursor::new(unsigned);
    let number = match cursor.number() {
        Some(number) if cursor.is_at_end() => number as i128,
        _ => return Err("is not a whole number, which this key takes"),
    };
    let number = if negative { -number } else { number };
    if number > most as i128 {
        Err("is too large a number for this key")
    } else if number >= least as i128 {
        Ok(())
    } else {
        Err(match least {
            0 => "is below zero, the least that this key takes",
            1 => "is below one, the least that this key takes",
            2 => "is below two, the least that this key takes",
            _ => "is too small a number for this key",
        })
    }
}

/// A number in the syntax of Java's `parseDouble`, except hexadecimal ones.
const fn double(text: &str) -> Result<(), &'static str> {
    let unsigned = match text.as_bytes() {
        [b'+' | b'-', ..] => text.split_at(1).1,
        _ => text,
    };
    if is_one_of(&["NaN", "Infinity"], unsigned, false) {
        return Ok(());
    }
    let mut cursor = Cursor::new(unsigned);
    let mut digits = digits(&mut cursor);
    if cursor.peek() == b'.' {
        cursor.advance(1);
        digits += self::digits(&mut cursor);
    }
    let mut exponent = 1;
    if matches!(cursor.peek(), b'e' | b'E') {
        cursor.advance(1);
        if matches!(cursor.peek(), b'+' | b'-') {
            cursor.advance(1);
        }
        exponent = self::digits(&mut cursor);
    }
    if matches!(cursor.peek(), b'f' | b'F' | b'd' | b'D') {
        cursor.advance(1);
    }
    if digits > 0 && exponent > 0 && cursor.is_at_end() {
        Ok(())
    } else {
        Err("is not a number, which this key takes")
    }
}

const fn digits(cursor: &mut Cursor<'_>) -> usize {
    let mut digits = 0;
    while cursor.digit().is_some() {
        digits += 1;
    }
    digits
}

const fn without_sign(text: &str) -> &str {
    match text.as_bytes() {
        [b'-', ..] => text.split_at(1).1,
        _ => text,
    }
}

const fn is_one_of(words: &[&str], text: &str, any_case: bool) -> bool {
    let mut index = 0;
    while index < words.len() {
        let equal = if any_case {
            equals_ignoring_case(words[index].as_bytes(), text.as_bytes())
        } else {
            Cursor::new(text).rest_is(words[index])
        };
        if equal {
            return true;
        }
        index += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;

    use proptest::prelude::*;

    use super::{KEYS, SparkValue, spark_time, spark_value};

    #[test]
    fn keys_are_sorted_and_found() {
        assert!(KEYS.is_sorted_by_key(|(key, _)| key));
        for &(key, value) in KEYS {
            assert_eq!(spark_value(key), value, "{key}");
        }
        assert_eq!(spark_value("spark.executor.memory2"), SparkValue::Any);
        assert_eq!(spark_value("a"), SparkValue::Any);
        assert_eq!(spark_value("z"), SparkValue::Any);
    }

    #[track_caller]
    fn kind(kind: SparkValue, accepted: &[&str], refused: &[(&str, &str)]) {
        for text in accepted {
            assert_eq!(kind.check(text), Ok(()), "{text}");
        }
        for (text, hint) in refused {
            let problem = kind.check(text).expect_err(text);
            assert!(problem.contains(hint), "{text} {problem}");
        }
    }

    #[test]
    fn whole_numbers() {
        let any = SparkValue::Int { least: i32::MIN };
        let accepted = ["0", "-1", "+1", "007", "2147483647", "-2147483648"];
        let hints = [
            ("", "whole number"),
            ("-", "whole number"),
            ("2.0", "whole number"),
            ("2147483648", "too large"),
            ("99999999999999999999999999999999999999999999", "too large"),
            ("-2147483649", "too small"),
        ];
        kind(any, &accepted, &hints);
        let positive = SparkValue::Long { least: 1 };
        kind(
            positive,
            &["1", "9223372036854775807"],
            &[("0", "below one")],
        );
        let natural = SparkValue::Int { least: 0 };
        kind(natural, &["0"], &[("-1", "below zero")]);
    }

    #[test]
    fn other_kinds() {
        let times = ["10s", "5MIN", "100ms", "3", "-1", "1us", "2h", "7d", "1m"];
        let hints = [
            ("", "number"),
            ("s", "number"),
            ("1.5h", "fraction"),
            ("1 s", "unit"),
            ("1sec", "unit"),
        ];
        kind(SparkValue::Time, &times, &hints);
        kind(SparkValue::Boolean, &["true", "FALSE"], &[("1", "neither")]);
        let numbers = ["1", "-0.5", ".5", "5.", "1e-3", "1.5f", "NaN", "-Infinity"];
        let hints = [(".", "number"), ("1e", "number"), ("half", "number")];
        kind(SparkValue::Double, &numbers, &hints);
        kind(SparkValue::Bytes, &["-1", "4g"], &[("4Gi", "Kubernetes")]);
        kind(SparkValue::OneOf(&["A"]), &["A"], &[("a", "not one of")]);
        kind(
            SparkValue::OneOfAnyCase(&["A"]),
            &["a", "A"],
            &[("AA", "not one of")],
        );
        kind(SparkValue::Any, &["", "x"], &[]);
    }

    proptest! {
        #[test]
        fn whole_numbers_with_units_are_times(number in any::<i64>(), unit in "(us|ms|s|m|min|h|d)?") {
            prop_assert_eq!(spark_time(&format!("{number}{unit}")), Ok(()));
        }

        #[test]
        fn whole_numbers_are_those_of_the_standard_library(number in any::<i64>()) {
            let text = format!("{number}");
            let int = SparkValue::Int { least: i32::MIN };
            prop_assert_eq!(int.check(&text).is_ok(), text.parse::<i32>().is_ok());
            prop_assert_eq!(SparkValue::Long { least: i64::MIN }.check(&text), Ok(()));
        }

        #[test]
        fn any_text_is_answered(key in 0..KEYS.len(), text in any::<String>()) {
            let _ = KEYS[key].1.check(&text);
        }
    }
}
