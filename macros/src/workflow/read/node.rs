//! Parses `#[node(…)]`.

use darling::{Error, FromMeta};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, Meta, Token};

use crate::pod::read::PodOptions;
use crate::pod::resources::{AmountOptions, AmountPairOptions};
use crate::syntax::error::at;
use crate::syntax::group::{Group, GroupOrConst, options};
use crate::syntax::value::{Flag, Number, Text, TimeSpan, name_of, span_of, ungrouped, value_of};
use crate::task::read::words::{Accelerator, SharedMemory};

options! {
    /// `#[node(…)]`
    pub(crate) struct NodeOptions {
        name: Text,
        id: Text,
        after: Names,
        retries: Number,
        timeout: TimeSpan,
        interruptible: Flag,
        cache: CacheUse,
        requests: GroupOrConst<AmountOptions>,
        limits: GroupOrConst<AmountOptions>,
        resources: Group<AmountPairOptions>,
        shared_memory: SharedMemory,
        accelerator: Accelerator,
        container_image: Text,
        pod_template: GroupOrConst<PodOptions>,
        concurrency: Number,
        min_successes: Number,
        min_success_ratio: Ratio,
    }
}

options! {
    /// `cache(version = "2", serialize)`
    pub(crate) struct CacheUseOptions {
        version: Text,
        serialize: Flag,
    }
}

/// `cache`, `cache = false`, `cache(version = "2")`
#[derive(Debug)]
pub(crate) enum CacheUse {
    Flag(Flag),
    Group(Group<CacheUseOptions>),
}

impl FromMeta for CacheUse {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::List(_) => Group::from_meta(item).map(CacheUse::Group),
            Meta::Path(_) | Meta::NameValue(_) => Flag::from_meta(item).map(CacheUse::Flag),
        }
    }
}

/// `min_success_ratio = 0.8`, `min_success_ratio = MOST`
#[derive(Clone, Debug)]
pub(crate) struct Ratio(Expr);

impl Ratio {
    fn from_value(expr: &Expr) -> Option<Self> {
        let ratio = Ratio(ungrouped(expr).clone());
        match &ratio.0 {
            Expr::Lit(_) => ratio.literal().map(|_| ratio),
            Expr::Unary(_) => None,
            _ => Some(ratio),
        }
    }

    /// The number, if it is a literal.
    fn literal(&self) -> Option<f32> {
        let Expr::Lit(ExprLit {
            lit: Lit::Float(number),
            ..
        }) = &self.0
        else {
            return None;
        };
        let number = number.base10_parse().ok()?;
        (number > 0.0 && number < 1.0).then_some(number)
    }

    pub(crate) fn span(&self) -> Span {
        self.0.span()
    }
}

impl ToTokens for Ratio {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

impl FromMeta for Ratio {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let expected = "a share of the elements, between 0.0 and 1.0";
        value_of(item, Ratio::from_value, expected, "0.8")
    }
}

/// `after(clean, load)`
#[derive(Debug)]
pub(crate) struct Names(pub(crate) Vec<Ident>);

impl FromMeta for Names {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        let names = item.require_list().ok().and_then(|list| {
            let names = Punctuated::<Ident, Token![,]>::parse_terminated;
            names.parse2(list.tokens.clone()).ok()
        });
        let names: Option<Vec<Ident>> = names.map(|names| names.into_iter().collect());
        names
            .filter(|names| !names.is_empty())
            .map(Names)
            .ok_or_else(|| {
                let name = name_of(item);
                let reason = format!("`{name}` takes names of values: `{name}(a, b)`");
                at(span_of(item), reason)
            })
    }
}
