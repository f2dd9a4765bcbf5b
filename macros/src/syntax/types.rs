//! Types as people write them.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Type, TypeReference};

/// ``` `String` instead of `&str` ```
pub(crate) fn owned_instead(reference: &TypeReference) -> String {
    let borrowed = &reference.elem;
    let owned = match &**borrowed {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", text_of(&slice.elem)),
        other => text_of(other),
    };
    format!("`{owned}` instead of `&{}`", text_of(borrowed))
}

/// A type as people write it, without the blanks that tokens are printed with.
fn text_of(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    text.replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace("& ", "&")
}

/// The type inside the invisible delimiters that a `macro_rules!` fragment has.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        ty => ty,
    }
}

/// Where `impl` stands in a type.
pub(crate) fn find_impl(ty: &Type) -> Option<Span> {
    let is_impl = |token: &TokenTree| matches!(token, TokenTree::Ident(it) if it == "impl");
    find(ty.to_token_stream(), &is_impl)
}

/// Where the first such token stands, also inside of groups.
pub(crate) fn find(tokens: TokenStream, wanted: &dyn Fn(&TokenTree) -> bool) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        token if wanted(&token) => Some(token.span()),
        TokenTree::Group(group) => find(group.stream(), wanted),
        _ => None,
    })
}
