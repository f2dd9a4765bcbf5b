//! The items between the parentheses of an attribute.

use darling::Error;
use darling::ast::{MetaNameValueInvalidExpr, NestedMeta};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, Meta, MetaNameValue, Path, Token, token};

use crate::syntax::error::at;

/// Parses comma-separated items.
///
/// # Errors
///
/// At the first position without an item.
pub(crate) fn parse(tokens: TokenStream) -> Result<Vec<NestedMeta>, Error> {
    let items =
        |input: ParseStream<'_>| Punctuated::<_, Token![,]>::parse_terminated_with(input, item);
    Ok(items.parse2(tokens)?.into_iter().collect())
}

fn item(input: ParseStream<'_>) -> syn::Result<NestedMeta> {
    let braced = input.peek(Ident::peek_any) && input.peek2(Token![=]) && input.peek3(token::Brace);
    if braced {
        return braced_value(input);
    }
    refuse_missing_value(input)?;
    input.parse()
}

/// ```text
/// #[task(retries =)]   `retries =` lacks a value
/// ```
fn refuse_missing_value(input: ParseStream<'_>) -> syn::Result<()> {
    let ahead = input.fork();
    if let (Ok(path), Ok(_)) = (
        ahead.call(Path::parse_mod_style),
        ahead.parse::<Token![=]>(),
    ) && (ahead.is_empty() || ahead.peek(Token![,]))
    {
        let name = path.to_token_stream();
        return Err(syn::Error::new(
            path.span(),
            format!("`{name} =` lacks a value"),
        ));
    }
    Ok(())
}

/// Parses `name = { … }`, where the braces contain a Rust block or JSON. It is parsed separately from the
/// other items, because syn remembers a block that it could not parse completely, even if it is then parsed
/// as something else.
fn braced_value(input: ParseStream<'_>) -> syn::Result<NestedMeta> {
    let path = Ident::parse_any(input)?.into();
    let eq_token = input.parse()?;
    let value = TokenStream::from(input.parse::<TokenTree>()?);
    Ok(match syn::parse2(value.clone()) {
        Ok(value) => NestedMeta::Meta(Meta::NameValue(MetaNameValue {
            path,
            eq_token,
            value,
        })),
        Err(problem) => {
            let name = Path::to_token_stream(&path);
            let reason =
                format!("`{name}` is not JSON, and as Rust this is not a block: {problem}");
            NestedMeta::NameValueInvalidExpr(MetaNameValueInvalidExpr {
                path,
                eq_token,
                error: at(value.span(), reason),
                value,
            })
        }
    })
}
