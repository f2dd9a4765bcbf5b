//! Spark's configuration.

mod keys;
mod value;

pub use value::{SparkValue, spark_keys, spark_time, spark_value};

use crate::text::{Cursor, has_blank};

/// Checks an amount of memory in Spark's notation: a whole number and one of the suffixes `b`, `k`, `kb`,
/// `m`, `mb`, `g`, `gb`, `t`, `tb`, `p`, `pb`, in either case, or none.
///
/// The grammar is the one of Spark's `JavaUtils.byteStringAs`, without Kubernetes' suffixes, which only Spark
/// 4.2 and later read (SPARK-55051).
///
/// ```
/// use flytekit_grammar::spark_memory;
/// assert!(spark_memory("4g").is_ok());
/// assert!(spark_memory("4Gi").unwrap_err().contains("`4g`"));
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the value.
pub const fn spark_memory(text: &str) -> Result<(), &'static str> {
    let mut cursor = Cursor::new(text);
    match cursor.number() {
        None => {
            return Err("does not begin with a number: write memory for Spark as `4g` or `512m`");
        }
        Some(number) if number > i64::MAX as u64 => return Err("is too much memory for Spark"),
        Some(_) => {}
    }
    let (first, second) = (
        cursor.peek().to_ascii_lowercase(),
        cursor.peek_at(1).to_ascii_lowercase(),
    );
    let unit = matches!(first, b'k' | b'm' | b'g' | b't' | b'p');
    cursor.advance(match (first, second) {
        (b'b', _) => 1,
        (_, b'b') if unit => 2,
        _ if unit => 1,
        _ => 0,
    });
    if cursor.is_at_end() {
        Ok(())
    } else if first == b'.' {
        Err("has a fraction: Spark counts memory in whole numbers, such as `1536m` for 1.5 GiB")
    } else if second == b'i' {
        Err(
            "has the suffix of a Kubernetes quantity: Spark writes `4g` where Kubernetes writes `4Gi`",
        )
    } else {
        Err("has an unknown suffix: expected one of b, k, kb, m, mb, g, gb, t, tb, p, pb")
    }
}

/// Checks the key of a configuration: words joined by dots.
///
/// ```
/// use flytekit_grammar::spark_key;
/// assert!(spark_key("spark.executor.memory").is_ok());
/// assert!(spark_key("executorMemory").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the key.
pub const fn spark_key(text: &str) -> Result<(), &'static str> {
    if has_blank(text) {
        return Err("has a blank in it");
    }
    let bytes = text.as_bytes();
    let mut dots = 0;
    let mut index = 0;
    while index < bytes.len() {
        dots += (bytes[index] == b'.') as usize;
        index += 1;
    }
    if dots == 0 {
        Err("has no dot: keys are written in full, such as `spark.executor.memory`")
    } else if bytes[0] == b'.' || bytes[bytes.len() - 1] == b'.' {
        Err("begins or ends with a dot")
    } else {
        Ok(())
    }
}

/// Checks the path of the application for `spark-submit`: it must end in `.py`, because only then Spark
/// starts the executor path as a program.
///
/// ```
/// use flytekit_grammar::spark_application;
/// assert!(spark_application("local:///opt/app.py").is_ok());
/// assert!(spark_application("local:///opt/app").is_err());
/// ```
///
/// # Errors
///
/// The problem, as the end of a sentence that begins with the path.
pub const fn spark_application(path: &str) -> Result<(), &'static str> {
    match path.as_bytes() {
        [_, .., b'.', b'p', b'y'] => Ok(()),
        [] => Err("is empty: an application has a path in the image"),
        _ => Err("does not end in `.py`, by which Spark starts the executor path as a program"),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;
    use std::string::String;

    use proptest::prelude::*;

    use super::{spark_key, spark_memory, spark_value};

    #[test]
    fn memory() {
        for text in [
            "4g", "4G", "512m", "512MB", "1024", "1t", "10pb", "7b", "1k",
        ] {
            assert_eq!(spark_memory(text), Ok(()), "{text}");
        }
        for (text, hint) in [
            ("", "number"),
            ("g", "number"),
            ("1.5g", "fraction"),
            ("4Gi", "Kubernetes"),
            ("4x", "unknown suffix"),
            ("4gbb", "unknown suffix"),
            ("4 g", "unknown suffix"),
            ("4bb", "unknown suffix"),
        ] {
            let problem = spark_memory(text).expect_err(text);
            assert!(problem.contains(hint), "{text} {problem}");
        }
    }

    #[test]
    fn keys() {
        assert_eq!(spark_key("spark.executor.memory"), Ok(()));
        assert!(spark_key("").is_err());
        assert!(spark_key("memory").unwrap_err().contains("dot"));
        assert!(spark_key("spark. memory").unwrap_err().contains("blank"));
        assert!(spark_key("spark.").unwrap_err().contains("ends"));
    }

    proptest! {
        #[test]
        fn whole_numbers_with_units_are_memory(number in 0..=i64::MAX, unit in "([kmgtpKMGTP]?[bB])|[kmgtp]?") {
            prop_assert_eq!(spark_memory(&format!("{number}{unit}")), Ok(()));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = (spark_memory(&text), spark_key(&text), spark_value(&text));
        }
    }
}
