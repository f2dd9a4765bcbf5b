//! JSON in an attribute: `spec = { "nodeSelector": { "disk": "ssd" }, "priority": PRIORITY }`.

use darling::ast::MetaNameValueInvalidExpr;
use darling::{Error, FromMeta};
use proc_macro2::{Literal, Span, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Expr, ExprCall, ExprLit, ExprUnary, Lit, LitStr, Meta, Token, UnOp, braced, bracketed, token,
};

use crate::syntax::error::at;
use crate::syntax::lists::Pairs;
use crate::syntax::value::{name_of, span_of, ungrouped};

/// A JSON value; every leaf may be a const expression.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Literal, bool),
    Text(LitStr),
    Array(Vec<Json>),
    Object(Vec<Member>),
    Const(Expr),
    /// A const expression, and the rule of the runtime that it must satisfy.
    Checked(Expr, &'static str),
    /// Labels, some of which are const expressions.
    Labels(Pairs),
}

/// `"key": value`
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) key: LitStr,
    pub(crate) value: Json,
}

impl Parse for Json {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        if input.peek(token::Brace) {
            braced!(content in input);
            let members = Punctuated::<Member, Token![,]>::parse_terminated(&content)?;
            return Ok(Json::Object(members.into_iter().collect()));
        }
        if input.peek(token::Bracket) {
            bracketed!(content in input);
            let items = Punctuated::<Json, Token![,]>::parse_terminated(&content)?;
            return Ok(Json::Array(items.into_iter().collect()));
        }
        Json::leaf(&input.parse()?)
    }
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(LitStr) {
            return Err(
                input.error("expected `\"key\": value`, as in JSON, with the key in quotes")
            );
        }
        let key = input.parse()?;
        if !input.peek(Token![:]) {
            return Err(input.error("expected `:` and a value after the key, as in JSON"));
        }
        input.parse::<Token![:]>()?;
        Ok(Member {
            key,
            value: input.parse()?,
        })
    }
}

impl Json {
    /// A small number.
    pub(crate) fn count(count: u32, span: Span) -> Self {
        Json::Number(number(count.into(), span), false)
    }

    /// The member `key` of an object.
    pub(crate) fn member(&self, key: &str) -> Option<&Json> {
        let Json::Object(members) = self else {
            return None;
        };
        let member = members.iter().find(|member| member.key.value() == key)?;
        Some(&member.value)
    }

    /// The member `key` of an object, if it is literal text.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        match self.member(key) {
            Some(Json::Text(text)) => Some(text.value()),
            _ => None,
        }
    }

    /// Calls `visit` with each object in it that is not in another object.
    pub(crate) fn objects(&self, visit: &mut dyn FnMut(&[Member])) {
        match self {
            Json::Object(members) => visit(members),
            Json::Array(items) => items.iter().for_each(|item| item.objects(visit)),
            Json::Null
            | Json::Bool(_)
            | Json::Number(..)
            | Json::Text(_)
            | Json::Const(_)
            | Json::Checked(..)
            | Json::Labels(_) => {}
        }
    }

    /// The span, as far as its parts have one.
    pub(crate) fn place(&self) -> Span {
        let place = match self {
            Json::Null | Json::Bool(_) => None,
            Json::Number(number, _) => Some(number.span()),
            Json::Text(text) => Some(text.span()),
            Json::Array(items) => items.first().map(Json::place),
            Json::Object(members) => members.first().map(|member| member.value.place()),
            Json::Const(expr) | Json::Checked(expr, _) => Some(expr.span()),
            Json::Labels(labels) => labels.constant(),
        };
        place.unwrap_or_else(Span::call_site)
    }

    fn leaf(expr: &Expr) -> syn::Result<Self> {
        let expr = ungrouped(expr);
        if let Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr: operand,
            ..
        }) = expr
            && let Expr::Lit(literal) = &**operand
        {
            return Json::literal(literal, true);
        }
        match expr {
            Expr::Lit(literal) => Json::literal(literal, false),
            Expr::Path(path) if path.path.is_ident("null") => Ok(Json::Null),
            constant => Ok(Json::Const(constant.clone())),
        }
    }

    fn literal(literal: &ExprLit, negative: bool) -> syn::Result<Self> {
        match &literal.lit {
            Lit::Str(text) if !negative => Ok(Json::Text(text.clone())),
            Lit::Bool(truth) if !negative => Ok(Json::Bool(truth.value)),
            Lit::Int(int) => Ok(Json::Number(
                whole(int.base10_digits(), int.span())?,
                negative,
            )),
            Lit::Float(float) => Ok(Json::Number(
                fraction(float.base10_digits(), float.span())?,
                negative,
            )),
            other => Err(syn::Error::new(other.span(), "this is not a JSON value")),
        }
    }
}

