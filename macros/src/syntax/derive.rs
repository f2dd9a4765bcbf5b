//! What the derives share: the struct they stand on, and their attribute on it.

use darling::{Error, FromMeta};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Path};

use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, options};
use crate::syntax::value::{ItemPath, runtime};

options! {
    /// `#[outputs(crate = path)]`, `#[columns(crate = path)]`, `#[flyte(crate = path)]`
    pub(crate) struct DeriveOptions {
        krate as "crate": ItemPath,
    }
}

/// Where the runtime is, as the attribute `attribute` says.
pub(crate) fn krate(input: &DeriveInput, attribute: &str, sink: &mut Sink) -> Path {
    let mut krate = None;
    let attributes = input.attrs.iter();
    for attr in attributes.filter(|attr| attr.path().is_ident(attribute)) {
        let group = Group::<DeriveOptions>::from_meta(&attr.meta);
        let given = sink.handle(group).and_then(|group| group.open(sink).krate);
        krate = given.or(krate);
    }
    runtime(krate.as_ref())
}

/// Refuses each parameter of a generic struct.
pub(crate) fn refuse_generics(input: &DeriveInput, reason: &str, sink: &mut Sink) {
    for parameter in &input.generics.params {
        sink.push(at(parameter.span(), reason));
    }
}

/// Why a derive refuses what it stands on.
pub(crate) struct Refusals {
    /// It is no struct.
    pub(crate) kind: &'static str,
    /// Its fields have no names.
    pub(crate) unnamed: &'static str,
    /// It has no fields.
    pub(crate) empty: &'static str,
}

/// The fields of a struct with named fields, of which there is at least one.
pub(crate) fn named_fields<'a>(
    input: &'a DeriveInput,
    refusals: &Refusals,
) -> Result<Vec<&'a Field>, Error> {
    let refuse = |reason| Err(at(input.ident.span(), reason));
    let Data::Struct(data) = &input.data else {
        return refuse(refusals.kind);
    };
    let Fields::Named(fields) = &data.fields else {
        return refuse(refusals.unnamed);
    };
    if fields.named.is_empty() {
        return refuse(refusals.empty);
    }
    Ok(fields.named.iter().collect())
}
