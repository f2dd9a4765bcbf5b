//! Everything that generated code requires of a type, always at the span of the type: an unsuitable type is
//! then only one error. Bounds of functions would report it again in other words.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{PathArguments, Type};

use super::here;
use crate::syntax::types::ungrouped;

/// `<T as FlyteData>::item`
pub(crate) fn data(ty: &Type, item: &str) -> TokenStream {
    let span = here(ty.span());
    let item = Ident::new(item, span);
    quote_spanned!(span=> <#ty as __flytekit::FlyteData>::#item)
}

/// `<T as FlyteValue>::item`, of both traits in one: a type with neither is one error.
pub(crate) fn value(ty: &Type, item: &str) -> TokenStream {
    let span = here(ty.span());
    let item = Ident::new(item, span);
    quote_spanned!(span=> <#ty as __flytekit::FlyteValue>::#item)
}

/// The type of a variable: `<Option<i64> as FlyteValue>::LITERAL_TYPE.sound()`
pub(crate) fn literal_type(ty: &Type) -> TokenStream {
    let found = value(ty, "LITERAL_TYPE");
    if is_name(ty) {
        return found;
    }
    quote_spanned!(here(ty.span())=> #found.sound())
}

/// The type of a field: `data::sound(<Option<i64> as FlyteData>::FIELD_TYPE)`
pub(crate) fn field_type(ty: &Type) -> TokenStream {
    let found = data(ty, "FIELD_TYPE");
    if is_name(ty) {
        return found;
    }
    quote_spanned!(here(ty.span())=> __flytekit::data::sound(#found))
}

/// The variables of a return type: `Variable::sound(<Result<i64> as Returns<_>>::VARIABLES)`
pub(crate) fn outputs(ty: &Type) -> TokenStream {
    let span = here(ty.span());
    let found = quote_spanned!(span=> <#ty as __flytekit::Returns<_>>::VARIABLES);
    if is_name(ty) {
        return found;
    }
    quote_spanned!(span=> __flytekit::Variable::sound(#found))
}

/// Whether the type is a path without arguments, or `()`: then it does not depend on parameters whether it is
/// a Flyte type.
pub(crate) fn is_name(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::Path(path) => {
            let mut segments = path.path.segments.iter();
            path.qself.is_none() && segments.all(|it| matches!(it.arguments, PathArguments::None))
        }
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}
