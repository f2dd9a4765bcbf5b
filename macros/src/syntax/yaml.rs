//! YAML in an attribute, in the style of Kubernetes' manifests: `spec = yaml("nodeSelector: …")`.
//!
//! Kubernetes parses YAML 1.1; the parser here knows 1.2. Text that the two interpret differently is refused,
//! so that a manifest has the same meaning here and there.

use darling::Error;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};
use syn::LitStr;

use crate::syntax::error::at;
use crate::syntax::json::{Json, Member, fraction, whole};

/// Parses one document.
///
/// # Errors
///
/// At the literal, with line and column in the message.
pub(crate) fn read(source: &LitStr) -> Result<Json, Error> {
    let text = source.value();
    let mut reader = Reader {
        events: Parser::new_from_str(&text),
        source,
    };
    let (event, place) = reader.next()?;
    let document = reader.value(event, place)?;
    match reader.next() {
        Ok((Event::StreamEnd, _)) => Ok(document),
        Ok((_, place)) => Err(reader.mistake(place.start, "a second document begins here")),
        Err(mistake) => Err(mistake),
    }
}

struct Reader<'a, E> {
    events: E,
    source: &'a LitStr,
}

impl<'t, E: Iterator<Item = Result<(Event<'t>, Span), ScanError>>> Reader<'_, E> {
    /// The next event with a meaning.
    fn next(&mut self) -> Result<(Event<'t>, Span), Error> {
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
                Some(Err(error)) => return Err(self.mistake(*error.marker(), error.info())),
                None => return Ok((Event::StreamEnd, Span::empty(Marker::default()))),
            }
        }
    }

    fn value(&mut self, event: Event<'t>, place: Span) -> Result<Json, Error> {
        let refuse = |reason| Err(self.mistake(place.start, reason));
        match event {
            Event::Scalar(.., 1.., _)
            | Event::SequenceStart(1.., _)
            | Event::MappingStart(1.., _)
            | Event::Alias(_) => {
                refuse("anchors and aliases are not supported: write the value out")
            }
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => refuse("tags are not supported"),
            Event::Scalar(text, ScalarStyle::Plain, ..) => self.plain(&text, place),
            Event::Scalar(text, ..) => Ok(Json::Text(self.text(&text))),
            Event::SequenceStart(..) => self.items().map(Json::Array),
            Event::MappingStart(..) => self.members().map(Json::Object),
            _ => refuse("a value is expected here"),
        }
    }

    fn items(&mut self) -> Result<Vec<Json>, Error> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, place) => items.push(self.value(event, place)?),
            }
        }
    }

    fn members(&mut self) -> Result<Vec<Member>, Error> {
        let mut members: Vec<Member> = Vec::new();
        loop {
            let (key, place) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(members),
                (Event::Scalar(key, _, 0, None), place) => (key, place),
                (_, place) => return Err(self.mistake(place.start, "a key is text")),
            };
            if members.iter().any(|member| member.key.value() == key) {
                let reason = format!("`{key}` is given twice");
                return Err(self.mistake(place.start, &reason));
            }
            let (event, place) = self.next()?;
            members.push(Member {
                key: self.text(&key),
                value: self.value(event, place)?,
            });
        }
    }

    /// ```text
    /// a: yes    `yes` is a truth value to Kubernetes and text elsewhere: …
    /// a: 0644   `0644` is another number to Kubernetes: …
    /// ```
    fn plain(&self, text: &str, place: Span) -> Result<Json, Error> {
        let span = self.source.span();
        let digits = text.trim_start_matches(['+', '-']);
        let negative = text.starts_with('-');
        let is_number = text.len() - digits.len() < 2
            && digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
            && digits.parse::<f64>().is_ok();
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Ok(Json::Null),
            "true" | "True" | "TRUE" => Ok(Json::Bool(true)),
            "false" | "False" | "FALSE" => Ok(Json::Bool(false)),
            _ if is_truth_of_yaml_1_1(text) => {
                let reason = format!(
                    "`{text}` is a truth value to Kubernetes and text elsewhere: write `true` or `false`, or put it in quotes"
                );
                Err(self.mistake(place.start, &reason))
            }
            _ if is_other_number(digits) => {
                let reason = format!(
                    "`{text}` is another number to Kubernetes: write it in plain decimal, or put it in quotes"
                );
                Err(self.mistake(place.start, &reason))
            }
            _ if is_number && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Json::Number(whole(digits, span)?, negative))
            }
            _ if is_number => Ok(Json::Number(fraction(digits, span)?, negative)),
            _ => Ok(Json::Text(self.text(text))),
        }
    }

    fn text(&self, text: &str) -> LitStr {
        LitStr::new(text, self.source.span())
    }

    fn mistake(&self, place: Marker, reason: &str) -> Error {
        let (line, column) = (place.line(), place.col() + 1);
        let message = format!("line {line}, column {column} of the YAML: {reason}");
        at(self.source.span(), message)
    }
}

fn is_truth_of_yaml_1_1(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// Matches `0644`, `0o644`, `0x1f`, `0b1`, `1_000`; but not `0` and `0.5`.
fn is_other_number(digits: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    if digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.contains('_')
        && digits.bytes().all(is_digit)
    {
        return true;
    }
    let mut rest = digits.chars();
    rest.next() == Some('0')
        && match rest.next() {
            Some('x' | 'o' | 'b') => rest.all(|digit| digit.is_ascii_hexdigit()),
            Some('0'..='9') => rest.all(|digit| digit.is_ascii_digit()),
            _ => false,
        }
}
