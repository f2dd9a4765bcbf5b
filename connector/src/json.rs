//! JSON of other programs. Its values do not appear in messages, because they may be secrets.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Parses JSON. The error names the place of the mistake, and does not quote the text there.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| reason(&error))
}

fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let reason = match error.classify() {
        Category::Syntax | Category::Io => "it is not JSON",
        Category::Eof => "it ends too early",
        // The type declares the field's name, so it is not a secret.
        Category::Data if words.starts_with("missing field `") => {
            words.split(" at line ").next().unwrap_or(&words)
        }
        Category::Data => "a value has another type than expected",
    };
    let (line, column) = (error.line(), error.column());
    format!("{reason} (line {line}, column {column})")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::read;

    #[derive(Debug, Deserialize)]
    struct Job {
        #[expect(dead_code, reason = "only read")]
        id: u64,
    }

    #[test]
    fn mistakes_do_not_quote_values() {
        for (text, reason) in [
            (
                r#"{"id": "dapi-1"}"#,
                "a value has another type than expected (line 1, column ",
            ),
            (
                r#"["dapi-1"]"#,
                "a value has another type than expected (line 1, column ",
            ),
            (
                r#"{"key": "dapi-1"}"#,
                "missing field `id` (line 1, column ",
            ),
            (r#"{"id": dapi-1}"#, "it is not JSON (line 1, column "),
            ("{\n\"id\": 1", "it ends too early (line 2, column "),
        ] {
            let said = read::<Job>(text.as_bytes()).unwrap_err();
            assert!(said.starts_with(reason), "{text}: {said}");
            assert!(!said.contains("dapi"), "{text}: {said}");
        }
    }
}
