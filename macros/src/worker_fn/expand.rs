//! The type that a worker function expands to, and its entry in the table.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Attribute;
use syn::spanned::Spanned;

use super::model::{Output, WorkerFn};
use crate::emit::function::with_name_of_macro;
use crate::emit::{beside, here, location, names, private_module};
use crate::syntax::function::Source;

/// Expands a worker function:
///
/// ```text
/// pub struct count_hits {}
/// pub const count_hits: count_hits = count_hits {};
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     impl Deref for count_hits { type Target = fn(u64) -> u64; … }
///     impl __flytekit::dask::WorkerFn for count_hits { … }
///     fn count_hits(n: u64) -> u64 { … }
///     __flytekit::register_worker_fn!(count_hits);
/// };
/// ```
pub(crate) fn worker_fn(worker_fn: &WorkerFn<'_>) -> TokenStream {
    let source = worker_fn.source;
    let conditions = source.conditions();
    let krate = private_module(&worker_fn.krate);
    let name = &source.sig.ident;
    let (value, deref) = (value(source), deref(worker_fn));
    let (implementation, original) = (implementation(worker_fn), original(source));
    let items = quote! {
        #value
        #(#conditions)*
        #[allow(deprecated)]
        const _: () = {
            use #krate as __flytekit;
            #deref
            #implementation
            #original
            __flytekit::register_worker_fn!(#name);
        };
    };
    beside(&worker_fn.krate, name, &items)
}

/// The type with the function's name, and its only value, with the same name. The value is a constant and not
/// that of a unit struct, because rustc and Clippy would take a call of a unit struct for its construction.
fn value(source: &Source) -> TokenStream {
    let (vis, name) = (&source.vis, &source.sig.ident);
    let attrs = source.attrs.iter().filter(|attr| is_of_items(attr));
    let of_type = attrs.clone().filter(|attr| !attr.path().is_ident("doc"));
    let docs = format!("The type of [`{name}`](const@{name}).");
    quote! {
        #[doc = #docs]
        #(#of_type)*
        #[allow(non_camel_case_types)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #vis struct #name {}
        #(#attrs)*
        #[allow(dead_code, deprecated, non_upper_case_globals)]
        #vis const #name: #name = #name {};
    }
}

/// Whether an attribute is about the visible item, so that it applies to the type as well.
fn is_of_items(attr: &Attribute) -> bool {
    is_documentation(attr)
        || ["cfg", "allow", "warn", "deny", "forbid"]
            .iter()
            .any(|name| attr.path().is_ident(name))
}

/// Whether an attribute addresses the users of the function.
fn is_documentation(attr: &Attribute) -> bool {
    attr.path().is_ident("doc") || attr.path().is_ident("deprecated")
}

/// The implementation that makes `count_hits(5)` a call, and `*count_hits` a function.
fn deref(
    WorkerFn {
        source, parameters, ..
    }: &WorkerFn<'_>,
) -> TokenStream {
    let (name, output) = (&source.sig.ident, &source.sig.output);
    let pointer = quote!(fn(#(#parameters),*) #output);
    quote! {
        impl ::core::ops::Deref for #name {
            type Target = #pointer;

            fn deref(&self) -> &Self::Target {
                const __FLYTEKIT_FUNCTION: #pointer = #name;
                &__FLYTEKIT_FUNCTION
            }
        }
    }
}

fn implementation(worker_fn: &WorkerFn<'_>) -> TokenStream {
    let ident = &worker_fn.source.sig.ident;
    let name = names::declared(&worker_fn.name, ident);
    let location = location(ident);
    let types = &worker_fn.parameters;
    let parameters = quote_spanned!(here(worker_fn.parameters_place())=> (#(#types,)*));
    let arguments: Vec<_> = (0..types.len()).map(names::argument).collect();
    let call = quote!(#ident(#(#arguments),*));
    // Tokens that name the output have the span of its type, so that a mistake in it is reported only there.
    let (place, output, result) = match worker_fn.output {
        Output::Unit => (Span::call_site(), quote!(()), ok(&call)),
        Output::Value(ty) => (ty.span(), quote!(#ty), ok(&call)),
        Output::Result(ty) => {
            let fallible =
                quote_spanned!(here(ty.span())=> <#ty as __flytekit::dask::WorkerResult>);
            let value = quote_spanned!(here(ty.span())=> #fallible::Value);
            (ty.span(), value, quote!(#fallible::into_result(#call)))
        }
    };
    let items = quote_spanned! {here(place)=>
        type Output = #output;

        fn invoke(
            (#(#arguments,)*): Self::Params,
        ) -> ::core::result::Result<Self::Output, __flytekit::Error> {
            #result
        }
    };
    quote! {
        impl __flytekit::dask::WorkerFn for #ident {
            type Params = #parameters;
            const DESCRIPTOR: &'static __flytekit::dask::WorkerFnDescriptor =
                &__flytekit::dask::WorkerFnDescriptor::new(#name, #location);
            #items
        }
    }
}

fn ok(call: &TokenStream) -> TokenStream {
    quote!(::core::result::Result::Ok(#call))
}

/// The function as it was written. Here, its name belongs to the function and not to a constant: a variable
/// in it can have that name, and a recursive call is a plain call.
fn original(source: &Source) -> TokenStream {
    let attrs = source.attrs.iter().filter(|attr| !is_documentation(attr));
    let (sig, body) = (with_name_of_macro(&source.sig), &source.body);
    quote! {
        #(#attrs)*
        #[allow(clippy::needless_pass_by_value)]
        #sig #body
    }
}
