//! Checks literals against the grammar.
//!
//! Const expressions are accepted: the constructors of the runtime check them while rustc evaluates them.

use std::collections::HashSet;
use std::fmt::Display;

use proc_macro2::Span;
use syn::LitStr;

use crate::syntax::error::{Sink, Warning, at, list, unknown};
use crate::syntax::json::Member;
use crate::syntax::lists::{Pair, Pairs};
use crate::syntax::parameter::Input;
use crate::syntax::value::Text;

/// A rule of the grammar: whether text is well formed, or what is wrong with it.
pub(crate) type Rule = fn(&str) -> Result<(), &'static str>;

/// The destinations of mistakes and warnings.
pub(crate) struct Check<'a> {
    pub(crate) sink: &'a mut Sink,
    pub(crate) warnings: Vec<Warning>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(sink: &'a mut Sink) -> Self {
        Check {
            sink,
            warnings: Vec::new(),
        }
    }
}

impl Check<'_> {
    pub(crate) fn refuse(&mut self, span: Span, reason: impl Display) {
        self.sink.push(at(span, reason));
    }

    pub(crate) fn warn(&mut self, span: Span, message: impl Into<String>) {
        let message = message.into();
        self.warnings.push(Warning { span, message });
    }

    pub(crate) fn text(&mut self, text: &Text, rule: Rule) {
        if let Some(value) = text.literal()
            && let Err(problem) = rule(&value)
        {
            self.refuse(text.span(), sentence(&value, problem));
        }
    }

    pub(crate) fn optional(&mut self, text: Option<&Text>, rule: Rule) {
        if let Some(text) = text {
            self.text(text, rule);
        }
    }

    pub(crate) fn non_empty(&mut self, text: Option<&Text>, otherwise: &str) {
        if let Some(text) = text
            && text.literal().is_some_and(|value| value.trim().is_empty())
        {
            self.refuse(text.span(), format!("this is empty: {otherwise}"));
        }
    }

    /// ```text
    /// env("MY VAR" = "1")          `MY VAR` is not …
    /// env("A" = "1", "A" = "2")    `A` is given twice
    /// ```
    pub(crate) fn keys(&mut self, pairs: &Pairs, rule: Rule) {
        let mut seen = HashSet::new();
        for Pair { key, .. } in pairs.entries() {
            self.text(key, rule);
            self.once(key, &mut seen);
        }
    }

    pub(crate) fn word(&mut self, text: Option<&Text>, what: &str, words: &[&str]) {
        if let Some(text) = text
            && let Some(word) = text.literal()
            && !words.contains(&word.as_str())
        {
            let expected = list(words);
            self.refuse(
                text.span(),
                sentence(
                    &word,
                    &format!("is not a known {what}: expected one of {expected}"),
                ),
            );
        }
    }

    /// Checks that the function has an input of this name; `none` is the message if it has no inputs.
    ///
    /// ```text
    /// cache(version = "1", ignore_inputs("c"))   unknown input `c`, expected one of `a`, `b`
    /// ```
    pub(crate) fn input(
        &mut self,
        name: &str,
        span: Span,
        inputs: &[Input],
        none: impl Display,
    ) -> bool {
        let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        let is_known = names.contains(&name);
        if names.is_empty() {
            self.refuse(span, none);
        } else if !is_known {
            self.sink.push(unknown("input", name, span, &names));
        }
        is_known
    }

    /// Checks that a text occurs only once among those of `seen`.
    pub(crate) fn once(&mut self, text: &Text, seen: &mut HashSet<String>) {
        if let Some(name) = text.literal() {
            self.name_once(name, text.span(), seen);
        }
    }

    /// Checks that a key of an object occurs only once among those of `seen`.
    pub(crate) fn key_once(&mut self, key: &LitStr, seen: &mut HashSet<String>) {
        self.name_once(key.value(), key.span(), seen);
    }

    /// Checks that each key of an object, and of those in it, occurs only once.
    ///
    /// ```text
    /// custom = { "a": [{ "b": 1, "b": 2 }] }   `b` is given twice
    /// ```
    pub(crate) fn keys_once(&mut self, members: &[Member]) {
        let mut seen = HashSet::new();
        for Member { key, value } in members {
            self.key_once(key, &mut seen);
            value.objects(&mut |members| self.keys_once(members));
        }
    }

    fn name_once(&mut self, name: String, place: Span, seen: &mut HashSet<String>) {
        if seen.contains(&name) {
            self.refuse(place, format!("`{name}` is given twice"));
        } else {
            seen.insert(name);
        }
    }
}

/// The sentence that begins with the value and ends with the problem.
pub(crate) fn sentence(value: &str, problem: &str) -> String {
    if value.is_empty() {
        format!("this {problem}")
    } else {
        format!("`{value}` {problem}")
    }
}

pub(crate) fn well_formed(yes: bool, problem: &'static str) -> Result<(), &'static str> {
    if yes { Ok(()) } else { Err(problem) }
}
