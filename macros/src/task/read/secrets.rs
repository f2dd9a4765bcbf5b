//! Parses secrets: groups of options, or constants.

use darling::ast::NestedMeta;
use darling::{Error, FromMeta};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Meta, Path};

use super::words::Mount;
use crate::syntax::error::at;
use crate::syntax::group::{Group, options, path_of};
use crate::syntax::items;
use crate::syntax::lists::Readable;
use crate::syntax::value::{Text, span_of, ungrouped};

options! {
    /// `secret(group = "db", key = "password", version = "2", mount = env_var, env_var = "DB_PASSWORD")`
    pub(crate) struct SecretOptions {
        group: Text,
        key: Text,
        version: Text,
        mount: Mount,
        env_var: Text,
    }
}

/// `secrets(secret(group = "db", key = "password"), SHARED)`, `secrets = SECRETS`.
#[derive(Debug)]
pub(crate) enum Secrets {
    Entries(Vec<SecretEntry>),
    Const(Expr),
}

/// A secret: a group of options, or a constant of type `Secret`.
#[derive(Debug)]
pub(crate) enum SecretEntry {
    Written(Group<SecretOptions>),
    Const(Path),
}

impl FromMeta for Readable<Secrets> {
    fn from_meta(item: &Meta) -> Result<Self, Error> {
        match item {
            Meta::List(list) => {
                let items = items::parse(list.tokens.clone())?;
                Ok(Readable::each(&items, SecretEntry::read, Secrets::Entries))
            }
            Meta::NameValue(pair) if !matches!(ungrouped(&pair.value), Expr::Lit(_)) => {
                Ok(Readable::whole(Secrets::Const(pair.value.clone())))
            }
            Meta::NameValue(_) | Meta::Path(_) => Err(not_a_secret(span_of(item))),
        }
    }
}

impl SecretEntry {
    fn read(item: &NestedMeta) -> Result<Self, Error> {
        let is_secret = path_of(item).is_some_and(|path| path.is_ident("secret"));
        match item {
            NestedMeta::Meta(meta) if is_secret => Group::from_meta(meta).map(SecretEntry::Written),
            NestedMeta::Meta(Meta::Path(path)) => Ok(SecretEntry::Const(path.clone())),
            other => Err(not_a_secret(
                path_of(other).map_or_else(|| other.span(), Spanned::span),
            )),
        }
    }
}

fn not_a_secret(span: Span) -> Error {
    at(
        span,
        "expected secrets, such as `secrets(secret(group = \"…\", key = \"…\"))`",
    )
}
