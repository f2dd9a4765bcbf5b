//! YAML as users of flytekit and flytectl write it: anchors and merge keys are supported; an unsupported
//! feature is an error with its line.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Number, Value};

/// The maximum nesting of lists and maps, because trees are built and dropped by recursion.
const DEEPEST: usize = 32;

/// The maximum number of values that aliases may expand to: a few lines with aliases of aliases would fill
/// the memory.
const MOST_BY_ALIASES: usize = 100_000;

/// Parses the only document of a text; an empty one is null.
///
/// Booleans and numbers are those of YAML 1.2. Words and digits that YAML 1.1 interprets differently (`yes`,
/// `0644`, `1_000`) stay strings. So they are refused where a boolean or a number is expected, and kept as
/// written where a string is expected.
///
/// # Errors
///
/// The mistake, after its line.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
        by_aliases: 0,
    };
    let (event, place) = reader.next()?;
    if matches!(event, Event::StreamEnd) {
        return Ok(Value::Null);
    }
    let document = reader.value(event, place, DEEPEST)?;
    match reader.next()? {
        (Event::StreamEnd, _) => Ok(document),
        (_, place) => mistake(
            place.start,
            "a second document begins here, and only one is read",
        ),
    }
}

struct Reader<E> {
    events: E,
    anchors: HashMap<usize, Value>,
    by_aliases: usize,
}

impl<'t, E: Iterator<Item = Result<(Event<'t>, Span), ScanError>>> Reader<E> {
    /// The next event with a meaning.
    fn next(&mut self) -> Result<(Event<'t>, Span), String> {
        loop {
            match self.events.next() {
                Some(Ok((
                    Event::Nothing
                    | Event::StreamStart
                    | Event::DocumentStart(_)
                    | Event::DocumentEnd,
                    _,
                ))) => {}
                Some(Ok(event)) => return Ok(event),
                Some(Err(error)) => return mistake(*error.marker(), error.info()),
                None => return Ok((Event::StreamEnd, Span::empty(Marker::default()))),
            }
        }
    }

    /// The value that begins with this event; `depth` is the remaining nesting.
    fn value(&mut self, event: Event<'t>, place: Span, depth: usize) -> Result<Value, String> {
        let Some(depth) = depth.checked_sub(1) else {
            let deep = format!("nested more than {DEEPEST} levels");
            return mistake(place.start, &deep);
        };
        let (value, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, place),
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(text, style, tag.as_deref());
                let value = value.or_else(|wrong| mistake(place.start, &wrong))?;
                (value, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                no_tag(tag.as_deref(), "seq", place)?;
                (self.items(depth).map(Value::Array)?, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                no_tag(tag.as_deref(), "map", place)?;
                (self.members(depth).map(Value::Object)?, anchor)
            }
            _ => return mistake(place.start, "a value is expected here"),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn alias(&mut self, anchor: usize, place: Span) -> Result<Value, String> {
        let Some(value) = self.anchors.get(&anchor) else {
            return mistake(place.start, "an alias stands inside of what it stands for");
        };
        self.by_aliases += size(value);
        if self.by_aliases > MOST_BY_ALIASES {
            let many = format!("aliases stand for more than {MOST_BY_ALIASES} values");
            return mistake(place.start, &many);
        }
        Ok(value.clone())
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Value>, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, place) => items.push(self.value(event, place, depth)?),
            }
        }
    }

    /// ```text
    /// base: &base {insecure: true}
    /// admin: {<<: *base, endpoint: dns:///localhost}    has `insecure` too
    /// ```
    fn members(&mut self, depth: usize) -> Result<Map<String, Value>, String> {
        let mut members = Map::new();
        let mut merged = Vec::new();
        loop {
            let (key, style, place) = match self.next()? {
                (Event::MappingEnd, _) => break,
                (Event::Scalar(key, style, 0, None), place) => (key, style, place),
                (_, place) => return mistake(place.start, "a key is plain text"),
            };
            let (event, at) = self.next()?;
            let value = self.value(event, at, depth)?;
            if key == "<<" && style == ScalarStyle::Plain {
                merge(&mut merged, value).or_else(|wrong| mistake(at.start, wrong))?;
            } else if members.insert(key.to_string(), value).is_some() {
                return mistake(place.start, &format!("`{key}` is given twice"));
            }
        }
        // As in PyYAML, a map's own members take precedence over merged ones, and earlier maps over later
        // ones.
        for (key, value) in merged {
            members.entry(key).or_insert(value);
        }
        Ok(members)
    }
}

/// Takes the members of a map, or of each map in a list.
fn merge(merged: &mut Vec<(String, Value)>, value: Value) -> Result<(), &'static str> {
    const WRONG: &str = "`<<` merges a map or a list of maps";
    match value {
        Value::Object(members) => merged.extend(members),
        Value::Array(items) => {
            for item in items {
                let Value::Object(members) = item else {
                    return Err(WRONG);
                };
                merged.extend(members);
            }
        }
        _ => return Err(WRONG),
    }
    Ok(())
}

