//! The hash of a literal, like flytekit's: SHA-256 of the literal's JSON form, as Python's `json` writes it
//! with sorted keys and without spaces.
//!
//! The JSON is hashed while it is written, because offloaded literals are large.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use flytekit_proto::json;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::order;
use crate::types::{BinaryRef, CollectionRef, Content, LiteralMapRef, LiteralRef, UnionRef};

/// The hash of a literal, in Base64.
pub(super) fn of(literal: LiteralRef<'_>) -> Result<String, Error> {
    let mut out = Json::default();
    out.literal(literal)?;
    Ok(BASE64.encode(out.0.finalize()))
}

/// JSON that is hashed while it is written.
#[derive(Default)]
struct Json(Sha256);

/// Puts commas between the members of an object.
#[derive(Default)]
struct Members {
    some: bool,
}

impl Json {
    fn raw(&mut self, text: &str) {
        self.0.update(text);
    }

    fn member(&mut self, members: &mut Members, name: &str) {
        if std::mem::replace(&mut members.some, true) {
            self.raw(",");
        }
        self.text(name);
        self.raw(":");
    }

    fn literal(&mut self, literal: LiteralRef<'_>) -> Result<(), Error> {
        let content = literal.content()?;
        let (hash, metadata) = (literal.hash()?, literal.metadata()?);
        let mut members = Members::default();
        self.raw("{");
        if let Content::Collection(items) = content {
            self.member(&mut members, "collection");
            self.collection(items)?;
        }
        if !hash.is_empty() {
            self.member(&mut members, "hash");
            self.text(hash);
        }
        if let Content::Map(entries) = content {
            self.member(&mut members, "map");
            self.map(entries)?;
        }
        if !metadata.is_empty() {
            self.member(&mut members, "metadata");
            self.texts(&metadata);
        }
        if !matches!(content, Content::Collection(_) | Content::Map(_)) {
            self.member(&mut members, "scalar");
            self.scalar(literal, content)?;
        }
        self.raw("}");
        Ok(())
    }

    /// An empty repeated field is left out, like all fields without a value.
    fn collection(&mut self, items: CollectionRef<'_>) -> Result<(), Error> {
        let mut separator = r#"{"literals":["#;
        for item in items {
            self.raw(std::mem::replace(&mut separator, ","));
            self.literal(item?)?;
        }
        self.raw(if separator == "," { "]}" } else { "{}" });
        Ok(())
    }

