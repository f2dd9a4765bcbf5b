//! The function that an attribute stands on, as it comes out again.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Signature, parse_quote};

use super::here;
use crate::syntax::function::Source;

impl ToTokens for Source {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Source {
            attrs,
            vis,
            sig,
            body,
        } = self;
        let sig = with_name_of_macro(sig);
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}

/// The signature, as one that a macro wrote: of that rustc does not suppose that it lacks a generic
/// parameter where a type is misspelt, which it would say apart from the same mistake beside it.
pub(crate) fn with_name_of_macro(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    let span = here(sig.ident.span());
    sig.ident.set_span(span);
    sig
}

impl Source {
    /// Gives a function that was declared without a body one that returns whatever it should: rustc
    /// would say the same again.
    pub(crate) fn fill_in_body(&mut self) {
        self.body = quote!(
            {
                #![allow(unused_variables)]
                loop {}
            }
        );
    }

    /// Gives the function the body that it was declared without.
    pub(crate) fn complete(&mut self, body: TokenStream) {
        // What can go wrong is what can go wrong with anything that the engine runs.
        self.attrs
            .push(parse_quote!(#[allow(clippy::missing_errors_doc)]));
        self.body = body;
    }
}
