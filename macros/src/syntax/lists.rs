//! Lists without option names: maps and lists of strings.

use std::collections::BTreeMap;

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::Span;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, Lit, Meta, Token};

use crate::syntax::error::{Sink, at};
use crate::syntax::value::{Text, name_of, span_of, ungrouped};

/// A list, parsed as far as possible, so that a wrong item does not hide mistakes in others.
#[derive(Debug)]
pub(crate) struct Readable<T> {
    list: T,
    mistakes: Vec<Error>,
}

impl<T> Readable<T> {
    pub(crate) fn whole(list: T) -> Self {
        Readable {
            list,
            mistakes: Vec::new(),
        }
    }

    /// Parses each of the items.
    pub(crate) fn each<I, E>(
        items: impl IntoIterator<Item = I>,
        read: impl Fn(I) -> Result<E, Error>,
        list: impl FnOnce(Vec<E>) -> T,
    ) -> Self {
        let mut mistakes = Vec::new();
        let read = items
            .into_iter()
            .filter_map(|item| read(item).map_err(|mistake| mistakes.push(mistake)).ok())
            .collect();
        Readable {
            list: list(read),
            mistakes,
        }
    }

    /// The items that could be parsed; the mistakes go to the sink.
    pub(crate) fn open(self, sink: &mut Sink) -> T {
        sink.extend(self.mistakes);
        self.list
    }
}

/// A map: `env("K" = "V", KEY = VALUE)`, `env = ENV`.
#[derive(Clone, Debug)]
pub(crate) enum Pairs {
    Entries(Vec<Pair>),
    Const(Expr),
}

/// `"K" = "V"`
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) key: Text,
    pub(crate) value: Text,
}

impl Pairs {
    /// The given map, or an empty one.
    pub(crate) fn resolve(given: Option<Readable<Self>>, sink: &mut Sink) -> Self {
        given.map_or_else(|| Pairs::Entries(Vec::new()), |given| given.open(sink))
    }

    /// Whether the map is empty.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Pairs::Entries(entries) if entries.is_empty())
    }

    /// The entries that are written out.
    pub(crate) fn entries(&self) -> &[Pair] {
        match self {
            Pairs::Entries(entries) => entries,
            Pairs::Const(_) => &[],
        }
    }

    /// This map, sorted by key as far as the keys are known, so that const evaluation need not sort it.
    pub(crate) fn sorted(&self) -> Self {
        let known = |pair: &Pair| Some((pair.key.literal()?, pair.clone()));
        match self
            .entries()
            .iter()
            .map(known)
            .collect::<Option<BTreeMap<_, _>>>()
        {
            Some(by_key) if !by_key.is_empty() => Pairs::Entries(by_key.into_values().collect()),
            _ => self.clone(),
        }
    }

    /// The span of a part that only const evaluation can check.
    pub(crate) fn constant(&self) -> Option<Span> {
        match self {
            Pairs::Entries(entries) => {
                let mut texts = entries.iter().flat_map(|pair| [&pair.key, &pair.value]);
                let constant = texts.find(|text| text.literal().is_none());
                constant.map(Text::span)
            }
            Pairs::Const(expr) => Some(expr.span()),
        }
    }
}

impl FromMeta for Readable<Pairs> {
    /// ```text
    /// conf = { "spark.executor.memory": "4g" }   `conf` takes pairs, …
    /// ```
    fn from_nested_meta(item: &NestedMeta) -> Result<Self, Error> {
        match item {
            NestedMeta::Meta(meta) => Self::from_meta(meta),
            NestedMeta::NameValueInvalidExpr(pair) => {
                let name = pair.path.to_token_stream().to_string();
                Err(no_pairs(&name, pair.value.span()))
            }
            NestedMeta::Lit(literal) => Self::from_value(literal),
        }
    }

    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::List(list) => {
                let raw = Punctuated::<RawPair, Token![,]>::parse_terminated
                    .parse2(list.tokens.clone())?;
                Ok(Readable::each(&raw, RawPair::read, Pairs::Entries))
            }
            Meta::NameValue(pair) if !matches!(ungrouped(&pair.value), Expr::Lit(_)) => {
                Ok(Readable::whole(Pairs::Const(pair.value.clone())))
            }
            Meta::NameValue(_) | Meta::Path(_) => Err(no_pairs(&name_of(item), span_of(item))),
        }
    }
}

fn no_pairs(name: &str, place: Span) -> Error {
    let message = format!("`{name}` takes pairs, such as `{name}(\"key\" = \"value\")`");
    at(place, message)
}

/// A pair whose parts may have the wrong kind.
struct RawPair {
    key: Expr,
    value: Expr,
}

impl Parse for RawPair {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = if input.peek(Lit) {
            input.parse::<syn::ExprLit>().map(Expr::Lit)?
        } else {
            input.parse::<ExprPath>().map(Expr::Path)?
        };
        if !input.peek(Token![=]) {
            return Err(input.error(
                "expected `\"key\" = \"value\"`, with the key in quotes or the path of a constant",
            ));
        }
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(
                equals.span,
                "expected `\"key\" = \"value\"`: the value is missing",
            ));
        }
        Ok(RawPair {
            key,
            value: input.parse()?,
        })
    }
}

impl RawPair {
    /// ```text
    /// env("N" = 3)   a value is a string: write `"3"`
    /// ```
    fn read(&self) -> Result<Pair, Error> {
        let text = |part: &str, expr: &Expr| {
            Text::from_value(expr).ok_or_else(|| {
                let written = expr.to_token_stream();
                at(
                    expr.span(),
                    format!("a {part} is a string: write `\"{written}\"`"),
                )
            })
        };
        Ok(Pair {
            key: text("key", &self.key)?,
            value: text("value", &self.value)?,
        })
    }
}

/// Several strings: `ignore_inputs("a", "b")`, `ignore_inputs = NAMES`.
#[derive(Clone, Debug)]
pub(crate) enum Texts {
    Entries(Vec<Text>),
    Const(Expr),
}

impl FromMeta for Texts {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let name = name_of(item);
        let mistake = |span: Span| {
            at(
                span,
                format!("`{name}` takes strings, such as `{name}(\"a\", \"b\")`"),
            )
        };
        match item {
            Meta::List(list) => {
                let raw =
                    Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.tokens.clone())?;
                let text = |expr: &Expr| Text::from_value(expr).ok_or_else(|| mistake(expr.span()));
                raw.iter()
                    .map(text)
                    .collect::<Result<_, _>>()
                    .map(Texts::Entries)
            }
            Meta::NameValue(pair) if !matches!(ungrouped(&pair.value), Expr::Lit(_)) => {
                Ok(Texts::Const(pair.value.clone()))
            }
            Meta::NameValue(_) | Meta::Path(_) => Err(mistake(span_of(item))),
        }
    }
}
