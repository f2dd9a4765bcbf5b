//! Single values: a literal, which is checked here, or a const expression, which rustc evaluates.

use std::time::Duration;

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitInt, LitStr, Meta, Path};

use crate::syntax::error::at;

/// Text: `name = "etl.sum"`, `name = NAME`.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Literal(LitStr),
    Const(Expr),
}

impl Text {
    /// The text, if it is a literal.
    pub(crate) fn literal(&self) -> Option<String> {
        match self {
            Text::Literal(literal) => Some(literal.value()),
            Text::Const(_) => None,
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Text::Literal(literal) => literal.span(),
            Text::Const(expr) => expr.span(),
        }
    }

    /// A text, unless `expr` is a literal of another kind.
    pub(crate) fn from_value(expr: &Expr) -> Option<Self> {
        match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            }) => Some(Text::Literal(literal.clone())),
            Expr::Lit(_) => None,
            constant => Some(Text::Const(constant.clone())),
        }
    }
}

impl FromMeta for Text {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        value_of(item, Text::from_value, "a string", "\"…\"")
    }
}

/// An amount: `mem = "2Gi"`, `cpu = 2`, `mem = MEM`. A number becomes text that Kubernetes can parse.
#[derive(Clone, Debug)]
pub(crate) struct Amount(pub(crate) Text);

impl Amount {
    fn from_value(expr: &Expr) -> Option<Self> {
        let digits = match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Int(int), ..
            }) => int.base10_digits().to_owned(),
            Expr::Lit(ExprLit {
                lit: Lit::Float(float),
                ..
            }) => float.base10_digits().to_owned(),
            other => return Text::from_value(other).map(Amount),
        };
        Some(Amount(Text::Literal(LitStr::new(&digits, expr.span()))))
    }
}

impl FromMeta for Amount {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        value_of(item, Amount::from_value, "a quantity", "\"2\"")
    }
}

/// A request, or a request and a limit: `mem = "1Gi"`, `cpu = ("1", "2")`.
#[derive(Clone, Debug)]
pub(crate) struct AmountPair {
    pub(crate) request: Amount,
    pub(crate) limit: Option<Amount>,
}

impl AmountPair {
    fn from_value(expr: &Expr) -> Option<Self> {
        let Expr::Tuple(pair) = ungrouped(expr) else {
            return Some(AmountPair {
                request: Amount::from_value(expr)?,
                limit: None,
            });
        };
        let mut amounts = pair.elems.iter();
        let (Some(request), Some(limit), None) = (amounts.next(), amounts.next(), amounts.next())
        else {
            return None;
        };
        Some(AmountPair {
            request: Amount::from_value(request)?,
            limit: Some(Amount::from_value(limit)?),
        })
    }
}

impl FromMeta for AmountPair {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let expected = "a quantity, or a request and a limit";
        value_of(item, AmountPair::from_value, expected, "(\"1\", \"2\")")
    }
}

/// A whole number: `retries = 3`, `retries = RETRIES`.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Literal(LitInt),
    Const(Expr),
}

impl Number {
    /// Whether this is the literal zero.
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Number::Literal(int) if matches!(int.base10_parse(), Ok(0_u32)))
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Number::Literal(int) => int.span(),
            Number::Const(expr) => expr.span(),
        }
    }

    /// The span, if only const evaluation knows the value.
    pub(crate) fn constant(&self) -> Option<Span> {
        match self {
            Number::Literal(_) => None,
            Number::Const(expr) => Some(expr.span()),
        }
    }

    fn from_value(expr: &Expr) -> Option<Self> {
        match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Int(int), ..
            }) => int
                .base10_parse::<u32>()
                .is_ok()
                .then(|| Number::Literal(int.clone())),
            // `-1` is an operator before a literal.
            Expr::Lit(_) | Expr::Unary(_) => None,
            constant => Some(Number::Const(constant.clone())),
        }
    }
}

impl FromMeta for Number {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let expected = "a whole number from 0 to 4294967295";
        value_of(item, Number::from_value, expected, "3")
    }
}

/// A boolean: `interruptible`, `interruptible = false`, `interruptible = SPOT`.
#[derive(Clone, Debug)]
pub(crate) struct Flag(pub(crate) Expr);

impl Flag {
    fn from_value(expr: &Expr) -> Option<Self> {
        match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Bool(_), ..
            }) => Some(Flag(expr.clone())),
            Expr::Lit(_) => None,
            constant => Some(Flag(constant.clone())),
        }
    }
}

