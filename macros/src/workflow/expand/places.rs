//! Where rustc reports what is wrong with generated code: at what the user wrote.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The places of the first and of the last token, as the user's own: rustc then says what it says of code
/// that nobody generated.
pub(super) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let tokens: TokenStream = tokens.to_token_stream();
    let mut spans = tokens.into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}
