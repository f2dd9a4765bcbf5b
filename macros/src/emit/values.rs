//! Values of the attribute as they were written.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::syntax::lists::{Pair, Pairs, Texts};
use crate::syntax::value::{Flag, Number, Text};

impl ToTokens for Text {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Text::Literal(literal) => literal.to_tokens(tokens),
            Text::Const(expr) => expr.to_tokens(tokens),
        }
    }
}

impl ToTokens for Number {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Number::Literal(int) => int.to_tokens(tokens),
            Number::Const(expr) => expr.to_tokens(tokens),
        }
    }
}

impl ToTokens for Flag {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

impl ToTokens for Pairs {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Pairs::Entries(entries) => {
                let entries = entries
                    .iter()
                    .map(|Pair { key, value }| quote!((#key, #value)));
                tokens.extend(quote!(&[#(#entries),*]));
            }
            Pairs::Const(expr) => expr.to_tokens(tokens),
        }
    }
}

impl ToTokens for Texts {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Texts::Entries(entries) => tokens.extend(quote!(&[#(#entries),*])),
            Texts::Const(expr) => expr.to_tokens(tokens),
        }
    }
}
