//! The function that the dispatch table calls.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::dynamic;
use crate::emit::here;
use crate::emit::{names, types};
use crate::syntax::parameter::{DefaultValue, Input};
use crate::task::read::function::Function;

/// The function of a task without an engine:
///
/// ```text
/// fn __flytekit_run(
///     __inputs: &mut __flytekit::Inputs<'_>,
///     __outputs: &mut __flytekit::OutputsWriter,
/// ) -> Result<(), __flytekit::Error> {
///     let __0 = __inputs.take("a", <i64 as __flytekit::FlyteValue>::decode);
///     __inputs.end()?;
///     let Some(__0) = __0 else { return Err(__flytekit::Inputs::lost()) };
///     <i64 as __flytekit::Returns<_>>::write(add(__0), __outputs)
/// }
/// ```
pub(super) fn plain(function: &Function) -> TokenStream {
    let (inputs, outputs) = (names::local("inputs"), names::local("outputs"));
    let arguments = arguments(function);
    let takes = takes(function, &arguments, &inputs);
    let written = written(function, None, &arguments, &outputs);
    quote! {
        fn __flytekit_run(
            #inputs: &mut __flytekit::Inputs<'_>,
            #outputs: &mut __flytekit::OutputsWriter,
        ) -> ::core::result::Result<(), __flytekit::Error> {
            #takes
            #inputs.end()?;
            #(
                let ::core::option::Option::Some(#arguments) = #arguments else {
                    return ::core::result::Result::Err(__flytekit::Inputs::lost());
                };
            )*
            #written
        }
    }
}

/// The function of a task with an engine:
///
/// ```text
/// fn __flytekit_run(__run: __flytekit::Run<'_>) -> __flytekit::RunResult {
///     __flytekit::Run::task::<__FlytekitEngine, _>(
///         __run,
///         &__FLYTEKIT_CONFIG,
///         |__inputs| { let __0 = …; Some((__0?,)) },
///         |__session, (__0,), __outputs| …::write(add(…, __0), __outputs),
///     )
/// }
/// ```
pub(super) fn with_engine(function: &Function, engine: &Ident) -> TokenStream {
    let run = names::local("run");
    let (inputs, given, outputs) = (
        names::local("inputs"),
        names::local("session"),
        names::local("outputs"),
    );
    let arguments = arguments(function);
    let takes = takes(function, &arguments, &inputs);
    let session = function.session.as_ref().map(|session| {
        let ty = &session.ty;
        quote_spanned!(here(session.span)=> __flytekit::session::<#engine, #ty>(#given),)
    });
    let written = written(function, session.as_ref(), &arguments, &outputs);
    let decode = quote! {
        |#inputs| {
            #takes
            ::core::option::Option::Some((#(#arguments?,)*))
        }
    };
    let call = quote!(|#given, (#(#arguments,)*), #outputs| #written);
    // All tokens have the engine's span, so that a type that is not an engine is reported there, and only
    // once.
    let task = quote_spanned! {engine.span()=>
        __flytekit::Run::task::<#engine, _>(#run, &__FLYTEKIT_CONFIG, #decode, #call)
    };
    quote! {
        fn __flytekit_run(#run: __flytekit::Run<'_>) -> __flytekit::RunResult {
            #task
        }
    }
}

/// The variables of the arguments.
fn arguments(function: &Function) -> Vec<Ident> {
    (0..function.inputs.len()).map(names::argument).collect()
}

/// `let __0 = __inputs.take("a", <i64 as __flytekit::FlyteValue>::decode);`
fn takes(function: &Function, arguments: &[Ident], inputs: &Ident) -> TokenStream {
    let each = function.inputs.iter().zip(arguments);
    let each = each.map(|(input, argument)| {
        let take = take(inputs, input);
        quote!(let #argument = #take;)
    });
    each.collect()
}

fn take(inputs: &Ident, input: &Input) -> TokenStream {
    let Input {
        name, ty, default, ..
    } = input;
    let decode = types::value(ty, "decode");
    if let Some(DefaultValue { expr, .. }) = default {
        quote!(#inputs.take_or(#name, #decode, || #expr))
    } else {
        quote!(#inputs.take(#name, #decode))
    }
}

/// `<i64 as __flytekit::Returns<_>>::write(add(__0), __outputs)`
fn written(
    function: &Function,
    session: Option<&TokenStream>,
    arguments: &[Ident],
    outputs: &Ident,
) -> TokenStream {
    let (name, output) = (&function.name, &function.output);
    let graph = function.graph.as_ref().map(|graph| {
        let task = dynamic::descriptor(name);
        // The tokens have the parameter's span, where rustc reports another type.
        quote_spanned!(here(graph.span)=> #outputs.graph(#task),)
    });
    let mut call = quote!(#name(#graph #session #(#arguments),*));
    if function.asyncness.is_some() {
        call = quote!(__flytekit::block_on(#call));
    }
    if graph.is_some() {
        return dynamic::written(function, &call, outputs);
    }
    let write = quote_spanned!(here(output.span())=> <#output as __flytekit::Returns<_>>::write);
    quote!(#write(#call, #outputs))
}
