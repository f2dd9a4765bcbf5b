//! Replaces placeholders in the text of a query by inputs.

use std::fmt::Write as _;

use flytekit::types::{Content, LiteralRef, SecondsNanos};
use flytekit::{Error, Result, jiff};

/// An input by its name.
pub type Input<'a> = (&'a str, LiteralRef<'a>);

/// The context of a placeholder in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    /// Quotes that end with this character.
    Quotes(char),
    LineComment,
    BlockComment,
}

/// The query of a template with its inputs.
pub(crate) fn interpolate(template: &str, inputs: &[Input<'_>]) -> Result<String> {
    let mut query = String::with_capacity(template.len());
    let mut used = vec![false; inputs.len()];
    let mut around = Around::Nothing;
    let mut rest = template;
    while let Some(next) = rest.chars().next() {
        if let Some(place) = Place::at(rest) {
            let index = position(inputs, &place)?;
            used[index] = true;
            let (name, literal) = inputs[index];
            let value = text(name, literal, around)?;
            query.push_str(&escaped(name, value, around)?);
            rest = &rest[place.written.len()..];
            continue;
        }
        around = around.after(rest, &query);
        query.push(next);
        rest = &rest[next.len_utf8()..];
    }
    check_used(inputs, &used)?;
    Ok(query)
}

/// `{{ .inputs.name }}`
struct Place<'t> {
    written: &'t str,
    name: &'t str,
}

