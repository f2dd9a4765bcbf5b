//! A Spark application: its language, and its arguments.

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, Token};

use crate::syntax::error::{at, list, unknown};
use crate::syntax::lists::Readable;
use crate::syntax::value::{name_of, span_of, ungrouped};
use crate::task::words::word;

/// What an application is written in: `Scala`, `Java`, `Python` or `R`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Scala,
    Java,
    Python,
    R,
}

const LANGUAGES: &[&str] = &["Scala", "Java", "Python", "R"];

impl FromMeta for Language {
    /// ```text
    /// application_type = scala     unknown application type `scala`, expected one of …
    /// application_type = "Scala"   `application_type` is one of `Scala`, …, without quotes
    /// ```
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let name = match item {
            Meta::NameValue(pair) => word(ungrouped(&pair.value)),
            Meta::Path(_) | Meta::List(_) => None,
        };
        let Some(name) = name else {
            let languages = list(LANGUAGES);
            let reason = format!("`{}` is one of {languages}, without quotes", name_of(item));
            return Err(at(span_of(item), reason));
        };
        match name.to_string().as_str() {
            "Scala" => Ok(Language::Scala),
            "Java" => Ok(Language::Java),
            "Python" => Ok(Language::Python),
            "R" => Ok(Language::R),
            other => Err(unknown("application type", other, name.span(), LANGUAGES)),
        }
    }
}

/// An argument: text, which is handed on as it is, or an input by its name.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Text(LitStr),
    Input { name: String, span: Span },
}

impl Argument {
    fn read(expr: &Expr) -> Result<Self, Error> {
        match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(Argument::Text(text.clone())),
            Expr::Lit(other) => {
                let written = other.to_token_stream();
                let reason = format!("an argument is text or an input: write `\"{written}\"`");
                Err(at(expr.span(), reason))
            }
            other => match word(other) {
                Some(name) => Ok(Argument::input(&name)),
                None => Err(at(
                    expr.span(),
                    "an argument is text in quotes, or the name of an input",
                )),
            },
        }
    }

    fn input(name: &Ident) -> Self {
        Argument::Input {
            name: name.unraw().to_string(),
            span: name.span(),
        }
    }
}

/// `args("--partitions", partitions)`
impl FromMeta for Readable<Vec<Argument>> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let Meta::List(list) = item else {
            let name = name_of(item);
            let reason =
                format!("`{name}` takes text and inputs, such as `{name}(\"--rows\", rows)`");
            return Err(at(span_of(item), reason));
        };
        let raw = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.tokens.clone())?;
        Ok(Readable::each(&raw, Argument::read, |arguments| arguments))
    }
}
