//! JSON without duplicate keys.

use std::fmt;

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads one value.
///
/// # Errors
///
/// The mistake and its position. A duplicate key is named; `serde_json` alone would take the last of its
/// values.
pub(crate) fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(text).map(|Unambiguous(value)| value)
}

/// A value without duplicate keys in its objects.
struct Unambiguous(Value);

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree).map(Unambiguous)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Unambiguous(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if read.contains_key(&key) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} is given twice"
                )));
            }
            let Unambiguous(value) = members.next_value()?;
            read.insert(key, value);
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::parse;

    #[test]
    fn a_key_that_is_given_twice_is_a_mistake_at_every_depth() {
        for (text, message) in [
            (
                r#"{"a": 1, "a": 1}"#,
                r#"the key "a" is given twice at line 1 column 12"#,
            ),
            (
                "[{\"b\": {\"a\": 1,\n \"\\u0061\": 2}}]",
                r#"the key "a" is given twice at line 2 column 9"#,
            ),
        ] {
            let error = parse(text.as_bytes()).expect_err(text);
            assert_eq!(error.to_string(), message);
        }
        let same_in_two = r#"[{"a": 1}, {"a": {"a": 2}}]"#;
        let expected = json!([{"a": 1}, {"a": {"a": 2}}]);
        assert_eq!(parse(same_in_two.as_bytes()).ok(), Some(expected));
    }

    #[test]
    fn a_deep_value_is_refused_before_the_stack_ends() {
        let deep = "[".repeat(100_000);
        let error = parse(deep.as_bytes()).expect_err("deep");
        assert!(error.to_string().contains("recursion limit"), "{error}");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Without duplicate keys the result is the same as `serde_json`'s.
        #[test]
        fn a_value_is_read_as_it_was(value in values()) {
            let text = value.to_string();
            let plain: Value = serde_json::from_str(&text).expect("JSON");
            prop_assert_eq!(parse(text.as_bytes()).expect("JSON"), plain);
        }
    }
}
