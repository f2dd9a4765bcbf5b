//! Values of the attribute in the constants of a task: a literal unchanged, because the attribute has checked
//! it; a const expression wrapped in the runtime's rule, which checks it while rustc evaluates it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;

use super::here;
use crate::syntax::lists::Pairs;
use crate::syntax::value::Text;

/// `Some(value)`, all with the span of the value: rustc explains the whole call when the value has a wrong
/// type.
pub(crate) fn some(value: &impl ToTokens) -> TokenStream {
    let value = value.to_token_stream();
    quote_spanned!(here(value.span())=> ::core::option::Option::Some(#value))
}

/// ```text
/// "app:1"    "app:1"
/// IMAGE      __flytekit::checked::image(IMAGE)
/// ```
pub(crate) fn checked(text: &Text, rule: &str) -> TokenStream {
    match text {
        Text::Literal(literal) => literal.to_token_stream(),
        Text::Const(expr) => ruled(expr, expr.span(), rule),
    }
}

/// Like [`checked`], for a map; None if it is empty.
pub(crate) fn pairs(pairs: &Pairs, rule: &str) -> Option<TokenStream> {
    let tokens = || match pairs.constant() {
        None => pairs.to_token_stream(),
        Some(place) => ruled(pairs, place, rule),
    };
    (!pairs.is_empty()).then(tokens)
}

pub(super) fn ruled(value: &impl ToTokens, place: Span, rule: &str) -> TokenStream {
    let rule = Ident::new(rule, here(place));
    quote_spanned!(here(place)=> __flytekit::checked::#rule(#value))
}
