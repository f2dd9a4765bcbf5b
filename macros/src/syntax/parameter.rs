//! Parameters that are inputs in Flyte: by their names, with documentation and defaults.

use darling::Error;
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Meta, MetaList, Pat, PatType, Type};

use crate::syntax::docs;
use crate::syntax::error::{Sink, at};
use crate::syntax::signature::Refusals;

/// A parameter that is an input.
#[derive(Debug)]
pub(crate) struct Input {
    /// The name in the interface: without the `r#` of a raw identifier.
    pub(crate) name: String,
    /// The parameter.
    pub(crate) variable: Ident,
    pub(crate) ty: Type,
    pub(crate) description: String,
    pub(crate) default: Option<DefaultValue>,
}

/// The default of an input.
#[derive(Debug)]
pub(crate) struct DefaultValue {
    pub(crate) expr: Expr,
    /// The source text, for help texts.
    pub(crate) source: String,
    pub(crate) span: Span,
}

impl Input {
    /// Reads a parameter, and removes the parts that rustc would not accept there: its documentation and its
    /// default.
    pub(crate) fn read(
        parameter: &mut PatType,
        refusals: &Refusals,
        sink: &mut Sink,
    ) -> Option<Self> {
        let description = docs::of(&parameter.attrs);
        let default = read_default(&parameter.attrs, sink);
        let is_ours =
            |attr: &Attribute| attr.path().is_ident("doc") || attr.path().is_ident("default");
        parameter.attrs.retain(|attr| !is_ours(attr));
        if !refusals.parameter(parameter, sink) {
            return None;
        }
        let name = sink.handle(name_of(&parameter.pat))?;
        sink.handle(variable_name(name));
        if let (Some(default), Some(reason)) = (&default, refusals.default) {
            sink.push(at(default.span, reason));
        }
        Some(Input {
            name: name.unraw().to_string(),
            variable: name.clone(),
            ty: (*parameter.ty).clone(),
            description,
            default,
        })
    }
}

/// ```text
/// fn f((a, b): (i64, i64))   an input needs a name, …
/// ```
fn name_of(pat: &Pat) -> Result<&Ident, Error> {
    match pat {
        Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => Ok(&pat.ident),
        pat => Err(at(
            pat.span(),
            "an input needs a name, which is its name in Flyte: name the parameter, and destructure it in the body",
        )),
    }
}

/// Refuses a name that Flyte would refuse later, where the value is passed on.
///
/// ```text
/// fn f(größe: i64)   Flyte's names …
/// ```
pub(crate) fn variable_name(name: &Ident) -> Result<(), Error> {
    if name.unraw().to_string().is_ascii() {
        return Ok(());
    }
    Err(at(
        name.span(),
        format!(
            "Flyte's names of values consist of `A` to `Z`, `a` to `z`, digits and `_`: rename `{name}` otherwise"
        ),
    ))
}

/// ```text
/// fn f(#[default(3)] a: i64)
/// ```
fn read_default(attrs: &[Attribute], sink: &mut Sink) -> Option<DefaultValue> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("default")) {
        let span = attr.path().span();
        if found.is_some() {
            sink.push(at(span, "a parameter has one default"));
        }
        let expr = attr.parse_args::<Expr>().map_err(|problem| {
            at(
                problem.span(),
                "a default is one expression: `#[default(3)]`",
            )
        });
        let default = sink.handle(expr).map(|expr| DefaultValue {
            source: source_of(&expr, &attr.meta),
            expr,
            span,
        });
        found = default.or(found);
    }
    found
}

/// An expression as the user wrote it, or its tokens if a `macro_rules!` macro assembled it. The compiler
/// returns the source text of one token or of one group; here the group is the attribute's parentheses.
fn source_of(expr: &Expr, attribute: &Meta) -> String {
    let written = |list: &MetaList| {
        let text = list.delimiter.span().join().source_text()?;
        let inside = text.strip_prefix('(')?.strip_suffix(')')?;
        (!inside.contains('$')).then(|| inside.trim().to_owned())
    };
    let written = attribute.require_list().ok().and_then(written);
    written.unwrap_or_else(|| expr.to_token_stream().to_string())
}
