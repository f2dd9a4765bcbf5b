//! The code of a task: constants, one function, and one registration.

mod encoded;
pub(crate) mod options;
mod run;

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use crate::dynamic;
use crate::emit::{beside, docs, here, location, private_module, variable, warning};
use crate::emit::{names, types};
use crate::engines::EngineUse;
use crate::syntax::error::Warning;
use crate::task::model::Task;
use crate::task::read::function::Function;

/// Expands a task:
///
/// ```text
/// pub enum __flytekit_add {}
/// pub type add = __flytekit_add;
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     type __FlytekitEngine = __flytekit::Plain;
///     impl __flytekit::Task for __flytekit_add {
///         const DESCRIPTOR: &'static __flytekit::TaskDescriptor = &__flytekit::TaskDescriptor {
///             name: __flytekit::task_name!("add"),
///             …
///             ..__flytekit::TaskDescriptor::DEFAULT
///         };
///     }
///     impl __flytekit::Signature<fn(i64, i64) -> i64> for __flytekit_add {
///         type Entity = Self;
///     }
///     fn __flytekit_run(…) -> … { … }
///     __flytekit::register!(__flytekit_add, …, __flytekit::Dispatch::Plain(__flytekit_run));
/// };
/// ```
///
/// A function without a body gets one that its engine writes. All of this is in the arguments of another
/// attribute (see [`beside`]).
pub(crate) fn task(task: &Task, warnings: &[Warning]) -> Expansion {
    let conditions = &task.function.conditions;
    let (handle, items) = (handle(task), items(task));
    let warnings = warnings.iter().map(|it| warning(it, conditions));
    let items = quote! {
        #(#warnings)*
        #handle
        #(#conditions)*
        #[allow(deprecated)]
        const _: () = {
            #items
        };
    };
    Expansion {
        body: body(task),
        beside: beside(&task.krate, &task.function.name, &items),
    }
}

/// The placeholder of a wrong task: its handle, so that its mistakes are not reported again wherever the task
/// is named.
pub(crate) fn stub(task: &Task) -> TokenStream {
    let Function {
        name, conditions, ..
    } = &task.function;
    let (krate, handle, name_of_handle) = (
        private_module(&task.krate),
        handle(task),
        names::handle(name),
    );
    let signature = signature(&task.function);
    let items = quote! {
        #handle
        #(#conditions)*
        const _: () = {
            use #krate as __flytekit;
            impl __flytekit::Task for #name_of_handle {
                const DESCRIPTOR: &'static __flytekit::TaskDescriptor =
                    &__flytekit::TaskDescriptor::DEFAULT;
            }
            #signature
        };
    };
    beside(&task.krate, name, &items)
}

/// The code that a task adds to its function.
pub(crate) struct Expansion {
    /// The body, if the function was declared without one.
    pub(crate) body: Option<TokenStream>,
    /// The items beside the function.
    pub(crate) beside: TokenStream,
}

fn handle(task: &Task) -> TokenStream {
    let Function {
        name,
        vis,
        conditions,
        ..
    } = &task.function;
    crate::emit::handle(name, vis, conditions)
}

