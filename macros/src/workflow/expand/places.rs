//! Spans: rustc reports mistakes in generated code at the user's code.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The spans of the first and the last token, with the user's hygiene: rustc then reports mistakes as in code
/// that is not generated.
pub(super) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let tokens: TokenStream = tokens.to_token_stream();
    let mut spans = tokens.into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}
