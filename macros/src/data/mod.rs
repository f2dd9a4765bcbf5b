//! `#[derive(FlyteData)]`: a struct becomes a dataclass, an enum becomes an enum or a union.
//!
//! The stages are the files: `read` parses serde's attributes, `model` resolves them, `check` refuses
//! mistakes, `expand` writes the code.

mod case;
mod check;
mod expand;
mod model;
mod read;

use darling::Error;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::DeriveInput;

use crate::emit::private_module;
use crate::syntax::derive::{self, Standing};
use crate::syntax::error::{Sink, at};
use expand::Impls;
use model::Shape;

/// Expands the derive:
///
/// ```text
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     impl __flytekit::FlyteData for Point {
///         const SCHEMA: __flytekit::Json<'static> = …;
///         fn unpack(__value: &mut __flytekit::MsgpackReader<'_>) -> … { … }
///         fn pack(&self, __out: __flytekit::MsgpackWriter<'_>) -> … { … }
///     }
///     impl __flytekit::FlyteType for Point { … }
/// };
/// ```
///
/// A type with mistakes has the traits, too, if possible.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut sink = Error::accumulator();
    let krate = derive::krate(input, "flyte", &mut sink);
    let standing = derive::standing(input, &mut sink);
    let shape = resolve(input, sink);
    let krate = private_module(&krate);
    let (items, impls, errors) = match (&shape, standing) {
        (Ok(shape), Standing::Sound) => {
            let (items, impls) = code(&input.ident, shape);
            (items, impls, TokenStream::new())
        }
        (shape, standing) => {
            let errors = shape.as_ref().err().cloned().map(Error::write_errors);
            if standing == Standing::Lost {
                return errors.unwrap_or_default();
            }
            (
                TokenStream::new(),
                Impls::stub(),
                errors.unwrap_or_default(),
            )
        }
    };
    let impls = impls.of(&input.ident, &input.generics);
    quote! {
        #errors
        #[allow(deprecated)]
        const _: () = {
            use #krate as __flytekit;
            #items
            #impls
        };
    }
}

/// The shape of the type, or all mistakes in it.
pub(crate) fn resolve(input: &DeriveInput, mut sink: Sink) -> Result<Shape, Error> {
    let reason = "data cannot be generic: its type is part of the task's interface";
    derive::refuse_generics(input, reason, &mut sink);
    model::refuse_flyte_inside(input, &mut sink);
    let shape = Shape::resolve(input, &mut sink);
    if let Some(shape) = &shape {
        check::shape(shape, &input.ident, &mut sink);
    }
    let nothing = || at(input.ident.span(), "this is not a type with data");
    sink.finish_with(shape)?.ok_or_else(nothing)
}

/// The items beside the traits, and the members of the traits.
fn code(name: &Ident, shape: &Shape) -> (TokenStream, Impls) {
    match shape {
        Shape::Wrapper(wrapper) => expand::wrapper(wrapper),
        Shape::Struct(record) => expand::record(name, record),
        Shape::Choice(choices) => expand::choice(name, choices),
        Shape::Union(union) => expand::union(name, union),
    }
}
