//! The fields of types, as a text that is part of this crate lists them.
//!
//! ```text
//! Volume:
//!   name hostPath=HostPathVolumeSource
//! ```

/// A field's name, and its type if the text has one.
pub(crate) type Field = (&'static str, Option<&'static str>);

/// The fields of a type that the text has.
pub(crate) fn fields(types: &'static str, of: &str) -> Option<Vec<Field>> {
    let mut lines = types.lines();
    lines.find(|line| line.strip_suffix(':') == Some(of))?;
    let words = lines
        .take_while(|line| line.starts_with(' '))
        .flat_map(str::split_whitespace);
    let field = |word: &'static str| match word.split_once('=') {
        Some((name, inner)) => (name, Some(inner)),
        None => (word, None),
    };
    Some(words.map(field).collect())
}
