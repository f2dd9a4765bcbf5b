//! Types as people write them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type, TypeReference};

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

/// The text of a type without the blanks with which tokens are printed.
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

/// The span of `impl` in a type.
pub(crate) fn find_impl(ty: &Type) -> Option<Span> {
    let is_impl = |token: &TokenTree| matches!(token, TokenTree::Ident(it) if it == "impl");
    find(ty.to_token_stream(), &is_impl)
}

/// The span of the first such token, also inside of groups.
pub(crate) fn find(tokens: TokenStream, wanted: &dyn Fn(&TokenTree) -> bool) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        token if wanted(&token) => Some(token.span()),
        TokenTree::Group(group) => find(group.stream(), wanted),
        _ => None,
    })
}

/// A property that no type of a passed value can have, in any spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// `_`
    Inferred,
    /// `!`
    Never,
    /// A trait object, a slice or `str`, without a pointer that would give it a size.
    Unsized,
    /// `&T`, borrowed for an unknown time.
    Elided,
}

/// The first flaw of a type, and its position.
pub(crate) fn flaw(ty: &Type) -> Option<(Flaw, Type)> {
    let ty = ungrouped(ty);
    let flaw = match ty {
        Type::Infer(_) => Flaw::Inferred,
        Type::Never(_) => Flaw::Never,
        Type::Reference(reference) if reference.lifetime.is_none() => Flaw::Elided,
        ty if is_unsized(ty) => Flaw::Unsized,
        _ => return parts(ty).into_iter().find_map(flaw_within),
    };
    Some((flaw, ty.clone()))
}

/// Like [`flaw`], for a type parameter, which may be unsized in some types: `Box<str>`.
fn flaw_within((ty, needs_size): (&Type, bool)) -> Option<(Flaw, Type)> {
    if !needs_size && is_unsized(ty) {
        return None;
    }
    flaw(ty)
}

/// Whether values of the type have no static size: `str`, `[T]`, `dyn Trait`.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::TraitObject(_) | Type::Slice(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// Containers whose parameters must have a size.
const CONTAINERS: [&str; 5] = ["Vec", "Option", "Result", "HashMap", "BTreeMap"];

/// The types inside of a type, and whether they must have a size there.
fn parts(ty: &Type) -> Vec<(&Type, bool)> {
    match ty {
        Type::Paren(it) => vec![(&it.elem, true)],
        Type::Array(it) => vec![(&it.elem, true)],
        Type::Reference(it) => vec![(&it.elem, false)],
        Type::Tuple(it) => it.elems.iter().map(|part| (part, true)).collect(),
        Type::Path(it) => {
            let last = it.path.segments.last();
            let Some(PathArguments::AngleBracketed(given)) = last.map(|it| &it.arguments) else {
                return Vec::new();
            };
            let is_container =
                last.is_some_and(|it| CONTAINERS.iter().any(|name| it.ident == name));
            let types = given.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some((ty, is_container)),
                _ => None,
            });
            types.collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a value of the type contains one of type `name` directly, without an indirection.
pub(crate) fn holds(ty: &Type, name: &Ident) -> bool {
    match ungrouped(ty) {
        Type::Paren(it) => holds(&it.elem, name),
        Type::Array(it) => holds(&it.elem, name),
        Type::Tuple(it) => it.elems.iter().any(|part| holds(part, name)),
        Type::Path(it) => {
            let is_option = it
                .path
                .segments
                .last()
                .is_some_and(|it| it.ident == "Option");
            it.path.is_ident("Self")
                || it.path.is_ident(name)
                || is_option
                    && parts(ungrouped(ty))
                        .iter()
                        .any(|(part, _)| holds(part, name))
        }
        _ => false,
    }
}

/// The reason why the type has no size, and its replacement:
/// ``` `[i64]` has no size of its own: write `Vec<i64>` ```
pub(crate) fn sized_instead(ty: &Type) -> String {
    let instead = match ty {
        Type::Slice(slice) => format!("write `Vec<{}>`", text_of(&slice.elem)),
        Type::Path(_) => "write `String`".to_owned(),
        _ => "write a type that derives `FlyteData`, such as an enum of the possible types"
            .to_owned(),
    };
    format!("`{}` has no size of its own: {instead}", text_of(ty))
}
