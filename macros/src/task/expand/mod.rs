//! The code that a task becomes: constants, one function, and one registration.

mod options;

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::emit::names;
use crate::emit::{here, location, private_module, warning};
use crate::engines::EngineUse;
use crate::syntax::error::Warning;
use crate::syntax::function::{DefaultValue, Function, Input};
use crate::task::model::Task;

/// Expands a task:
///
/// ```text
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     type __FlytekitEngine = __flytekit::Plain;
///     static __FLYTEKIT_CONFIG: <__FlytekitEngine as __flytekit::Engine>::Config = ();
///     const __FLYTEKIT_TASK: __flytekit::TaskDescriptor = __flytekit::TaskDescriptor {
///         name: __flytekit::task_name!("add"),
///         …
///         ..__flytekit::TaskDescriptor::DEFAULT
///     };
///     fn __flytekit_run(run: __flytekit::Run<'_>) -> __flytekit::RunResult { … }
///     __flytekit::register!(<…>::TARGETS, __FLYTEKIT_TASK, __flytekit_run);
/// };
/// ```
///
/// A function without a body gets one that its engine writes, and then all of it is in there.
pub(crate) fn task(task: &Task, warnings: &[Warning]) -> Expansion {
    let items = items(task);
    let place = task.engine.place;
    if let Some(run) = task.engine.parts.body(place, &task.beside_engine()) {
        let warnings = warnings.iter().map(|it| warning(it, &[]));
        return Expansion {
            body: Some(quote!({ #(#warnings)* #items #run })),
            beside: TokenStream::new(),
        };
    }
    let conditions = &task.function.conditions;
    let warnings = warnings.iter().map(|it| warning(it, conditions));
    let beside = quote! {
        #(#warnings)*
        #(#conditions)*
        #[allow(deprecated)]
        const _: () = {
            #items
        };
    };
    Expansion { body: None, beside }
}

/// What a task adds to its function.
pub(crate) struct Expansion {
    /// The body, if the function was declared without one.
    pub(crate) body: Option<TokenStream>,
    /// What stands beside the function.
    pub(crate) beside: TokenStream,
}

fn items(task: &Task) -> TokenStream {
    let krate = private_module(&task.krate);
    let EngineUse { place, parts, .. } = &task.engine;
    let (engine, config) = (parts.engine(*place), parts.config(*place));
    let alias = alias(&task.engine);
    let targets = of_engine(&alias, "TARGETS");
    let config_type = of_engine(&alias, "Config");
    let descriptor = descriptor(task);
    let checks = checks(task);
    let run = run(&task.function, &alias);
    quote! {
        use #krate as __flytekit;
        type __FlytekitEngine = #engine;
        static __FLYTEKIT_CONFIG: #config_type = #config;
        #descriptor
        #checks
        #run
        __flytekit::register!(#targets, __FLYTEKIT_TASK, __flytekit_run);
    }
}

/// The name of the engine's type, at the engine's place: what is not an engine is reported there.
fn alias(engine: &EngineUse) -> Ident {
    Ident::new("__FlytekitEngine", here(engine.place))
}

/// `<__FlytekitEngine as __flytekit::Engine>::ITEM`, at the engine's place.
fn of_engine(alias: &Ident, item: &str) -> TokenStream {
    let item = Ident::new(item, alias.span());
    quote_spanned!(alias.span()=> <#alias as __flytekit::Engine>::#item)
}

fn descriptor(task: &Task) -> TokenStream {
    let task_type = of_engine(&alias(&task.engine), "TASK_TYPE");
    let name = names::declared(&task.name, &task.function.name);
    let inputs = task.function.inputs.iter().map(variable);
    let output = &task.function.output;
    let outputs =
        quote_spanned!(here(output.span())=> <#output as __flytekit::Returns<_>>::VARIABLES);
    let (options, base) = (options::given(task), options::base(task));
    let docs = (!task.function.docs.is_empty()).then(|| {
        let docs = &task.function.docs;
        quote!(docs: #docs,)
    });
    let location = location(&task.function.name);
    quote! {
        const __FLYTEKIT_TASK: __flytekit::TaskDescriptor = __flytekit::TaskDescriptor {
            name: #name,
            task_type: #task_type,
            inputs: &[#(#inputs),*],
            outputs: #outputs,
            #options
            #docs
            location: #location,
            ..#base
        };
    }
}

fn variable(input: &Input) -> TokenStream {
    let Input {
        name,
        ty,
        description,
        default,
        ..
    } = input;
    let literal_type =
        quote_spanned!(here(ty.span())=> <#ty as __flytekit::FlyteType>::LITERAL_TYPE);
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

/// What can only be checked once rustc has evaluated the constants.
fn checks(task: &Task) -> TokenStream {
    let mut checks = TokenStream::new();
    let (requests, limits) = (&task.requests, &task.limits);
    let constant = limits.constant().or_else(|| requests.constant());
    if let Some(place) = constant.filter(|_| !requests.is_empty() && !limits.is_empty()) {
        checks.extend(quote_spanned! {here(place)=>
            const _: () = __FLYTEKIT_TASK.requests.check_within(&__FLYTEKIT_TASK.limits);
        });
    }
    checks.extend(task.engine.parts.const_checks(&task.beside_engine()));
    checks
}

/// The function that the dispatch table calls.
fn run(function: &Function, engine: &Ident) -> TokenStream {
    let Function {
        name,
        asyncness,
        session,
        inputs,
        ..
    } = function;
    let run = names::local("run");
    let (source, given, outputs) = (
        names::local("inputs"),
        names::local("session"),
        names::local("outputs"),
    );
    let arguments: Vec<_> = (0..inputs.len()).map(names::argument).collect();
    let takes = inputs.iter().zip(&arguments).map(|(input, argument)| {
        let take = take(&source, input);
        quote!(let #argument = #take;)
    });
    let session = session.as_ref().map(|session| {
        let ty = &session.ty;
        quote_spanned!(here(session.span)=> __flytekit::session::<#engine, #ty>(#given),)
    });
    let mut call = quote!(#name(#session #(#arguments),*));
    if asyncness.is_some() {
        call = quote!(__flytekit::block_on(#call));
    }
    let output = &function.output;
    let write = quote_spanned!(here(output.span())=> <#output as __flytekit::Returns<_>>::write);
    let decode = quote! {
        |#source| {
            #(#takes)*
            ::core::option::Option::Some((#(#arguments?,)*))
        }
    };
    let call = quote!(|#given, (#(#arguments,)*), #outputs| #write(#call, #outputs));
    // All at the engine's place, so that what is not an engine is reported there, and once.
    let task = quote_spanned! {engine.span()=>
        __flytekit::Run::task::<#engine, _>(#run, &__FLYTEKIT_CONFIG, #decode, #call)
    };
    quote! {
        fn __flytekit_run(#run: __flytekit::Run<'_>) -> __flytekit::RunResult {
            #task
        }
    }
}

fn take(inputs: &Ident, input: &Input) -> TokenStream {
    let Input {
        name, ty, default, ..
    } = input;
    let decode = quote_spanned!(here(ty.span())=> <#ty as __flytekit::FlyteType>::decode);
    if let Some(DefaultValue { expr, .. }) = default {
        quote!(#inputs.take_or(#name, #decode, || #expr))
    } else {
        quote!(#inputs.take(#name, #decode))
    }
}