impl FromMeta for Flag {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::Path(path) => Ok(Flag(syn::parse_quote_spanned!(path.span()=> true))),
            Meta::List(_) | Meta::NameValue(_) => {
                value_of(item, Flag::from_value, "`true` or `false`", "true")
            }
        }
    }
}

/// A duration: `timeout = 90` in seconds, `timeout = "1h30m"`, `timeout = TIMEOUT`.
#[derive(Clone, Debug)]
pub(crate) enum TimeSpan {
    Seconds(LitInt),
    Literal(LitStr),
    Const(Expr),
}

impl TimeSpan {
    /// The duration, if it is a literal.
    pub(crate) fn literal(&self) -> Option<Duration> {
        match self {
            TimeSpan::Seconds(seconds) => seconds.base10_parse().ok().map(Duration::from_secs),
            TimeSpan::Literal(text) => {
                let length = flytekit_grammar::duration(&text.value()).ok();
                length.map(|(seconds, nanos)| Duration::new(seconds, nanos))
            }
            TimeSpan::Const(_) => None,
        }
    }

    fn from_value(expr: &Expr) -> Option<Self> {
        match ungrouped(expr) {
            Expr::Lit(ExprLit {
                lit: Lit::Int(int), ..
            }) => int
                .base10_parse::<u64>()
                .is_ok()
                .then(|| TimeSpan::Seconds(int.clone())),
            Expr::Lit(ExprLit {
                lit: Lit::Str(literal),
                ..
            }) => Some(TimeSpan::Literal(literal.clone())),
            Expr::Lit(_) | Expr::Unary(_) => None,
            constant => Some(TimeSpan::Const(constant.clone())),
        }
    }
}

impl FromMeta for TimeSpan {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let expected = "a number of seconds, a duration in quotes";
        value_of(item, TimeSpan::from_value, expected, "\"1h30m\"")
    }
}

/// A path to an item: `engine = my::Ray`, `crate = my::flytekit`.
#[derive(Clone, Debug)]
pub(crate) struct ItemPath(pub(crate) Path);

impl FromMeta for ItemPath {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let path = |expr: &Expr| match ungrouped(expr) {
            Expr::Path(path) if path.qself.is_none() => Some(ItemPath(path.path.clone())),
            _ => None,
        };
        if let Meta::NameValue(pair) = item
            && let Some(path) = path(&pair.value)
        {
            return Ok(path);
        }
        let name = name_of(item);
        Err(at(
            span_of(item),
            format!("`{name}` takes a path: `{name} = path::to::it`"),
        ))
    }
}

/// The path of the runtime, from `crate = path`.
pub(crate) fn runtime(krate: Option<&ItemPath>) -> Path {
    krate.map_or_else(|| syn::parse_quote!(::flytekit), |krate| krate.0.clone())
}

/// Any const expression: `config = RayConfig::new(4)`.
#[derive(Clone, Debug)]
pub(crate) struct ConstExpr(pub(crate) Expr);

impl FromMeta for ConstExpr {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::NameValue(pair) => Ok(ConstExpr(pair.value.clone())),
            Meta::Path(_) | Meta::List(_) => {
                let name = name_of(item);
                Err(at(
                    span_of(item),
                    format!("`{name}` takes a const expression: `{name} = …`"),
                ))
            }
        }
    }
}

/// The value of `name = value`, or the error that says what `name` takes instead:
///
/// ```text
/// #[task(retries = "3")]   `retries` takes a whole number …, such as `retries = 3`, or a const expression
/// ```
pub(crate) fn value_of<T>(
    item: &Meta,
    read: impl FnOnce(&Expr) -> Option<T>,
    expected: &str,
    example: &str,
) -> Result<T, Error> {
    if let Meta::NameValue(pair) = item
        && let Some(value) = read(&pair.value)
    {
        return Ok(value);
    }
    let name = name_of(item);
    let message =
        format!("`{name}` takes {expected}, such as `{name} = {example}`, or a const expression");
    Err(at(span_of(item), message))
}

pub(crate) fn name_of(item: &Meta) -> String {
    item.path().to_token_stream().to_string()
}

/// The span of the wrong part of an item: its value, if it has one.
pub(crate) fn span_of(item: &Meta) -> Span {
    match item {
        Meta::NameValue(pair) => pair.value.span(),
        Meta::Path(_) | Meta::List(_) => item.path().span(),
    }
}

/// The expression inside the invisible delimiters that a `macro_rules!` fragment has.
pub(crate) fn ungrouped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        expr => expr,
    }
}

/// The identifier, if the expression is one.
pub(crate) fn word(expr: &Expr) -> Option<Ident> {
    match ungrouped(expr) {
        Expr::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    }
}