    fn map(&mut self, entries: LiteralMapRef<'_>) -> Result<(), Error> {
        let entries = entries.iter().collect::<Result<Vec<_>, _>>()?;
        if entries.is_empty() {
            self.raw("{}");
            return Ok(());
        }
        let mut members = Members::default();
        self.raw(r#"{"literals":{"#);
        for place in order::by_key(entries.iter().map(|(key, _)| *key)) {
            let (key, value) = entries[place];
            self.member(&mut members, key);
            self.literal(value)?;
        }
        self.raw("}}");
        Ok(())
    }

    fn texts(&mut self, entries: &[(&str, &str)]) {
        let mut members = Members::default();
        self.raw("{");
        for place in order::by_key(entries.iter().map(|(key, _)| *key)) {
            let (key, value) = entries[place];
            self.member(&mut members, key);
            self.text(value);
        }
        self.raw("}");
    }

    fn scalar(&mut self, literal: LiteralRef<'_>, content: Content<'_>) -> Result<(), Error> {
        match content {
            Content::Integer(value) => self.primitive("integer", |out| {
                out.raw(&format!("\"{value}\""));
            }),
            Content::Float(value) => self.primitive("floatValue", |out| out.float(value)),
            Content::String(value) => self.primitive("stringValue", |out| out.text(value)),
            Content::Boolean(value) => self.primitive("boolean", |out| {
                out.raw(if value { "true" } else { "false" });
            }),
            Content::Binary(binary) => self.binary(binary),
            Content::Union(union) => self.union(union)?,
            // The rest is small, and has the usual JSON form of messages.
            _ => match json::format("flyteidl.core.Literal", literal.bytes())?.get("scalar") {
                Some(scalar) => self.value(scalar),
                None => return Err(Error::system("a literal without a value")),
            },
        }
        Ok(())
    }

    fn primitive(&mut self, name: &str, write: impl FnOnce(&mut Json)) {
        self.raw(&format!(r#"{{"primitive":{{"{name}":"#));
        write(self);
        self.raw("}}");
    }

    fn binary(&mut self, binary: BinaryRef<'_>) {
        /// The size of a piece: whole groups of three bytes, so that only the end is padded.
        const PIECE: usize = 3 << 12;
        self.raw(r#"{"binary":{"tag":"#);
        self.text(binary.tag());
        if !binary.value().is_empty() {
            self.raw(r#","value":""#);
            for piece in binary.value().chunks(PIECE) {
                self.raw(&BASE64.encode(piece));
            }
            self.raw("\"");
        }
        self.raw("}}");
    }

    fn union(&mut self, union: UnionRef<'_>) -> Result<(), Error> {
        self.raw(r#"{"union":{"type":"#);
        self.value(&json::format(
            "flyteidl.core.LiteralType",
            union.literal_type(),
        )?);
        self.raw(r#","value":"#);
        self.literal(union.value())?;
        self.raw("}}");
        Ok(())
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Number(number) if number.is_f64() => {
                self.float(number.as_f64().unwrap_or(f64::NAN));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => self.raw(&value.to_string()),
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.raw("[");
                for (index, item) in items.iter().enumerate() {
                    self.raw(if index == 0 { "" } else { "," });
                    self.value(item);
                }
                self.raw("]");
            }
            Value::Object(entries) => {
                let mut members = Members::default();
                self.raw("{");
                let entries: Vec<_> = entries.iter().collect();
                for place in order::by_name(entries.iter().map(|(key, _)| key.as_str())) {
                    let (key, value) = entries[place];
                    self.member(&mut members, key);
                    self.value(value);
                }
                self.raw("}");
            }
        }
    }

    /// Text in quotes: Python's `json` escapes everything but ASCII.
    fn text(&mut self, text: &str) {
        self.raw("\"");
        let mut rest = text;
        while let Some(end) =
            rest.find(|it: char| !matches!(it, ' '..='~') || it == '"' || it == '\\')
        {
            let (shown, more) = rest.split_at(end);
            self.raw(shown);
            let mut more = more.chars();
            if let Some(special) = more.next() {
                self.escape(special);
            }
            rest = more.as_str();
        }
        self.raw(rest);
        self.raw("\"");
    }

    fn escape(&mut self, special: char) {
        match special {
            '"' => self.raw("\\\""),
            '\\' => self.raw("\\\\"),
            '\n' => self.raw("\\n"),
            '\r' => self.raw("\\r"),
            '\t' => self.raw("\\t"),
            '\u{8}' => self.raw("\\b"),
            '\u{c}' => self.raw("\\f"),
            _ => {
                for unit in special.encode_utf16(&mut [0; 2]) {
                    self.raw(&format!("\\u{unit:04x}"));
                }
            }
        }
    }

    fn float(&mut self, value: f64) {
        if value.is_nan() {
            self.raw("\"NaN\"");
        } else if value.is_infinite() {
            self.raw(if value > 0.0 {
                "\"Infinity\""
            } else {
                "\"-Infinity\""
            });
        } else {
            self.raw(&python_float(value));
        }
    }
}

/// A finite float in Python's form: equal to Rust's if its exponent is from -4 to 15, and otherwise with at
/// least two digits in the exponent.
fn python_float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&power) {
        let plain = value.to_string();
        return if plain.contains('.') {
            plain
        } else {
            plain + ".0"
        };
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, SystemTime};

    use super::{of, python_float};
    use crate::types::{FlyteType, LiteralRef, LiteralWriter};

    fn hash<T: FlyteType>(value: &T) -> String {
        let bytes = LiteralWriter::to_bytes(|out| value.encode(out)).unwrap();
        of(LiteralRef::new(&bytes)).unwrap()
    }

    #[test]
    fn floats_are_written_as_python_does() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (-1.234_567_890_123_456_8e17, "-1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(python_float(value), text);
        }
    }

    /// The expected hashes come from flytekit, for the same literals.
    #[test]
    fn the_hash_is_flytekits() {
        let text = "zwölf 🎉\n\t\"'\\\x7f\0/".to_owned();
        let flags = BTreeMap::from([("b".to_owned(), vec![true]), ("a".to_owned(), Vec::new())]);
        let point = SystemTime::UNIX_EPOCH + Duration::new(1_704_164_645, 678_000_000);
        let day = Duration::from_secs(86_400);
        for (hash, flytekits) in [
            (hash(&7_i64), "Z+WJVZJGhJUoxQuQT8JuQ9m8vwIEPwR9fj1IS795O3w="),
            (hash(&1e16), "2Uig6Zx0m3ZlfUoTeGculEYtRDvnvdC3I3JigcnkNRU="),
            (
                hash(&f64::NAN),
                "KqrS+zZTW+biwUDuqO7CsrmBV7XPIOCifzVVYh+ggE0=",
            ),
            (
                hash(&vec![1.0, -0.0, f64::INFINITY]),
                "UK3xdFrKersKbK6c8URKm67Ohq9wC4HZpQ6QPIPcRFk=",
            ),
            (
                hash(&Vec::<i64>::new()),
                "7B+KjW3LU8UihOn55BkNoennHuSlt3KnVcklza4Jw2A=",
            ),
            (hash(&text), "iwNpoNAM1rFDTZUBKR4NQK+CuVqk/t/ANm2IpoNyNBA="),
            (hash(&flags), "YwwEly6GkvNSpCQfiyYkXpijOvYEHAFofqGDk5++1j4="),
            (
                hash(&serde_json::json!({"a": 1, "b": 2})),
                "U+tcOEf/iCKZ5NveImI17FUPxeQdSvn6nswwzSeKFaA=",
            ),
            (
                hash(&None::<i64>),
                "PG9cup4ddDzsr7HE+GBZqRthojVlb1b1E9K6+1YZ+Hk=",
            ),
            (
                hash(&Some(3_i64)),
                "53SwhU3A8r9b6yGeYjjqAXeH1QCaKWQSytoDZBEQB4E=",
            ),
            (hash(&point), "vy9kBVix1lyOVQYaizGHtCjuXgsYFklfBurSsos4ZIE="),
            (
                hash(&(point - Duration::from_micros(677_999))),
                "5cVRlWXbpDXfrJf+5QBXY+v1Uc+9x5+jbrThsuUHm7E=",
            ),
            (hash(&day), "iUWAoSmduq+mliKFnLJQnu8D5Mro7KQVcjZ4CemOkjw="),
        ] {
            assert_eq!(hash, flytekits);
        }
    }
}
