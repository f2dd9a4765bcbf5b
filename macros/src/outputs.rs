//! `#[derive(Outputs)]`: a struct whose fields are a task's outputs.

use darling::Error;
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{DeriveInput, Field, Ident, Path};

use crate::emit::private_module;
use crate::emit::{names, types};
use crate::syntax::derive::{self, Refusals, Standing};
use crate::syntax::docs;
use crate::syntax::error::Sink;
use crate::syntax::parameter::variable_name;

const REFUSALS: Refusals = Refusals {
    kind: "outputs are a struct with named fields: a task has the same outputs in every run",
    unnamed: "outputs need names: name the fields, or return a tuple, whose outputs are `o0`, `o1`, …",
    empty: "there are no outputs: name them as fields, or return `()`",
};

/// Expands the derive:
///
/// ```text
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     static __VARIABLES: [__flytekit::Variable; 2] = […];
///     impl __flytekit::Outputs<__flytekit::Named> for Stats {
///         const VARIABLES: &'static [__flytekit::Variable] = &__VARIABLES;
///         fn write(self, __out: &mut __flytekit::OutputsWriter) -> …
///         fn read(__out: __flytekit::OutputsReader<'_>) -> …
///     }
/// };
/// ```
///
/// Even if the struct has mistakes, it gets the trait.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut sink = Error::accumulator();
    let standing = derive::standing(input, &mut sink);
    let (krate, resolved) = resolve(input, sink);
    match (resolved, standing) {
        (Ok(outputs), Standing::Sound) => expand(&input.ident, &krate, &outputs),
        (Err(mistakes), Standing::Lost) => mistakes.write_errors(),
        (Ok(_), Standing::Lost) => TokenStream::new(),
        (resolved, _) => {
            let errors = resolved.err().map(Error::write_errors);
            let stub = stub(input, &krate);
            quote!(#errors #stub)
        }
    }
}

/// The path of the runtime; and the outputs, or all mistakes of the struct.
pub(crate) fn resolve(
    input: &DeriveInput,
    mut sink: Sink,
) -> (Path, Result<Vec<Output<'_>>, Error>) {
    let krate = derive::krate(input, "outputs", &mut sink);
    let reason = "outputs cannot be generic: their types are part of the task's interface";
    derive::refuse_generics(input, reason, &mut sink);
    let fields = sink.handle(derive::named_fields(input, &REFUSALS));
    let mut outputs = Vec::new();
    for field in fields.into_iter().flatten() {
        if let Some(ident) = &field.ident {
            sink.handle(variable_name(ident));
            outputs.push(Output { ident, field });
        }
    }
    (krate, sink.finish_with(outputs))
}

/// A field that is an output.
pub(crate) struct Output<'a> {
    ident: &'a Ident,
    field: &'a Field,
}

fn expand(name: &Ident, krate: &Path, outputs: &[Output<'_>]) -> TokenStream {
    let krate = private_module(krate);
    let (out, count) = (names::local("out"), outputs.len());
    let mut sorted: Vec<_> = outputs.iter().collect();
    sorted.sort_by_key(|output| output.name());
    let variables = sorted.into_iter().map(variable);
    let (writes, reads) = (outputs.iter().map(write), outputs.iter().map(read));
    quote! {
        const _: () = {
            use #krate as __flytekit;
            static __VARIABLES: [__flytekit::Variable; #count] = [#(#variables),*];
            #[automatically_derived]
            impl __flytekit::Outputs<__flytekit::Named> for #name {
                const VARIABLES: &'static [__flytekit::Variable] = &__VARIABLES;

                fn write(
                    self,
                    #out: &mut __flytekit::OutputsWriter,
                ) -> ::core::result::Result<(), __flytekit::ValueError> {
                    #(#writes)*
                    #out.check()
                }

                fn read(
                    #out: __flytekit::OutputsReader<'_>,
                ) -> ::core::result::Result<Self, __flytekit::ValueError> {
                    ::core::result::Result::Ok(Self { #(#reads),* })
                }
            }
        };
    }
}

/// The placeholder implementation for an invalid struct: a missing trait would be another error wherever the
/// struct is returned.
fn stub(input: &DeriveInput, krate: &Path) -> TokenStream {
    let (krate, name, out) = (private_module(krate), &input.ident, names::local("out"));
    let (parameters, arguments, conditions) = input.generics.split_for_impl();
    quote! {
        const _: () = {
            use #krate as __flytekit;
            #[automatically_derived]
            impl #parameters __flytekit::Outputs<__flytekit::Named> for #name #arguments #conditions {
                const VARIABLES: &'static [__flytekit::Variable] = &[];

                fn write(
                    self,
                    #out: &mut __flytekit::OutputsWriter,
                ) -> ::core::result::Result<(), __flytekit::ValueError> {
                    #out.check()
                }

                fn read(
                    #out: __flytekit::OutputsReader<'_>,
                ) -> ::core::result::Result<Self, __flytekit::ValueError> {
                    #out.no_outputs()
                }
            }
        };
    }
}

impl Output<'_> {
    fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}

fn variable(output: &Output<'_>) -> TokenStream {
    let (name, field) = (output.name(), output.field);
    let description = docs::of(&field.attrs);
    let ty = &field.ty;
    let literal_type = types::literal_type(ty);
    quote! {
        __flytekit::Variable {
            name: #name,
            literal_type: #literal_type,
            description: #description,
            default: ::core::option::Option::None,
        }
    }
}

/// Calls the trait's function without a bound, so that an unsuitable type is one error.
fn write(output: &Output<'_>) -> TokenStream {
    let (name, ident, ty) = (output.name(), output.ident, &output.field.ty);
    let encode = types::value(ty, "encode");
    let out = names::local("out");
    quote!(#out.put(#name, &self.#ident, #encode);)
}

/// Reads a field.
fn read(output: &Output<'_>) -> TokenStream {
    let (name, ident, ty) = (output.name(), output.ident, &output.field.ty);
    let decode = types::value(ty, "decode");
    let out = names::local("out");
    quote!(#ident: #out.take(#name, #decode)?)
}
