//! The tokens that all items share: the spans and the names of generated code.

pub(crate) mod checked;
pub(crate) mod function;
pub(crate) mod json;
pub(crate) mod names;
pub(crate) mod types;
mod values;
pub(crate) mod wire;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Path, Type, Visibility};

use crate::syntax::error::Warning;
use crate::syntax::parameter::{DefaultValue, Input};
use crate::syntax::types::flaw;

/// A lint of rustc that is used for a warning of the macro, because a macro cannot warn in any other way.
///
/// ```text
/// const _: () = {
///     #[deprecated(note = "…")]
///     const flytekit: () = ();
///     flytekit
/// };
/// ```
pub(crate) fn warning(
    Warning { span, message }: &Warning,
    conditions: &[Attribute],
) -> TokenStream {
    quote_spanned! {here(*span)=>
        #(#conditions)*
        #[allow(non_upper_case_globals)]
        const _: () = {
            #[deprecated(note = #message)]
            const flytekit: () = ();
            flytekit
        };
    }
}

/// Items beside a function, as one item that expands to them:
///
/// ```text
/// #[::flytekit::__v0_1_0::beside(…)]
/// impl ::flytekit::__v0_1_0::Beside {}
/// ```
///
/// A macro is not told where its function is. In an `impl` block or a trait rustc refuses each item that is
/// not a function or a constant. With all of them in one item there is only one error, at the function's
/// name: the function must be moved out to a module. If the path does not exist, neither does the type, and
/// rustc reports that once.
pub(crate) fn beside(krate: &Path, function: &Ident, items: &TokenStream) -> TokenStream {
    let module = private_module(krate);
    let place = here(function.span());
    let (before, after) = (quote_spanned!(place=> impl), quote_spanned!(place=> {}));
    quote!(#[#module::beside(#items)] #before #module::Beside #after)
}

/// `::flytekit::__v0_1_0`
pub(crate) fn private_module(krate: &Path) -> TokenStream {
    let module = names::private_module();
    quote!(#krate::#module)
}

/// A span with the macro's hygiene at the user's position: names resolve as the macro means them, and errors
/// are reported where the user can change something.
pub(crate) fn here(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// The location of the function with this name.
pub(crate) fn location(name: &Ident) -> TokenStream {
    quote_spanned! {name.span()=>
        __flytekit::Location { file: ::core::file!(), line: ::core::line!() }
    }
}

/// The type that represents an entity, and its name, which is the function's. The type and the alias are
/// separate items, so that a `mod add` next to `fn add` is only one mistake.
pub(crate) fn handle(name: &Ident, vis: &Visibility, conditions: &[Attribute]) -> TokenStream {
    let handle = names::handle(name);
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(dead_code, missing_debug_implementations, non_camel_case_types, unreachable_pub)]
        #vis enum #handle {}
        #(#conditions)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types, unreachable_pub)]
        #vis type #name = #handle;
    }
}

/// The code for calls of the entity, in workflows and in graphs that a program builds.
///
/// ```text
/// impl __flytekit::Signature<fn(i64, i64) -> f64> for __flytekit_add {
///     type Entity = Self;
/// }
/// impl __flytekit_add {
///     pub fn call(
///         a: impl __flytekit::graph::Argument<i64>,
///         b: impl __flytekit::graph::Argument<i64>,
///     ) -> __flytekit::graph::Call<f64> {
///         __flytekit::graph::Call::new(
///             <Self as __flytekit::Entity>::TARGET,
///             [__flytekit::graph::Argument::bound(a), __flytekit::graph::Argument::bound(b)],
///         )
///     }
/// }
/// ```
pub(crate) fn signature(name: &Ident, inputs: &[Input], output: &Type) -> TokenStream {
    let handle = names::handle(name);
    let types = inputs.iter().map(|input| &input.ty);
    let signature = quote! {
        impl __flytekit::Signature<fn(#(#types),*) -> #output> for #handle {
            type Entity = Self;
        }
    };
    // A borrowed input was refused, and has no lifetime that could be named here.
    if inputs.iter().any(|input| flaw(&input.ty).is_some()) {
        return signature;
    }
    let parameters = inputs
        .iter()
        .map(|Input { variable, ty, .. }| quote!(#variable: impl __flytekit::graph::Argument<#ty>));
    let given = inputs.iter().map(
        |Input { variable, ty, .. }| quote!(__flytekit::graph::Argument::<#ty>::bound(#variable)),
    );
    quote! {
        #signature
        #[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
        impl #handle {
            pub fn call(#(#parameters),*) -> __flytekit::graph::Call<#output> {
                __flytekit::graph::Call::new(
                    <Self as __flytekit::Entity>::TARGET,
                    [#(#given),*],
                )
            }
        }
    }
}

/// `docs: "…",`; None for a function without documentation.
pub(crate) fn docs(docs: &str) -> Option<TokenStream> {
    (!docs.is_empty()).then(|| quote!(docs: #docs,))
}

/// An input as a variable of an interface.
pub(crate) fn variable(input: &Input) -> TokenStream {
    let Input {
        name,
        ty,
        description,
        default,
        ..
    } = input;
    let literal_type = types::literal_type(ty);
    let default = default.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |DefaultValue { source, .. }| quote!(::core::option::Option::Some(#source)),
    );
    quote! {
        __flytekit::Variable {
            name: #name,
            literal_type: #literal_type,
            description: #description,
            default: #default,
        }
    }
}
