//! The code of a workflow: constants, the body as rustc checks it, and one registration.

mod calls;
mod checked;
mod choice;
mod descriptor;
mod map;
mod overrides;
mod places;
mod signals;
mod targets;

pub(crate) use checked::typed_defaults;
pub(crate) use descriptor::defaults;

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::model::value::{Run, Value};
use super::model::{Node, Workflow};
use super::read::function::Function;
use crate::emit::{beside, private_module, signature, warning};
use crate::emit::{names, types};
use crate::syntax::error::Warning;
use crate::syntax::parameter::Input;
use targets::Targets;

/// Expands a workflow:
///
/// ```text
/// pub enum __flytekit_report {}
/// pub type report = __flytekit_report;
/// const _: () = {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     impl __flytekit::Workflow for __flytekit_report {
///         const DESCRIPTOR: &'static __flytekit::WorkflowDescriptor<'static> = {
///             let _ = |n: i64| -> … { let a = <double as __flytekit::Signature<_>>::call()(…)?; … };
///             &__flytekit::WorkflowDescriptor {
///                 name: __flytekit::task_name!("report"),
///                 …
///                 nodes: &[…],
///                 calls: __flytekit::Calls { … },
///                 ..__flytekit::WorkflowDescriptor::DEFAULT
///             }
///         };
///     }
///     …
///     __flytekit::register_workflow!(<__flytekit_report as __flytekit::Workflow>::DESCRIPTOR, 2560);
/// };
/// ```
///
/// The closure is never called. It is in the constant, so that rustc evaluates nothing of a body that it has
/// refused: one mistake is one error.
pub(crate) fn workflow(workflow: &Workflow, warnings: &[Warning]) -> TokenStream {
    let conditions = &workflow.function.conditions;
    let krate = private_module(&workflow.krate);
    let name = names::handle(&workflow.function.name);
    let handle = handle(&workflow.function);
    let targets = Targets::default();
    let (checked, descriptor) = (
        checked::closure(workflow),
        descriptor::of(workflow, &targets),
    );
    let targets = targets.constants();
    let entity = entity(&workflow.function);
    let maps = map::constants(&workflow.graph);
    let signals = signals::told_apart(&workflow.graph);
    let room = room(workflow);
    let warnings = warnings.iter().map(|it| warning(it, conditions));
    let items = quote! {
        #(#warnings)*
        #handle
        #(#conditions)*
        #[allow(deprecated, clippy::needless_update)]
        const _: () = {
            use #krate as __flytekit;
            #maps
            #targets
            impl __flytekit::Workflow for #name {
                const DESCRIPTOR: &'static __flytekit::WorkflowDescriptor<'static> = {
                    #[allow(clippy::all, clippy::pedantic)]
                    let _ = #checked;
                    #signals
                    &#descriptor
                };
            }
            #entity
            __flytekit::register_workflow!(<#name as __flytekit::Workflow>::DESCRIPTOR, #room);
        };
    };
    beside(&workflow.krate, &workflow.function.name, &items)
}

/// Room for the frame of nearly every workflow with this number of nodes. A frame that does not fit is
/// written twice.
fn room(workflow: &Workflow) -> Literal {
    fn nodes_of(node: &Node) -> usize {
        match &*node.run {
            Run::Choice(choice) => {
                1 + choice
                    .sides()
                    .map(|side| nodes_of(&side.node))
                    .sum::<usize>()
            }
            Run::Call(_) | Run::Map(_) | Run::Gate(_) => 1,
        }
    }
    let nodes: usize = workflow.graph.nodes.iter().map(nodes_of).sum();
    Literal::usize_unsuffixed(2048 + 256 * nodes)
}

