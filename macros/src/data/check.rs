//! Refuses types that cannot be Flyte types, although each of their parts could be.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{LitStr, Type};

use super::model::{Label, Payload, Record, Shape, Union, Variant, Wrapper};
use crate::syntax::error::{Sink, at};
use crate::syntax::types::holds;

/// Refuses the mistakes in the type `name`.
pub(crate) fn shape(shape: &Shape, name: &Ident, sink: &mut Sink) {
    match shape {
        Shape::Wrapper(Wrapper { ty, .. }) => recursion(ty, name, sink),
        Shape::Struct(fields) => record(fields, None, name, sink),
        Shape::Choice(choices) => duplicates(
            "variant",
            choices.iter().map(|choice| &choice.label),
            None,
            sink,
        ),
        Shape::Union(it) => union(it, name, sink),
    }
}

fn union(union: &Union, name: &Ident, sink: &mut Sink) {
    let Union { tag, variants } = union;
    for variant in variants {
        match &variant.payload {
            Payload::None => {}
            Payload::Value(ty) => recursion(ty, name, sink),
            Payload::Record(fields) => record(fields, tag.as_ref(), name, sink),
        }
    }
    if tag.is_some() {
        let labels = variants.iter().map(|variant| &variant.label);
        duplicates("variant", labels, None, sink);
    } else {
        doubles(variants, sink);
    }
}

/// ```text
/// #[serde(tag = "kind")] enum Shape { Circle { kind: i64 } }   there is a field `kind` already
/// ```
fn record(record: &Record, tag: Option<&LitStr>, name: &Ident, sink: &mut Sink) {
    let labels = record.data().map(|field| &field.label);
    duplicates("field", labels, tag, sink);
    for field in record.data() {
        recursion(&field.ty, name, sink);
    }
}

/// ```text
/// struct Sale { id: i64, #[serde(rename = "id")] other: i64 }   there is a field `id` already
/// ```
fn duplicates<'a>(
    what: &str,
    labels: impl Iterator<Item = &'a Label>,
    taken: Option<&LitStr>,
    sink: &mut Sink,
) {
    let mut seen: HashSet<String> = taken.map(LitStr::value).into_iter().collect();
    for (name, span) in labels.flat_map(Label::all) {
        if !seen.insert(name.clone()) {
            sink.push(at(span, format!("there is a {what} `{name}` already")));
        }
    }
}

/// ```text
/// enum Length { Metres(f64), Feet(f64) }   `Feet` and `Metres` cannot be told apart …
/// ```
fn doubles(variants: &[Variant], sink: &mut Sink) {
    let mut seen = BTreeMap::new();
    for variant in variants {
        let ident = &variant.ident;
        if let Some(first) = seen.insert(what_is_seen_of(&variant.payload), ident) {
            let advice = "write `#[serde(tag = \"kind\")]` on the enum, with variants whose fields have names";
            let message =
                format!("`{ident}` and `{first}` cannot be told apart in the data: {advice}");
            sink.push(at(ident.span(), message));
        }
    }
}

/// The visible form of a variant in the data.
fn what_is_seen_of(payload: &Payload) -> String {
    let seen = match payload {
        Payload::None => TokenStream::new(),
        Payload::Value(ty) => ty.to_token_stream(),
        Payload::Record(record) => {
            let fields = record.data().map(|field| {
                let (name, ty) = (&field.label.name, &field.ty);
                quote!(#name: #ty)
            });
            quote!({ #(#fields),* })
        }
    };
    seen.to_string()
}

/// ```text
/// struct Tree { children: Vec<Tree> }   a type that contains itself is not a Flyte type …
/// ```
fn recursion(ty: &Type, name: &Ident, sink: &mut Sink) {
    // rustc reports a type of infinite size.
    if holds(ty, name) {
        return;
    }
    let found = mention(ty.to_token_stream(), name);
    if let Some(span) = found {
        let message = "a type that contains itself is not a Flyte type, because Flyte's types are written out \
                       as a whole: use a list of its parts, or text such as JSON";
        sink.push(at(span, message));
    }
}

/// The span at which a type is named by its name alone, as in its own definition.
fn mention(tokens: TokenStream, name: &Ident) -> Option<Span> {
    let mut in_path = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if !in_path && (ident == *name || ident == "Self") => {
                return Some(ident.span());
            }
            TokenTree::Group(group) => {
                if let Some(span) = mention(group.stream(), name) {
                    return Some(span);
                }
                in_path = false;
            }
            TokenTree::Punct(punct) => {
                in_path = punct.as_char() == ':' && punct.spacing() == Spacing::Alone;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => in_path = false,
        }
    }
    None
}