impl<'t> Place<'t> {
    /// Matches like flytekit's pattern, in which the dots match any character.
    fn at(text: &'t str) -> Option<Self> {
        let inner = text.strip_prefix("{{")?;
        let trimmed = inner.trim_start();
        let word = without_first(trimmed).and_then(without_inputs);
        // The first dot may match the space before it.
        let word = word.or_else(|| {
            let has_space = trimmed.len() < inner.len();
            has_space.then(|| without_inputs(trimmed))?
        })?;
        let named = without_first(word)?;
        let end = named.find(|it: char| !it.is_alphanumeric() && it != '_');
        let (name, after) = named.split_at(end.unwrap_or(named.len()));
        let after = after.trim_start().strip_prefix("}}")?;
        let written = &text[..text.len() - after.len()];
        (!name.is_empty()).then_some(Place { written, name })
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    chars.next()?;
    Some(chars.as_str())
}

fn without_inputs(text: &str) -> Option<&str> {
    const WORD: &str = "inputs";
    let word = text.get(..WORD.len())?;
    word.eq_ignore_ascii_case(WORD).then(|| &text[WORD.len()..])
}

fn position(inputs: &[Input<'_>], place: &Place<'_>) -> Result<usize> {
    let found = inputs.iter().position(|(name, _)| *name == place.name);
    found.ok_or_else(|| {
        let given = inputs.iter().map(|(name, _)| format!("`{name}`"));
        let given = given.collect::<Vec<_>>().join(", ");
        let given = if given.is_empty() { "none" } else { &given };
        Error::bad_input(format!(
            "the query has `{}`, but there is no input `{}`; the inputs are: {given}",
            place.written, place.name
        ))
    })
}

/// Checks that every input has a placeholder: an input without one was meant to change the result.
fn check_used(inputs: &[Input<'_>], used: &[bool]) -> Result<()> {
    let unused = inputs.iter().zip(used).filter(|(_, used)| !**used);
    let unused = unused.map(|((name, _), _)| format!("`{{{{.inputs.{name}}}}}`"));
    let unused = unused.collect::<Vec<_>>().join(", ");
    if unused.is_empty() {
        return Ok(());
    }
    Err(Error::user(format!(
        "the query does not use all inputs: it lacks {unused}"
    )))
}

impl Around {
    /// The context after the first character of `rest`, which follows `before`.
    fn after(self, rest: &str, before: &str) -> Self {
        let next = rest.chars().next();
        match self {
            Around::Nothing if rest.starts_with("--") => Around::LineComment,
            Around::Nothing if rest.starts_with("/*") => Around::BlockComment,
            Around::Nothing => match next {
                Some(quote @ ('\'' | '"' | '`')) => Around::Quotes(quote),
                Some('[') => Around::Quotes(']'),
                _ => self,
            },
            Around::Quotes(end) if next == Some(end) => Around::Nothing,
            Around::LineComment if next == Some('\n') => Around::Nothing,
            Around::BlockComment if next == Some('/') && before.ends_with('*') => Around::Nothing,
            _ => self,
        }
    }
}

/// A value as Python's `str()` writes it, except for values that are not valid SQL.
fn text(name: &str, literal: LiteralRef<'_>, around: Around) -> Result<String> {
    let bare = around == Around::Nothing;
    let unread =
        |error| Error::bad_input(format!("input `{name}` is not a literal")).with_source(error);
    Ok(match literal.content().map_err(unread)? {
        Content::None if bare => "NULL".to_owned(),
        Content::None => "None".to_owned(),
        Content::Integer(value) => value.to_string(),
        Content::Float(value) if bare && value.is_nan() => "NULL".to_owned(),
        // SQLite reads this as an infinity.
        Content::Float(value) if bare && value.is_infinite() => {
            if value > 0.0 { "9e999" } else { "-9e999" }.to_owned()
        }
        Content::Float(value) => format!("{value:?}"),
        Content::String(value) => value.to_owned(),
        Content::Boolean(true) => "True".to_owned(),
        Content::Boolean(false) => "False".to_owned(),
        Content::Datetime(time) => datetime(name, time)?,
        Content::Duration(length) => duration(length),
        Content::Union(union) => text(name, union.value(), around)?,
        other => {
            return Err(Error::user(format!(
                "input `{name}` is {other}, which a query cannot contain: use numbers, texts, booleans, \
                 date-times, durations, or an `Option` of these"
            )));
        }
    })
}

/// `2024-01-02 03:04:05.678901+00:00`
fn datetime(name: &str, time: SecondsNanos) -> Result<String> {
    let stamp = jiff::Timestamp::new(time.seconds, time.nanos);
    let stamp = stamp.map_err(|error| {
        Error::bad_input(format!("input `{name}` is not a point in time")).with_source(error)
    })?;
    let mut text = stamp.strftime("%Y-%m-%d %H:%M:%S").to_string();
    append_micros(&mut text, time.nanos.unsigned_abs());
    text.push_str("+00:00");
    Ok(text)
}

/// `-1 day, 23:59:58.500000`
fn duration(length: SecondsNanos) -> String {
    const DAY: i64 = 86_400;
    let micros = length.nanos / 1000;
    let (seconds, micros) = if micros < 0 {
        (length.seconds.saturating_sub(1), micros + 1_000_000)
    } else {
        (length.seconds, micros)
    };
    let (days, left) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let mut text = match days {
        0 => String::new(),
        -1 | 1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    let _ = write!(
        text,
        "{}:{:02}:{:02}",
        left / 3600,
        left / 60 % 60,
        left % 60
    );
    append_micros(&mut text, micros.unsigned_abs() * 1000);
    text
}

fn append_micros(text: &mut String, nanos: u32) {
    if nanos >= 1000 {
        let _ = write!(text, ".{:06}", nanos / 1000);
    }
}

/// The value, escaped so that it does not end its context.
fn escaped(name: &str, value: String, around: Around) -> Result<String> {
    let refused = |what| {
        Err(Error::user(format!(
            "input `{name}` holds {what}, which the query cannot contain at this place"
        )))
    };
    if value.contains('\0') {
        return refused("a character NUL");
    }
    Ok(match around {
        Around::Nothing => value,
        Around::Quotes(']') if value.contains(']') => return refused("a `]`"),
        Around::Quotes(end) => value.replace(end, &format!("{end}{end}")),
        Around::LineComment => value.replace('\n', " "),
        Around::BlockComment => value.replace("*/", "* /"),
    })
}

#[cfg(test)]
mod tests {
    use flytekit::types::{FlyteType, LiteralRef, LiteralWriter};

    use super::interpolate;

    fn encoded<T: FlyteType>(value: &T) -> Vec<u8> {
        LiteralWriter::to_bytes(|out| value.encode(out)).expect("a literal")
    }

    fn query<T: FlyteType>(template: &str, value: &T) -> String {
        let bytes = encoded(value);
        interpolate(template, &[("x", LiteralRef::new(&bytes))])
            .unwrap_or_else(|error| format!("error: {error}"))
    }

    #[test]
    fn places_are_those_of_flytekit() {
        for place in [
            "{{.inputs.x}}",
            "{{ .inputs.x }}",
            "{{.Inputs.x}}",
            "{{ inputs.x}}",
            "{{  .INPUTS.x  }}",
            "{{?inputs?x}}",
        ] {
            assert_eq!(query(place, &7_i64), "7", "{place}");
        }
        for other in [
            "{{.input.x}}",
            "{{.inputs.}}",
            "{{.inputs.x}",
            "{.inputs.x}",
        ] {
            let error = query(other, &7_i64);
            assert!(error.contains("it lacks `{{.inputs.x}}`"), "{error}");
        }
    }

    #[test]
    fn values_are_written_as_python_writes_them() {
        assert_eq!(query("{{.inputs.x}}", &2.0_f64), "2.0");
        assert_eq!(query("{{.inputs.x}}", &true), "True");
        assert_eq!(query("{{.inputs.x}}", &f64::NEG_INFINITY), "-9e999");
        assert_eq!(query("{{.inputs.x}}", &None::<i64>), "NULL");
        assert_eq!(query("{{.inputs.x}}", &Some(3_i64)), "3");
        assert_eq!(query("{{.inputs.x}}", &"tracks".to_owned()), "tracks");
        let length = std::time::Duration::from_millis(90_061_500);
        assert_eq!(query("'{{.inputs.x}}'", &length), "'1 day, 1:01:01.500000'");
        let time: flytekit::jiff::Timestamp =
            "2024-01-02T03:04:05.678901Z".parse().expect("a time");
        assert_eq!(
            query("'{{.inputs.x}}'", &time),
            "'2024-01-02 03:04:05.678901+00:00'"
        );
    }

    #[test]
    fn a_value_stays_inside_of_its_quotes() {
        let hostile = "a' or \"b\" -- `c` */ ]\n".to_owned();
        for (template, expected) in [
            ("'{{.inputs.x}}'", "'a'' or \"b\" -- `c` */ ]\n'"),
            (
                "\"it's {{.inputs.x}}\"",
                "\"it's a' or \"\"b\"\" -- `c` */ ]\n\"",
            ),
            (
                "'it''s {{.inputs.x}}'",
                "'it''s a'' or \"b\" -- `c` */ ]\n'",
            ),
            ("`{{.inputs.x}}`", "`a' or \"b\" -- ``c`` */ ]\n`"),
            ("-- {{.inputs.x}}\n", "-- a' or \"b\" -- `c` */ ] \n"),
            ("/* ' {{.inputs.x}}*/", "/* ' a' or \"b\" -- `c` * / ]\n*/"),
        ] {
            assert_eq!(query(template, &hostile), expected);
        }
        let error = query("[{{.inputs.x}}]", &hostile);
        assert!(error.contains("input `x` holds a `]`"), "{error}");
        let error = query("{{.inputs.x}}", &"a\0b".to_owned());
        assert!(error.contains("NUL"), "{error}");
    }

    #[test]
    fn a_place_in_a_value_is_text() {
        let value = "{{.inputs.x}}".to_owned();
        assert_eq!(query("'{{.inputs.x}}'", &value), "'{{.inputs.x}}'");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let error = query("{{.inputs.x}}, {{ .inputs.y }}", &1_i64);
        assert!(
            error.contains("has `{{ .inputs.y }}`, but there is no input `y`; the inputs are: `x`"),
            "{error}"
        );
        let error = query("{{.inputs.x}}", &vec![1_i64]);
        assert!(error.contains("input `x` is a list"), "{error}");
    }
}