/// The number of values in a value, including itself.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let Some(tag) = tag else {
        return Ok(match style {
            ScalarStyle::Plain => plain(&text),
            _ => Value::String(text.into_owned()),
        });
    };
    if is_core(tag, "str") {
        return Ok(Value::String(text.into_owned()));
    }
    let value = plain(&text);
    let fits = match &value {
        Value::Null => is_core(tag, "null"),
        Value::Bool(_) => is_core(tag, "bool"),
        Value::Number(number) => is_core(tag, "float") || (is_core(tag, "int") && !number.is_f64()),
        _ => false,
    };
    fits.then_some(value).ok_or_else(|| unknown(tag))
}

/// A plain scalar by YAML 1.2's core schema, except for numbers that YAML 1.1 reads differently.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

/// `-1`, `+2`, `0.5`, `1e3`; not `0644`, `0x1f`, `1_000`, `inf`.
fn number(text: &str) -> Option<Number> {
    let bare = text.strip_prefix('+').unwrap_or(text);
    let digits = bare.strip_prefix('-').unwrap_or(bare);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let is_octal_elsewhere =
        digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|it| it.is_ascii_digit());
    if is_octal_elsewhere || (text.starts_with('+') && bare.starts_with('-')) {
        return None;
    }
    let whole = bare.parse::<i64>().map(Number::from);
    let whole = whole.or_else(|_| bare.parse::<u64>().map(Number::from));
    whole.ok().or_else(|| Number::from_f64(bare.parse().ok()?))
}

fn no_tag(tag: Option<&Tag>, own: &str, place: Span) -> Result<(), String> {
    match tag {
        Some(tag) if !is_core(tag, own) => mistake(place.start, &unknown(tag)),
        _ => Ok(()),
    }
}

fn is_core(tag: &Tag, name: &str) -> bool {
    tag.handle == "tag:yaml.org,2002:" && tag.suffix == name
}

fn unknown(tag: &Tag) -> String {
    format!("the tag `{}{}` does not fit here", tag.handle, tag.suffix)
}

fn mistake<T>(place: Marker, what: &str) -> Result<T, String> {
    Err(format!("line {}: {what}", place.line()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::parse;

    #[test]
    fn scalars_are_what_both_versions_say_or_text() {
        let text = "
            [null, ~, true, -7, 18446744073709551615, 1.5e3, .5, yes, 0644, 0x1f, 1_000, .inf,
             'null', \"5\", 2024-01-31, 1:30, !!str 5, !!float 1, word]";
        let expected = json!([
            null,
            null,
            true,
            -7,
            u64::MAX,
            1500.0,
            0.5,
            "yes",
            "0644",
            "0x1f",
            "1_000",
            ".inf",
            "null",
            "5",
            "2024-01-31",
            "1:30",
            "5",
            1,
            "word",
        ]);
        assert_eq!(parse(text), Ok(expected));
        assert_eq!(parse(""), Ok(Value::Null));
        assert_eq!(parse("# nothing\n"), Ok(Value::Null));
    }

    #[test]
    fn merged_members_yield_to_own_ones_and_to_earlier_maps() {
        let text = "
a: &a {x: 1, y: 1}
b: &b {y: 2, z: 2}
one: {<<: *a, x: 0}
two: {z: 0, <<: [*b, *a]}
";
        let read = parse(text).expect("YAML");
        assert_eq!(read["one"], json!({"x": 0, "y": 1}));
        assert_eq!(read["two"], json!({"x": 1, "y": 2, "z": 0}));
        let quoted = parse("{'<<': {a: 1}}");
        assert_eq!(quoted, Ok(json!({"<<": {"a": 1}})));
    }

    #[test]
    fn mistakes_have_their_line() {
        let deep = "[".repeat(40);
        let mut billion = vec!["a: &a [x, x, x, x, x, x, x, x, x, x]".to_owned()];
        for (of, name) in ('a'..'i').zip('b'..'j') {
            let items = vec![format!("*{of}"); 10].join(", ");
            billion.push(format!("{name}: &{name} [{items}]"));
        }
        let billion = billion.join("\n");
        for (text, message) in [
            ("a: 1\na: 2", "line 2: `a` is given twice"),
            ("a: 1\n---\nb: 2", "line 3: a second document begins here"),
            ("a:\n  <<: 5", "line 2: `<<` merges a map or a list of maps"),
            ("<<: [5]", "line 1: `<<` merges a map or a list of maps"),
            ("? [a]\n: 1", "line 1: a key is plain text"),
            (
                "a: !secret x",
                "line 1: the tag `!secret` does not fit here",
            ),
            (
                "a: !!int x",
                "line 1: the tag `tag:yaml.org,2002:int` does not fit",
            ),
            (
                "a: &a [*a]",
                "line 1: an alias stands inside of what it stands for",
            ),
            ("a: [1", "line 2: while parsing a flow sequence"),
            (&deep, "line 1: nested more than 32 levels"),
            (&billion, "aliases stand for more than 100000 values"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = parse(&text);
        }

        /// JSON is valid YAML, except for numbers in formats that YAML 1.1 does not have.
        #[test]
        fn json_is_read(members in prop::collection::btree_map("[a-z<]{1,3}", any::<i64>(), 0..6)) {
            let json = json!(members);
            prop_assert_eq!(parse(&json.to_string()), Ok(json));
        }
    }
}
