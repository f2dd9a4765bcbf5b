//! The function below an attribute, as it is emitted again.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{ReturnType, Signature, parse_quote};

use super::here;
use crate::syntax::function::Source;
use crate::syntax::signature::typed_mut;
use crate::syntax::types::{Flaw, flaw};

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

/// The signature with the span of a macro: for such a signature, rustc does not suggest a missing generic
/// parameter if a type is misspelt, which would repeat the mistake reported next to it.
pub(crate) fn with_name_of_macro(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    let span = here(sig.ident.span());
    sig.ident.set_span(span);
    sig
}

impl Source {
    /// Gives a function without a body one that returns any type: otherwise rustc would report the mistake
    /// again.
    pub(crate) fn fill_in_body(&mut self) {
        self.body = quote!(
            {
                #![allow(unused_variables)]
                loop {}
            }
        );
    }

    /// Removes the parts of the signature that rustc refuses in any function and that have been refused:
    /// otherwise rustc would report them again. Callers of the function still compile.
    pub(crate) fn smooth(&mut self) {
        let mut was_rough = false;
        for parameter in typed_mut(&mut self.sig) {
            if flaw(&parameter.ty).is_some_and(|(flaw, _)| flaw != Flaw::Elided) {
                *parameter.ty = parse_quote!(impl ::core::marker::Sized);
                was_rough = true;
            }
        }
        if let ReturnType::Type(_, ty) = &mut self.sig.output
            && let Some((flaw, _)) = flaw(ty)
        {
            let smooth = match flaw {
                Flaw::Elided => with_lifetimes(ty.to_token_stream()),
                Flaw::Inferred | Flaw::Never | Flaw::Unsized => quote!(!),
            };
            **ty = parse_quote!(#smooth);
            was_rough = true;
        }
        if was_rough {
            self.fill_in_body();
        }
    }

    /// Gives the function the body that its declaration lacks.
    pub(crate) fn complete(&mut self, body: TokenStream) {
        // Its errors are the errors of everything that the engine runs.
        self.attrs
            .push(parse_quote!(#[allow(clippy::missing_errors_doc)]));
        self.body = body;
    }
}

/// Replaces `&str` by `&'static str`.
fn with_lifetimes(tokens: TokenStream) -> TokenStream {
    let is_mark =
        |token: &TokenTree, mark| matches!(token, TokenTree::Punct(it) if it.as_char() == mark);
    let mut tokens = tokens.into_iter().peekable();
    let mut written = TokenStream::new();
    while let Some(token) = tokens.next() {
        let is_elided = is_mark(&token, '&') && !tokens.peek().is_some_and(|it| is_mark(it, '\''));
        match token {
            TokenTree::Group(group) => {
                let inner = with_lifetimes(group.stream());
                written.extend(Group::new(group.delimiter(), inner).into_token_stream());
            }
            token => written.extend([token]),
        }
        if is_elided {
            written.extend(quote!('static));
        }
    }
    written
}
