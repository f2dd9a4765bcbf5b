//! Parses the options of a run: groups, with values of the right kind, or JSON or YAML. All become JSON.

use std::collections::HashSet;

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::{Literal, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Meta};

use super::api::{self, Kind, RUN};
use crate::syntax::error::{Sink, at, list, unknown};
use crate::syntax::group::{Options, path_of};
use crate::syntax::items;
use crate::syntax::json::{Json, JsonObject, Member, fraction, whole};
use crate::syntax::lists::{Pairs, Readable, Texts};
use crate::syntax::value::{Flag, Number, Text, name_of, span_of, ungrouped, word};

/// `run_name = "…", new_cluster(spark_version = "…", …), libraries(…)`
#[derive(Debug, Default)]
pub(crate) struct RunOptions {
    pub(super) members: Vec<Member>,
    /// The names of options that could not be parsed.
    refused: Vec<String>,
}

impl RunOptions {
    /// Whether the option was given, even with a mistake.
    pub(super) fn was_given(&self, name: &str) -> bool {
        let mut members = self.members.iter();
        members.any(|member| member.key.value() == name)
            || self.refused.iter().any(|refused| refused == name)
    }
}

impl Options for RunOptions {
    fn names() -> Vec<&'static str> {
        api::names(RUN)
    }

    fn set(&mut self, name: &str, item: &NestedMeta) -> Result<(), Error> {
        let Some(kind) = api::kind(RUN, name) else {
            return Ok(());
        };
        match read(kind, name, item) {
            Ok(value) => self.members.push(member(name, item, value)),
            Err(mistake) => {
                self.refused.push(name.to_owned());
                return Err(mistake);
            }
        }
        Ok(())
    }
}

fn member(name: &str, item: &NestedMeta, value: Json) -> Member {
    let place = path_of(item).map_or_else(|| item.span(), Spanned::span);
    Member {
        key: LitStr::new(name, place),
        value,
    }
}

fn read(kind: Kind, name: &str, item: &NestedMeta) -> Result<Json, Error> {
    match kind {
        Kind::Text => Text::from_nested_meta(item).map(text),
        Kind::Count => Number::from_nested_meta(item).and_then(count),
        Kind::Number => number(name, item),
        Kind::Flag => Flag::from_nested_meta(item).map(flag),
        Kind::Texts => Texts::from_nested_meta(item).and_then(|it| texts(name, it)),
        Kind::Strings => Readable::<Pairs>::from_nested_meta(item).and_then(strings),
        Kind::Word(words) => word_of(name, item, &Kind::words(words)).map(Json::Text),
        Kind::Object(of) => object(of, name, item),
        Kind::Objects(of) => objects(name, item, |one| {
            let its_name = api::one_of(name);
            match path_of(one) {
                Some(path) if path.is_ident(&its_name) => object(of, &its_name, one),
                path => {
                    let place = path.map_or_else(|| one.span(), Spanned::span);
                    Err(at(place, format!("expected `{its_name}(…)`")))
                }
            }
        }),
        Kind::Choices(of) => objects(name, item, |one| {
            members(of, std::slice::from_ref(one)).map(Json::Object)
        }),
        Kind::Anything => Err(at(
            item.span(),
            format!("write `{name}` in `databricks_conf = {{ \"{name}\": … }}`"),
        )),
    }
}

fn text(text: Text) -> Json {
    match text {
        Text::Literal(literal) => Json::Text(literal),
        Text::Const(expr) => Json::Checked(expr, "databricks_text"),
    }
}

fn count(number: Number) -> Result<Json, Error> {
    Ok(match number {
        Number::Literal(int) => Json::Number(whole(int.base10_digits(), int.span())?, false),
        Number::Const(expr) => Json::Checked(expr, "count"),
    })
}

fn flag(Flag(expr): Flag) -> Json {
    match ungrouped(&expr) {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(truth),
            ..
        }) => Json::Bool(truth.value),
        _ => Json::Checked(expr, "flag"),
    }
}

/// ```text
/// spot_bid_max_price = "1"   `spot_bid_max_price` takes a number, …
/// ```
fn number(name: &str, item: &NestedMeta) -> Result<Json, Error> {
    let refuse = |place| {
        let reason =
            format!("`{name}` takes a number, such as `{name} = 0.5`, or a const expression");
        Err(at(place, reason))
    };
    let NestedMeta::Meta(Meta::NameValue(pair)) = item else {
        return refuse(item.span());
    };
    let (expr, negative) = match ungrouped(&pair.value) {
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => {
            (ungrouped(&unary.expr), true)
        }
        expr => (expr, false),
    };
    let literal = |digits: &str, place| -> Result<Literal, Error> { Ok(fraction(digits, place)?) };
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        }) => Ok(Json::Number(
            literal(int.base10_digits(), int.span())?,
            negative,
        )),
        Expr::Lit(ExprLit {
            lit: Lit::Float(float),
            ..
        }) => Ok(Json::Number(
            literal(float.base10_digits(), float.span())?,
            negative,
        )),
        Expr::Lit(_) => refuse(pair.value.span()),
        _ => Ok(Json::Checked(pair.value.clone(), "number")),
    }
}

fn texts(name: &str, given: Texts) -> Result<Json, Error> {
    match given {
        Texts::Entries(entries) => Ok(Json::Array(entries.into_iter().map(text).collect())),
        Texts::Const(expr) => Err(at(
            expr.span(),
            format!(
                "`{name}` lists its strings, each of which may be a constant: `{name}(\"a\", B)`"
            ),
        )),
    }
}

