//! Messages about mistakes, and the sink that collects mistakes: darling's accumulator, which panics when it
//! is dropped unread.

use std::fmt::Display;

use darling::Error;
use darling::error::Accumulator;
use proc_macro2::Span;

use super::other_names::meant;

/// All mistakes of one attribute and its function.
pub(crate) type Sink = Accumulator;

/// The required similarity of two names for a suggestion, from 0 to 1.
const ALIKE: f64 = 0.8;

/// Valid code that is probably a mistake.
#[derive(Debug)]
pub(crate) struct Warning {
    pub(crate) span: Span,
    pub(crate) message: String,
}

/// A mistake at a position in the source.
pub(crate) fn at(span: Span, message: impl Display) -> Error {
    Error::custom(message).with_span(&span)
}

/// The error for a name that is not one of `choices`:
///
/// ```text
/// unknown option `wokers`, expected one of `scheduler`, `workers`; did you mean `workers`?
/// ```
pub(crate) fn unknown(what: &str, name: &str, span: Span, choices: &[&str]) -> Error {
    let expected = list(choices);
    let meant = meant(name, choices).or_else(|| nearest(name, choices));
    let hint = meant.map(|meant| format!("; did you mean `{meant}`?"));
    let hint = hint.unwrap_or_default();
    let message = format!("unknown {what} `{name}`, expected one of {expected}{hint}");
    at(span, message)
}

/// `` `a`, `b`, `c` ``
pub(crate) fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The choice that is most similar to a name, if there is one.
pub(crate) fn nearest<'a>(name: &str, choices: &[&'a str]) -> Option<&'a str> {
    let likeness = |choice: &&str| strsim::jaro_winkler(name, choice);
    let best = choices
        .iter()
        .copied()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) >= ALIKE).then_some(best)
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::unknown;

    #[test]
    fn the_nearest_name_is_offered_when_one_is_near() {
        let message = |name| {
            unknown("option", name, Span::call_site(), &["scheduler", "workers"]).to_string()
        };
        assert_eq!(
            message("wokers"),
            "unknown option `wokers`, expected one of `scheduler`, `workers`; did you mean `workers`?"
        );
        assert_eq!(
            message("x"),
            "unknown option `x`, expected one of `scheduler`, `workers`"
        );
    }
}