/// ```text
/// { "a": 9007199254740993 }   this number is too large: …
/// ```
pub(crate) fn whole(digits: &str, span: Span) -> syn::Result<Literal> {
    let value: u64 = digits.parse().map_err(|_| too_large(span))?;
    #[expect(clippy::cast_precision_loss, reason = "what is lost is refused below")]
    let double = value as f64;
    // Beyond 2^53 not every integer is a double; printing shows which ones are.
    if format!("{double:.0}") != value.to_string() {
        return Err(too_large(span));
    }
    Ok(number(double, span))
}

/// ```text
/// { "a": 1e400 }   this number is too large: …
/// ```
pub(crate) fn fraction(digits: &str, span: Span) -> syn::Result<Literal> {
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(number(value, span)),
        Ok(_) | Err(_) => Err(too_large(span)),
    }
}

fn too_large(span: Span) -> syn::Error {
    let reason = "this number is too large: the template keeps numbers as doubles";
    syn::Error::new(span, reason)
}

fn number(value: f64, span: Span) -> Literal {
    let mut literal = Literal::f64_unsuffixed(value);
    literal.set_span(span);
    literal
}

/// The members of an object: `spec = { "hostNetwork": true }`, `spec = SPEC`.
#[derive(Clone, Debug)]
pub(crate) enum JsonObject {
    Members(Vec<Member>),
    Const(Expr),
}

impl JsonObject {
    fn read(name: &str, value: TokenStream) -> Result<Self, Error> {
        let span = value.span();
        match syn::parse2(value)? {
            Json::Object(members) => Ok(JsonObject::Members(members)),
            Json::Const(Expr::Call(call)) if is_yaml(&call) => yaml(name, &call),
            Json::Const(expr) => Ok(JsonObject::Const(expr)),
            _ => Err(not_an_object(name, span)),
        }
    }
}

impl FromMeta for JsonObject {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::NameValue(pair) => JsonObject::read(&name_of(item), pair.value.to_token_stream()),
            Meta::Path(_) | Meta::List(_) => Err(not_an_object(&name_of(item), span_of(item))),
        }
    }

    /// For values that are not Rust expressions, such as `{ "key": 1 }`.
    fn from_invalid_expr(item: &MetaNameValueInvalidExpr) -> Result<Self, Error> {
        JsonObject::read(&item.path.to_token_stream().to_string(), item.value.clone())
    }
}

fn is_yaml(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(path) if path.path.is_ident("yaml"))
}

/// ```text
/// spec = yaml(SPEC)    `yaml` takes a string: …
/// spec = yaml("- a")   `spec` takes a mapping …
/// ```
fn yaml(name: &str, call: &ExprCall) -> Result<JsonObject, Error> {
    let Some(Expr::Lit(ExprLit {
        lit: Lit::Str(source),
        ..
    })) = call
        .args
        .first()
        .map(ungrouped)
        .filter(|_| call.args.len() == 1)
    else {
        let reason = "`yaml` takes a string: `yaml(\"key: value\")`";
        return Err(at(call.span(), reason));
    };
    match read_yaml(source)? {
        Json::Object(members) => Ok(JsonObject::Members(members)),
        _ => Err(at(
            source.span(),
            format!("`{name}` takes a mapping: `{name} = yaml(\"key: value\")`"),
        )),
    }
}

#[cfg(feature = "yaml")]
fn read_yaml(source: &LitStr) -> Result<Json, Error> {
    crate::syntax::yaml::read(source)
}

#[cfg(not(feature = "yaml"))]
fn read_yaml(source: &LitStr) -> Result<Json, Error> {
    let reason = "YAML needs flytekit's feature `yaml`, which `spark` turns on: enable one of them, or write JSON, `{ \"key\": value }`";
    Err(at(source.span(), reason))
}

fn not_an_object(name: &str, span: Span) -> Error {
    at(
        span,
        format!("`{name}` takes a JSON object: `{name} = {{ \"key\": value }}`"),
    )
}
