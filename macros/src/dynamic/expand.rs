//! The code of a dynamic task, where it differs from other tasks.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Type, parse_quote_spanned};

use crate::emit::{here, names, types};
use crate::syntax::parameter::Input;
use crate::task::read::function::Function;

/// The type of the task's outputs: `<Result<Promise<i64>> as …::DynamicReturns>::Plain`
pub(crate) fn output(returned: &Type) -> Type {
    let span = here(returned.span());
    parse_quote_spanned!(span=> <#returned as __flytekit::graph::DynamicReturns>::Plain)
}

/// `<__flytekit_fan_out as __flytekit::Task>::DESCRIPTOR`
pub(crate) fn descriptor(name: &Ident) -> TokenStream {
    let handle = names::handle(name);
    quote!(<#handle as __flytekit::Task>::DESCRIPTOR)
}

/// `<Result<Promise<i64>> as …::DynamicReturns>::write(fan_out(__outputs.graph(…), __0), …, __outputs)`
pub(crate) fn written(function: &Function, call: &TokenStream, outputs: &Ident) -> TokenStream {
    let Function { name, returned, .. } = function;
    let task = descriptor(name);
    let write = quote_spanned! {here(returned.span())=>
        <#returned as __flytekit::graph::DynamicReturns>::write
    };
    quote!(#write(#call, #task, #outputs))
}

/// The function that runs the task and its graph locally:
///
/// ```text
/// impl __flytekit_fan_out {
///     pub fn run(n: i64) -> Result<<Result<Promise<i64>> as …::DynamicReturns>::Outputs, __flytekit::Error> {
///         let mut __inputs = __flytekit::OutputsWriter::new();
///         __inputs.put("n", &n, <i64 as __flytekit::FlyteValue>::encode);
///         <Result<_, __flytekit::Error> as __flytekit::Declared<_>>::of(
///             __flytekit::run_dynamic(…, __inputs),
///         )
///     }
/// }
/// ```
pub(crate) fn run_here(function: &Function) -> TokenStream {
    let Function {
        name,
        inputs,
        returned,
        ..
    } = function;
    let (handle, task, given) = (
        names::handle(name),
        descriptor(name),
        names::local("inputs"),
    );
    let parameters = inputs
        .iter()
        .map(|Input { variable, ty, .. }| quote!(#variable: #ty));
    let puts = inputs.iter().map(
        |Input {
             name, variable, ty, ..
         }| {
            let encode = types::value(ty, "encode");
            quote!(#given.put(#name, &#variable, #encode);)
        },
    );
    let outputs = quote_spanned! {here(returned.span())=>
        ::core::result::Result<
            <#returned as __flytekit::graph::DynamicReturns>::Outputs,
            __flytekit::Error,
        >
    };
    quote! {
        #[allow(private_interfaces, dead_code, clippy::all, clippy::pedantic)]
        impl #handle {
            pub fn run(#(#parameters),*) -> #outputs {
                #[allow(unused_mut)]
                let mut #given = __flytekit::OutputsWriter::new();
                #(#puts)*
                <#outputs as __flytekit::Declared<_>>::of(
                    __flytekit::run_dynamic(#task, #given),
                )
            }
        }
    }
}