/// ```text
/// tags(KEY = "a")   a key is text in quotes
/// ```
fn strings(given: Readable<Pairs>) -> Result<Json, Error> {
    let mut sink = Sink::default();
    let pairs = given.open(&mut sink);
    sink.finish()?;
    let entries = match pairs {
        Pairs::Const(expr) => return Ok(Json::Const(expr)),
        Pairs::Entries(entries) => entries,
    };
    let each = entries.into_iter().map(|pair| match pair.key {
        Text::Literal(key) => Ok(Member {
            key,
            value: match pair.value {
                Text::Literal(literal) => Json::Text(literal),
                Text::Const(expr) => Json::Checked(expr, "databricks_value"),
            },
        }),
        Text::Const(key) => Err(at(key.span(), "a key is text in quotes here")),
    });
    each.collect::<Result<_, _>>().map(Json::Object)
}

/// ```text
/// runtime_engine = "PHOTON"   `runtime_engine` is one of `NULL`, …, without quotes
/// runtime_engine = PHOTN      unknown `runtime_engine` `PHOTN`, expected one of …
/// ```
pub(super) fn word_of(
    name: &str,
    item: &NestedMeta,
    words: &[&'static str],
) -> Result<LitStr, Error> {
    let NestedMeta::Meta(meta) = item else {
        return Err(at(item.span(), not_a_word(name, words)));
    };
    let written = match meta {
        Meta::NameValue(pair) => word(ungrouped(&pair.value)),
        Meta::Path(_) | Meta::List(_) => None,
    };
    let Some(written) = written else {
        return Err(at(span_of(meta), not_a_word(name, words)));
    };
    let text = written.to_string();
    if words.contains(&text.as_str()) {
        return Ok(LitStr::new(&text, written.span()));
    }
    let what = format!("`{name}`");
    Err(unknown(&what, &text, written.span(), words))
}

fn not_a_word(name: &str, words: &[&str]) -> String {
    format!("`{name}` is one of {}, without quotes", list(words))
}

/// ```text
/// new_cluster        `new_cluster` is written `new_cluster(…)`, with …, or as JSON
/// new_cluster = 3    the same
/// ```
fn object(of: &'static str, name: &str, item: &NestedMeta) -> Result<Json, Error> {
    match item {
        NestedMeta::Meta(Meta::List(meta)) => {
            let items = items::parse(meta.tokens.clone())?;
            members(of, &items).map(Json::Object)
        }
        NestedMeta::Meta(meta @ Meta::NameValue(pair))
            if matches!(ungrouped(&pair.value), Expr::Lit(_)) =>
        {
            Err(at(span_of(meta), not_an_object(of, name)))
        }
        NestedMeta::Meta(Meta::NameValue(_)) | NestedMeta::NameValueInvalidExpr(_) => {
            Ok(match JsonObject::from_nested_meta(item)? {
                JsonObject::Members(members) => Json::Object(members),
                JsonObject::Const(expr) => Json::Const(expr),
            })
        }
        NestedMeta::Meta(Meta::Path(_)) | NestedMeta::Lit(_) => {
            Err(at(item.span(), not_an_object(of, name)))
        }
    }
}

fn not_an_object(of: &str, name: &str) -> String {
    format!(
        "`{name}` is written `{name}(…)`, with {}, or as JSON, `{name} = {{ … }}`",
        list(&api::names(of))
    )
}

/// Parses the content of an object's parentheses.
fn members(of: &'static str, items: &[NestedMeta]) -> Result<Vec<Member>, Error> {
    let (mut sink, mut seen, mut members) = (Sink::default(), HashSet::new(), Vec::new());
    for item in items {
        let read = || {
            let names = api::names(of);
            let Some(path) = path_of(item) else {
                let reason = format!("expected an option, one of {}", list(&names));
                return Err(at(item.span(), reason));
            };
            let name = path.to_token_stream().to_string();
            let Some(kind) = api::kind(of, &name) else {
                return Err(unknown("option", &name, path.span(), &names));
            };
            let value = read(kind, &name, item)?;
            Ok((name, path.span(), value))
        };
        if let Some((name, place, value)) = sink.handle(read()) {
            if !seen.insert(name.clone()) {
                sink.push(at(place, format!("option `{name}` is given twice")));
            }
            members.push(member(&name, item, value));
        }
    }
    sink.finish_with(members)
}

/// ```text
/// libraries = "x"   `libraries` is written `libraries(…)`
/// ```
fn objects(
    name: &str,
    item: &NestedMeta,
    one: impl Fn(&NestedMeta) -> Result<Json, Error>,
) -> Result<Json, Error> {
    let NestedMeta::Meta(Meta::List(meta)) = item else {
        let place = match item {
            NestedMeta::Meta(meta) => span_of(meta),
            _ => item.span(),
        };
        return Err(at(place, not_a_list(name, item)));
    };
    let mut sink = Sink::default();
    let items = items::parse(meta.tokens.clone())?;
    let each = items.iter().filter_map(|item| sink.handle(one(item)));
    let each = each.collect();
    sink.finish_with(Json::Array(each))
}

fn not_a_list(name: &str, item: &NestedMeta) -> String {
    let name = match item {
        NestedMeta::Meta(meta) => name_of(meta),
        _ => name.to_owned(),
    };
    format!(
        "`{name}` is a list, written `{name}(…)`, or as JSON within `databricks_conf = {{ … }}`"
    )
}

/// The span of a value, or of its key if the value has no span of its own.
pub(super) fn place_of(member: &Member) -> Span {
    match &member.value {
        Json::Number(..) | Json::Text(_) | Json::Const(_) | Json::Checked(..) => {
            member.value.place()
        }
        _ => member.key.span(),
    }
}
