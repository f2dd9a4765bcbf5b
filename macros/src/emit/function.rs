//! The function that an attribute stands on, as it comes out again.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse_quote;

use crate::syntax::function::Source;

impl ToTokens for Source {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Source {
            attrs,
            vis,
            sig,
            body,
        } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
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