/// The body of a function that was declared without one:
///
/// ```text
/// {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     __flytekit::spark::run_application(…)
/// }
/// ```
fn body(task: &Task) -> Option<TokenStream> {
    let handle = names::handle(&task.function.name);
    let place = task.engine.place;
    let run = task
        .engine
        .parts
        .body(&handle, place, &task.beside_engine())?;
    let krate = private_module(&task.krate);
    Some(quote!({ use #krate as __flytekit; #run }))
}

fn items(task: &Task) -> TokenStream {
    let krate = private_module(&task.krate);
    let EngineUse { place, parts, .. } = &task.engine;
    let engine = parts.engine(*place);
    let targets = of_engine(&alias(&task.engine), "TARGETS");
    let handle = names::handle(&task.function.name);
    let configuration = (!task.engine.is_bare).then(|| configuration(task));
    let descriptor = descriptor(task);
    let signature = signature(&task.function);
    let run_here = run_here(&task.function);
    let checks = checks(task);
    let (run, dispatch) = if task.engine.is_bare {
        (run::plain(&task.function), quote!(Plain))
    } else {
        let engine = alias(&task.engine);
        (run::with_engine(&task.function, &engine), quote!(Engine))
    };
    quote! {
        use #krate as __flytekit;
        type __FlytekitEngine = #engine;
        #configuration
        impl __flytekit::Task for #handle {
            const DESCRIPTOR: &'static __flytekit::TaskDescriptor = &#descriptor;
        }
        #signature
        #run_here
        #checks
        #run
        __flytekit::register!(
            #handle,
            #targets,
            __flytekit::Dispatch::#dispatch(__flytekit_run)
        );
    }
}

fn signature(
    Function {
        name,
        inputs,
        output,
        ..
    }: &Function,
) -> TokenStream {
    crate::emit::signature(name, inputs, output)
}

/// The function that runs a dynamic task and its graph locally.
fn run_here(function: &Function) -> Option<TokenStream> {
    function.graph.as_ref().map(|_| dynamic::run_here(function))
}

/// The engine's configuration, and for a body that the attribute writes, also the trait by which the body
/// finds it.
fn configuration(task: &Task) -> TokenStream {
    let EngineUse { place, parts, .. } = &task.engine;
    let alias = alias(&task.engine);
    let (config, config_type) = (parts.config(*place), of_engine(&alias, "Config"));
    let found = body(task).map(|_| {
        let handle = names::handle(&task.function.name);
        let configured = quote_spanned!(alias.span()=> __flytekit::Configured<#alias>);
        quote! {
            impl #configured for #handle {
                const CONFIG: &'static #config_type = &__FLYTEKIT_CONFIG;
            }
        }
    });
    quote! {
        static __FLYTEKIT_CONFIG: #config_type = #config;
        #found
    }
}

/// The name of the engine's type, with the engine's span, where rustc reports a type that is not an engine.
fn alias(engine: &EngineUse) -> Ident {
    Ident::new("__FlytekitEngine", here(engine.place))
}

/// `<__FlytekitEngine as __flytekit::Engine>::ITEM`, with the engine's span.
fn of_engine(alias: &Ident, item: &str) -> TokenStream {
    let item = Ident::new(item, alias.span());
    quote_spanned!(alias.span()=> <#alias as __flytekit::Engine>::#item)
}

fn descriptor(task: &Task) -> TokenStream {
    let task_type = task.engine.parts.task_type();
    let task_type = task_type.unwrap_or_else(|| of_engine(&alias(&task.engine), "TASK_TYPE"));
    let name = names::declared(&task.name, &task.function.name);
    let inputs = task.function.inputs.iter().map(variable);
    let output = &task.function.output;
    let outputs = types::outputs(output);
    let (options, base) = (options::given(task), options::base(task));
    let docs = docs(&task.function.docs);
    let location = location(&task.function.name);
    let encoded = encoded::field(task);
    quote! {
        __flytekit::TaskDescriptor {
            name: #name,
            task_type: #task_type,
            inputs: &[#(#inputs),*],
            outputs: #outputs,
            #options
            #docs
            location: #location,
            #encoded
            ..#base
        }
    }
}

/// The checks that need evaluated constants.
fn checks(task: &Task) -> TokenStream {
    let mut checks = TokenStream::new();
    let (requests, limits) = (&task.requests, &task.limits);
    let handle = names::handle(&task.function.name);
    let constant = limits.constant().or_else(|| requests.constant());
    if let Some(place) = constant.filter(|_| !requests.is_empty() && !limits.is_empty()) {
        checks.extend(quote_spanned! {here(place)=>
            const _: () = {
                let task = <#handle as __flytekit::Task>::DESCRIPTOR;
                task.requests.check_within(&task.limits)
            };
        });
    }
    let of_engine = &task.engine.parts;
    checks.extend(of_engine.const_checks(&handle, &task.beside_engine()));
    checks
}
