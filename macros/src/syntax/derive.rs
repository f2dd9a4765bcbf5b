//! The common parts of derives: the struct below them, and their attribute on it.

use darling::{Error, FromMeta};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, GenericParam, Path};

use crate::syntax::error::{Sink, at};
use crate::syntax::group::{Group, options};
use crate::syntax::types::{find_impl, flaw, holds, is_unsized, sized_instead};
use crate::syntax::value::{ItemPath, runtime};

options! {
    /// `#[outputs(crate = path)]`, `#[columns(crate = path)]`, `#[flyte(crate = path)]`
    pub(crate) struct DeriveOptions {
        krate as "crate": ItemPath,
    }
}

/// The path of the runtime, from the attribute `attribute`.
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
        let instead = match parameter {
            GenericParam::Lifetime(_) => "; let it own what it borrows, as a `String` for `&str`",
            GenericParam::Type(_) | GenericParam::Const(_) => "",
        };
        sink.push(at(parameter.span(), format!("{reason}{instead}")));
    }
}

/// The reasons why a derive refuses an item.
pub(crate) struct Refusals {
    /// The item is not a struct.
    pub(crate) kind: &'static str,
    /// The fields have no names.
    pub(crate) unnamed: &'static str,
    /// The struct has no fields.
    pub(crate) empty: &'static str,
}

/// The fields of a struct with named fields, which must have at least one.
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

/// The state of a type in rustc before its traits are resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// The type is valid.
    Sound,
    /// The type of a field is refused: naming it again would repeat the mistake.
    Flawed,
    /// Each trait of the type is refused, too.
    Lost,
}

/// The state of the type in rustc, by its fields.
///
/// ```text
/// struct S { text: &str }              missing lifetime specifier
/// struct S { shape: impl Shape }       `impl Trait` is not allowed in field types
/// enum U { Text(str) }                 the size … cannot be known
/// struct S { next: Option<S> }         recursive type `S` has infinite size
/// struct S { text: str }               nothing: `str` has no size of its own: write `String`
/// ```
pub(crate) fn standing(input: &DeriveInput, sink: &mut Sink) -> Standing {
    let of_field = |field: &Field| {
        let ty = &field.ty;
        if holds(ty, &input.ident) {
            Standing::Lost
        } else if find_impl(ty).is_some() || flaw(ty).is_some() {
            Standing::Flawed
        } else {
            Standing::Sound
        }
    };
    let worst = |fields: &Fields| fields.iter().map(of_field).max();
    match &input.data {
        Data::Struct(data) => match data.fields.iter().next_back() {
            Some(Field { ty, .. }) if is_unsized(ty) => {
                sink.push(at(ty.span(), sized_instead(ty)));
                Standing::Lost
            }
            _ => worst(&data.fields).unwrap_or(Standing::Sound),
        },
        Data::Enum(data) => {
            let variants = data.variants.iter().map(|variant| &variant.fields);
            let ends = |fields: &Fields| fields.iter().any(|it| is_unsized(&it.ty));
            if variants.clone().any(ends) {
                return Standing::Lost;
            }
            variants.filter_map(worst).max().unwrap_or(Standing::Sound)
        }
        Data::Union(_) => Standing::Sound,
    }
}