/// The placeholder of a wrong workflow: its handle, so that its mistakes are not reported again wherever the
/// workflow is named.
pub(crate) fn stub(workflow: &Workflow) -> TokenStream {
    let conditions = &workflow.function.conditions;
    let krate = private_module(&workflow.krate);
    let name = names::handle(&workflow.function.name);
    let handle = handle(&workflow.function);
    let entity = entity(&workflow.function);
    let items = quote! {
        #handle
        #(#conditions)*
        const _: () = {
            use #krate as __flytekit;
            impl __flytekit::Workflow for #name {
                const DESCRIPTOR: &'static __flytekit::WorkflowDescriptor<'static> =
                    &__flytekit::WorkflowDescriptor::DEFAULT;
            }
            #entity
        };
    };
    beside(&workflow.krate, &workflow.function.name, &items)
}

/// The body of the function, which runs the graph.
///
/// ```text
/// {
///     use ::flytekit::__v0_1_0 as __flytekit;
///     let mut __inputs = __flytekit::OutputsWriter::new();
///     __inputs.put("n", &n, <i64 as __flytekit::FlyteValue>::encode);
///     <Result<i64> as __flytekit::WorkflowReturns>::of(
///         __flytekit::run_function(<__flytekit_report as __flytekit::Workflow>::DESCRIPTOR, __inputs),
///         <<Result<i64> as __flytekit::WorkflowReturns>::Outputs as __flytekit::Outputs<_>>::read,
///         …::from,
///     )
/// }
/// ```
pub(crate) fn body(workflow: &Workflow) -> TokenStream {
    let handle = names::handle(&workflow.function.name);
    let descriptor = quote!(<#handle as __flytekit::Workflow>::DESCRIPTOR);
    let run = quote!(__flytekit::run_function);
    running(&workflow.krate, &workflow.function, &run, &descriptor)
}

/// The body for any graph, which `run` runs.
pub(crate) fn running(
    krate: &Path,
    function: &Function,
    run: &TokenStream,
    descriptor: &TokenStream,
) -> TokenStream {
    let Function { inputs, output, .. } = function;
    let krate = private_module(krate);
    let given = names::local("inputs");
    let puts = inputs.iter().map(|input| {
        let Input {
            name, variable, ty, ..
        } = input;
        let encode = types::value(ty, "encode");
        quote!(#given.put(#name, &#variable, #encode);)
    });
    let of = quote_spanned!(output.span()=> <#output as __flytekit::WorkflowReturns>::of);
    let read = quote_spanned! {output.span()=>
        <<#output as __flytekit::WorkflowReturns>::Outputs as __flytekit::Outputs<_>>::read
    };
    let failed = quote_spanned! {output.span()=>
        <<#output as __flytekit::WorkflowReturns>::Error
            as ::core::convert::From<__flytekit::Error>>::from
    };
    quote! {{
        use #krate as __flytekit;
        #[allow(unused_mut)]
        let mut #given = __flytekit::OutputsWriter::new();
        #(#puts)*
        #of(
            #run(#descriptor, #given),
            #read,
            #failed,
        )
    }}
}

/// The traits by which other workflows call it.
fn entity(function: &Function) -> TokenStream {
    let target = quote! {
        __flytekit::Target::Workflow(<Self as __flytekit::Workflow>::DESCRIPTOR)
    };
    entity_of(function, &target)
}

/// The traits of any entity that is called like the function.
pub(crate) fn entity_of(function: &Function, target: &TokenStream) -> TokenStream {
    let handle = names::handle(&function.name);
    let signature = signature(&function.name, &function.inputs, &function.output);
    quote! {
        impl __flytekit::Entity for #handle {
            const TARGET: __flytekit::Target<'static> = #target;
        }
        #signature
    }
}

pub(crate) fn handle(function: &Function) -> TokenStream {
    let Function {
        name,
        vis,
        conditions,
        ..
    } = function;
    crate::emit::handle(name, vis, conditions)
}

/// The binding of a constant, outside of a graph.
pub(crate) fn bound(value: &Value) -> TokenStream {
    descriptor::binding(value, &[])
}
