//! The function below an attribute, as it is written.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Item, Signature, Visibility};

use crate::syntax::error::at;

/// A function as the user wrote it. Its body stays a token stream: it is not parsed, and is emitted even if
/// it does not parse, so that editors can complete code in it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Source {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl Source {
    /// Parses the item below `#[attribute]`.
    ///
    /// ```text
    /// #[task] struct Load;           `#[task]` belongs on a function
    /// #[task] fn load(a: i64, b: )   `#[task]` cannot read this function: expected …
    /// ```
    ///
    /// An item that cannot be parsed is emitted unchanged, followed by the errors.
    pub(crate) fn read(attribute: &str, item: &TokenStream) -> Result<Self, TokenStream> {
        syn::parse2::<Source>(item.clone()).map_err(|problem| {
            let is_other_item = syn::parse2::<Item>(item.clone()).is_ok();
            let reason = if is_other_item {
                format!("`#[{attribute}]` belongs on a function")
            } else {
                format!("`#[{attribute}]` cannot read this function: {problem}")
            };
            let errors = at(problem.span(), reason).write_errors();
            quote!(#item #errors)
        })
    }

    /// The function's `#[cfg(…)]`: generated code has the same conditions.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        self.attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
    }

    /// The attribute whose path ends in `name`.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        let is_named = |attr: &&Attribute| {
            let last = attr.path().segments.last();
            last.is_some_and(|segment| segment.ident == name)
        };
        self.attrs.iter().find(is_named)
    }

    pub(crate) fn has_body(&self) -> bool {
        is_body(&self.body)
    }
}

/// Whether the tokens begin with a block, which has invisible delimiters as a `macro_rules!` fragment.
fn is_body(body: &TokenStream) -> bool {
    match body.clone().into_iter().next() {
        Some(TokenTree::Group(group)) => match group.delimiter() {
            Delimiter::Brace => true,
            Delimiter::None => is_body(&group.stream()),
            Delimiter::Parenthesis | Delimiter::Bracket => false,
        },
        _ => false,
    }
}
