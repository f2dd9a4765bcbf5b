//! Parses SPDX licence expressions, as manifests use them.

use std::iter::Peekable;
use std::vec::IntoIter;

use anyhow::{Context as _, Result, bail};

/// A licence expression.
///
/// ```text
/// or   = and { ( "OR" | "/" ) and }       "/" is cargo's old spelling
/// and  = term { "AND" term }
/// term = "(" or ")" | id [ "WITH" exception ]
/// ```
pub(super) enum Expression {
    Licence(String),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

type Tokens = Peekable<IntoIter<String>>;

impl Expression {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut tokens = tokens(text);
        let expression = Self::any(&mut tokens)
            .with_context(|| format!("not a licence expression: {text:?}"))?;
        if let Some(surplus) = tokens.next() {
            bail!("not a licence expression: {text:?} goes on at {surplus:?}");
        }
        Ok(expression)
    }

    /// Whether accepting these licences suffices.
    pub(super) fn holds(&self, accepted: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Licence(id) => accepted(id),
            Self::All(parts) => parts.iter().all(|part| part.holds(accepted)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(accepted)),
        }
    }

    fn any(tokens: &mut Tokens) -> Result<Self> {
        let mut parts = vec![Self::all(tokens)?];
        while tokens
            .next_if(|token| token == "OR" || token == "/")
            .is_some()
        {
            parts.push(Self::all(tokens)?);
        }
        Ok(Self::Any(parts))
    }

    fn all(tokens: &mut Tokens) -> Result<Self> {
        let mut parts = vec![Self::term(tokens)?];
        while tokens.next_if(|token| token == "AND").is_some() {
            parts.push(Self::term(tokens)?);
        }
        Ok(Self::All(parts))
    }

    fn term(tokens: &mut Tokens) -> Result<Self> {
        let token = tokens.next().context("it ends early")?;
        match token.as_str() {
            "(" => {
                let inner = Self::any(tokens)?;
                tokens
                    .next_if_eq(")")
                    .context("a parenthesis is not closed")?;
                Ok(inner)
            }
            ")" | "/" | "AND" | "OR" | "WITH" => bail!("{token:?} where a licence is due"),
            _ => {
                // An exception only ever adds permissions.
                if tokens.next_if_eq("WITH").is_some() {
                    tokens.next().context("WITH lacks an exception")?;
                }
                Ok(Self::Licence(token))
            }
        }
    }
}

fn tokens(text: &str) -> Tokens {
    let mut spaced = text.to_owned();
    for punctuation in ["(", ")", "/"] {
        spaced = spaced.replace(punctuation, &format!(" {punctuation} "));
    }
    let tokens: Vec<_> = spaced.split_whitespace().map(str::to_owned).collect();
    tokens.into_iter().peekable()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, accepted: &[&str]) -> bool {
        let expression = Expression::parse(text).unwrap();
        expression.holds(&|id| accepted.contains(&id))
    }

    #[test]
    fn and_binds_closer_than_or() {
        assert!(holds("A OR B AND C", &["A"]));
        assert!(!holds("A OR B AND C", &["C"]));
        assert!(!holds("(A OR B) AND C", &["A"]));
        assert!(holds("(A OR B) AND C", &["B", "C"]));
    }

    #[test]
    fn the_old_spelling_is_a_choice() {
        assert!(holds("A/B", &["B"]));
        assert!(holds("A / B", &["A"]));
    }

    #[test]
    fn an_exception_changes_nothing() {
        let text = "Apache-2.0 WITH LLVM-exception OR MIT";
        assert!(holds(text, &["Apache-2.0"]));
        assert!(holds(text, &["MIT"]));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "A AND", "(A", "A)", "OR A", "A B", "A WITH"] {
            assert!(Expression::parse(text).is_err(), "{text:?}");
        }
    }
}
