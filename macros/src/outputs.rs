//! `#[derive(Outputs)]`: a struct whose fields are a task's outputs.

use darling::Error;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Ident, Path, parse_quote};

use crate::attr::group::{Group, options};
use crate::attr::value::ItemPath;
use crate::docs;
use crate::error::{Sink, at};
use crate::expand::{here, private_module};
use crate::names;

options! {
    /// `#[outputs(crate = path)]`
    pub(crate) struct OutputsOptions {
        krate as "crate": ItemPath,
    }
}

/// Expands the derive:
///
/// ```text
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     impl __flytekit::Outputs<__flytekit::Named> for Stats {
///         const VARIABLES: &'static [__flytekit::Variable] = &[…];
///         fn write(self, __out: &mut __flytekit::OutputsWriter) -> …
///     }
/// };
/// ```
///
/// # Errors
///
/// All that is wrong with the struct.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream, Error> {
    let mut sink = Error::accumulator();
    let krate = krate(input, &mut sink);
    refuse_generics(input, &mut sink);
    let fields = sink.handle(fields(input));
    let Some(fields) = sink.finish_with(fields)? else {
        return Ok(TokenStream::new());
    };
    Ok(expand(&input.ident, &krate, &fields))
}

/// A field that is an output.
struct Output<'a> {
    ident: &'a Ident,
    field: &'a Field,
}

fn krate(input: &DeriveInput, sink: &mut Sink) -> Path {
    let mut krate = parse_quote!(::flytekit);
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("outputs"))
    {
        let group: Result<Group<OutputsOptions>, Error> = darling::FromMeta::from_meta(&attr.meta);
        if let Some(ItemPath(path)) = sink.handle(group).and_then(|group| group.open(sink).krate) {
            krate = path;
        }
    }
    krate
}

/// ```text
/// #[derive(Outputs)] struct Stats<T> { mean: T }   outputs cannot be generic: …
/// ```
fn refuse_generics(input: &DeriveInput, sink: &mut Sink) {
    for parameter in &input.generics.params {
        let reason = "outputs cannot be generic: their types are part of the task's interface";
        sink.push(at(parameter.span(), reason));
    }
}

/// ```text
/// #[derive(Outputs)] struct Pair(i64, i64);   outputs need names: …
/// #[derive(Outputs)] struct Nothing {}        there are no outputs: …
/// #[derive(Outputs)] enum Either { … }        outputs are a struct …
/// ```
fn fields(input: &DeriveInput) -> Result<Vec<Output<'_>>, Error> {
    let refuse = |reason: &str| Err(at(input.ident.span(), reason));
    let Data::Struct(data) = &input.data else {
        return refuse(
            "outputs are a struct with named fields: a task has the same outputs in every run",
        );
    };
    let Fields::Named(fields) = &data.fields else {
        return refuse(
            "outputs need names: name the fields, or return a tuple, whose outputs are `o0`, `o1`, …",
        );
    };
    if fields.named.is_empty() {
        return refuse("there are no outputs: name them as fields, or return `()`");
    }
    let outputs = fields.named.iter().filter_map(|field| {
        Some(Output {
            ident: field.ident.as_ref()?,
            field,
        })
    });
    Ok(outputs.collect())
}

fn expand(name: &Ident, krate: &Path, outputs: &[Output<'_>]) -> TokenStream {
    let krate = private_module(krate);
    let out = names::local("out");
    let variables = outputs.iter().map(variable);
    let writes = outputs.iter().map(write);
    quote! {
        const _: () = {
            use #krate as __flytekit;
            #[automatically_derived]
            impl __flytekit::Outputs<__flytekit::Named> for #name {
                const VARIABLES: &'static [__flytekit::Variable] = &[#(#variables),*];

                fn write(
                    self,
                    #out: &mut __flytekit::OutputsWriter,
                ) -> ::core::result::Result<(), __flytekit::ValueError> {
                    #(#writes)*
                    ::core::result::Result::Ok(())
                }
            }
        };
    }
}

fn variable(Output { ident, field }: &Output<'_>) -> TokenStream {
    let name = ident.unraw().to_string();
    let description = docs::of(&field.attrs);
    let ty = &field.ty;
    let literal_type =
        quote_spanned!(here(ty.span())=> <#ty as __flytekit::FlyteType>::LITERAL_TYPE);
    quote! {
        __flytekit::Variable {
            name: #name,
            literal_type: #literal_type,
            description: #description,
            default: ::core::option::Option::None,
        }
    }
}

/// Names the trait's function instead of a bound, so that an unsuitable type is one error.
fn write(Output { ident, field }: &Output<'_>) -> TokenStream {
    let name = ident.unraw().to_string();
    let ty = &field.ty;
    let encode = quote_spanned!(here(ty.span())=> <#ty as __flytekit::FlyteType>::encode);
    let (out, literal) = (names::local("out"), names::local("literal"));
    quote!(#out.literal(#name, |#literal| #encode(&self.#ident, #literal))?;)
}
